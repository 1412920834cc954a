import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from './canonical.mjs';

/**
 * What a bundle says of itself: see src/build.d.ts.
 * @param {string} root the project's folder
 * @param {unknown} policy policy.yml as JSON, null for the command
 */
export async function stampOf(root, policy) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return { version, commit: commitOf(root), policyDigest: digestOf(policy), policy };
}

/**
 * The commit that is built: UNDRIFT_COMMIT where the sources are no work tree, else what git says, else `unknown`.
 * @param {string} root
 */
function commitOf(root, env = process.env) {
  if (env.UNDRIFT_COMMIT) return env.UNDRIFT_COMMIT;
  try {
    // A copy of the sources inside another repository must not take that one's commit for its own.
    if (git(root, 'rev-parse', '--show-prefix') !== '') return 'unknown';
    const commit = git(root, 'rev-parse', 'HEAD');
    return git(root, 'status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty`;
  } catch {
    return 'unknown';
  }
}

/** @param {string} root @param {string[]} args */
const git = (root, ...args) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/**
 * Serves `undrift:build`.
 * @param {object} stamp
 * @returns {import('esbuild').Plugin}
 */
export const stampPlugin = (stamp) => ({
  name: 'undrift-build',
  setup(build) {
    build.onResolve({ filter: /^undrift:build$/ }, () => ({ path: 'build', namespace: 'undrift' }));
    build.onLoad({ filter: /.*/, namespace: 'undrift' }, () => ({
      contents: `export const build = ${JSON.stringify(stamp)};`,
      loader: 'js',
    }));
  },
});
