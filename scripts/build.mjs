import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleFile, bundleHandler } from './build/bundle.mjs';
import { BuildFault, readPolicy } from './build/policy.mjs';
import { stampOf } from './build/stamp.mjs';

const USAGE = `node scripts/build.mjs [--policy FILE] [--out DIR] [--cli]

Bundles every handler in handlers/ to DIR/<name>/index.mjs, with the policy inside.
  --policy FILE  the policy to check and to build in (policy.yml)
  --out DIR      where to (dist)
  --cli          only the command: DIR/cli/undrift.js, without a policy`;

/** The exit code: 0 built, 2 not. */
async function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    const options = optionsOf(process.argv.slice(2));
    if (options.help) console.log(USAGE);
    else if (options.cli) report([await buildCommand(root, options)]);
    else report(await buildHandlers(root, options));
    return 0;
  } catch (fault) {
    console.error(fault instanceof BuildFault ? fault.message : (fault.stack ?? fault));
    return 2;
  }
}

/** @param {string[]} args */
function optionsOf(args) {
  try {
    return parseArgs({
      args,
      options: {
        policy: { type: 'string', default: 'policy.yml' },
        out: { type: 'string', default: 'dist' },
        cli: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (fault) {
    throw new BuildFault(`${fault.message}\n\n${USAGE}`);
  }
}

/** @param {string} root @param {{ policy: string, out: string }} options */
async function buildHandlers(root, { policy, out }) {
  const { document, warnings } = await readPolicy(root, policy === 'policy.yml' ? join(root, policy) : resolve(policy));
  for (const warning of warnings) console.error(warning);
  const stamp = await stampOf(root, document);
  const files = await readdir(join(root, 'handlers'));
  const names = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  if (names.length === 0) throw new BuildFault('There is nothing to build: handlers/ holds no .ts file.');
  return Promise.all(names.sort().map((name) => bundleHandler({ root, out: folderOf(root, out), name, stamp })));
}

/** @param {string} root @param {{ out: string }} options */
async function buildCommand(root, { out }) {
  const file = join(folderOf(root, out), 'cli', 'undrift.js');
  return bundleFile({ root, entry: 'cli/main.ts', file, stamp: await stampOf(root, null) });
}

/** The default belongs to the project; a folder that somebody names, to where they stand. */
const folderOf = (root, out) => (out === 'dist' ? join(root, out) : resolve(out));

/** @param {{ name: string, bytes: number }[]} bundles */
function report(bundles) {
  for (const { name, bytes } of bundles) console.log(`${name.padEnd(20)} ${(bytes / 1000).toFixed(1).padStart(8)} kB`);
}

process.exitCode = await main();
