import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFile } from './bundle.mjs';

/** A fault that the person who runs the build can mend: its message is all that is printed. */
export class BuildFault extends Error {
  name = 'BuildFault';
}

/**
 * Reads and checks the policy with the code that the functions run (src/policy/load.ts).
 * @param {string} root
 * @param {string} file
 * @returns {Promise<{ document: unknown, warnings: readonly string[] }>}
 * @throws {BuildFault} with every fault and its line
 */
export async function readPolicy(root, file) {
  const text = await readFile(file, 'utf8').catch((fault) => {
    throw new BuildFault(
      `The policy ${file} cannot be read (${fault.code}). Name another with --policy FILE (sls: --param policy=FILE).`,
    );
  });
  const loadPolicy = await loader(root);
  try {
    // The functions read no files: what the policy takes from one is built in with it.
    const { document, warnings } = loadPolicy(text, shortName(file), new Date(), (path) => readFileSync(path, 'utf8'));
    return { document, warnings: warnings ?? [] };
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'PolicyFaults') throw new BuildFault(fault.message);
    throw fault;
  }
}

/** How a reader calls the file: from where they stand, if it is below. @param {string} file */
function shortName(file) {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') || isAbsolute(near) ? file : near;
}

/** Node 20 runs no TypeScript: bundled to a temporary file first. @param {string} root */
async function loader(root) {
  const folder = await mkdtemp(join(tmpdir(), 'undrift-policy-'));
  try {
    const file = join(folder, 'load.mjs');
    await bundleFile({ root, entry: 'src/policy/load.ts', file, stamp: {} });
    const { loadPolicy } = await import(pathToFileURL(file).href);
    return loadPolicy;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
