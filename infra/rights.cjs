const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { parse } = require('yaml');

/**
 * Whether the network remediator needs the right to change prefix lists: 'true' or 'false', for a condition of
 * CloudFormation. It is read from the policy that is built into the functions, so that one line there says both.
 * @param {{ resolveVariable: (name: string) => Promise<unknown> }} osls
 */
module.exports.removesEntries = async ({ resolveVariable }) => {
  const file = String(await resolveVariable('param:policy'));
  const policy = parsed(policyText(resolve(join(__dirname, '..'), file), file));
  return String(policy?.rules?.internet?.prefixLists === 'remove-entries');
};

/**
 * The right of the instance remediator to read the SSM parameters that the policy approves images by: those and no others;
 * none where it names none. A name that no parameter can have grants nothing.
 * @param {{ resolveVariable: (name: string) => Promise<unknown> }} osls
 */
module.exports.readsImageParameters = async ({ resolveVariable }) => {
  const file = String(await resolveVariable('param:policy'));
  const approved = parsed(policyText(resolve(join(__dirname, '..'), file), file))?.images?.approved;
  const names = (Array.isArray(approved) ? approved : []).map((entry) => entry?.ssmParameter);
  const sound = names.filter((name) => typeof name === 'string' && /^\/?[\w.-]+(?:\/[\w.-]+)*$/.test(name));
  if (sound.length === 0) return { Ref: 'AWS::NoValue' };
  const Resource = [...new Set(sound)].sort().map(parameterArn);
  return { Sid: 'ImageParameters', Effect: 'Allow', Action: 'ssm:GetParameter', Resource };
};

/** AWS's own parameters belong to no account. @param {string} name */
function parameterArn(name) {
  const account = name.startsWith('/aws/') ? '' : { Ref: 'AWS::AccountId' };
  const path = name.startsWith('/') ? name : `/${name}`;
  const parts = ['arn', { Ref: 'AWS::Partition' }, 'ssm', { Ref: 'AWS::Region' }, account, `parameter${path}`];
  return { 'Fn::Join': [':', parts] };
}

/** @param {string} path @param {string} name what the person who deploys calls it */
function policyText(path, name) {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    throw new Error(`The policy ${name} cannot be read (${fault.code}). Name another with --param policy=FILE.`);
  }
}

/** What is no YAML grants nothing; the build that follows refuses it, with the line of each fault. @param {string} text */
function parsed(text) {
  try {
    return parse(text, { version: '1.2', schema: 'core', logLevel: 'silent' });
  } catch {
    return null;
  }
}
