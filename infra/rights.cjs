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
