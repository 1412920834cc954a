const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const NOBODY_HEARS = `
  !!  \`email\` is not set: nobody gets alarms about undrift itself or, without \`topicArn\`, any notification, and a
  !!  subscription that an earlier deployment made is removed. osls does not remember parameters: write them into
  !!  serverless.yml, under params: <stage>: { email: ... }, or give --param email=... with each deployment.
`;

/**
 * Looks at the parameters, and builds the functions, before they are packaged: so `sls package` and `sls deploy` never
 * ship yesterday's code, yesterday's policy, or a parameter that nothing reads. A folder without the build script (a
 * staged copy) brings its bundles along.
 */
module.exports = class BuildFirst {
  /**
   * @param {{
   *   serviceDir: string,
   *   service: { custom: Record<'policy' | 'email', string>, provider: { stage: string } },
   *   configurationInput: { params: Record<string, Record<string, unknown> | undefined> },
   *   processedInput: { options: { param?: string[] } },
   *   classes: { Error: new (message: string) => Error },
   * }} serverless
   */
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => {
        const fault = unknownParameter(serverless);
        if (fault) throw new serverless.classes.Error(`Nothing was packaged: ${fault}`);
        const { policy, email } = serverless.service.custom;
        // A local AWS sends no mails.
        if (!email && !process.env.AWS_ENDPOINT_URL) console.error(NOBODY_HEARS);
        if (!built(serverless.serviceDir, policy))
          throw new serverless.classes.Error('Nothing was packaged: the build failed (see above).');
      },
    };
  }
};

/** @param {string} folder @param {string} policy */
function built(folder, policy) {
  const script = join(folder, 'scripts', 'build.mjs');
  if (!existsSync(script)) return true;
  const { status } = spawnSync(process.execPath, [script, '--policy', policy], { cwd: folder, stdio: 'inherit' });
  return status === 0;
}

/**
 * osls takes any name, and one with a slip of the pen sets nothing.
 * @param {ConstructorParameters<typeof module.exports>[0]} serverless
 */
function unknownParameter({ configurationInput: { params }, processedInput: { options }, service: { provider } }) {
  const known = Object.keys(params.default ?? {});
  const given = (options.param ?? []).map((one) => one.split('=', 1)[0] ?? '');
  const name = [...given, ...Object.keys(params[provider.stage] ?? {})].find((one) => !known.includes(one));
  if (name === undefined) return null;
  const meant = known.find((one) => distance(one.toLowerCase(), name.toLowerCase()) <= 2);
  const hint = meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return `there is no parameter ${name}. ${hint}`;
}

/** Letters to add, drop or exchange until one word is the other (Levenshtein). @param {string} from @param {string} to */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
