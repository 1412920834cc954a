import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { placeFolder } from './place.mjs';
import { schemaPlugin } from './schemas.mjs';
import { stampPlugin } from './stamp.mjs';

/**
 * Measured on this project's shape: ES modules with the packages' own module builds load in less than half the time of
 * esbuild's defaults (CommonJS, `main`).
 * @type {import('esbuild').BuildOptions}
 */
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  minify: true,
  treeShaking: true,
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  sourcemap: false,
};

/**
 * Some packages of the command are CommonJS only, and call `require` for parts of Node; an ES module has none.
 */
const REQUIRE =
  "import{createRequire as undriftRequire}from'node:module';const require=undriftRequire(import.meta.url);";

/**
 * handlers/<name>.ts → <out>/<name>/index.mjs, with its chunks beside it.
 * @param {{ root: string, out: string, name: string, stamp: object }} what
 * @returns {Promise<{ name: string, bytes: number }>}
 */
export async function bundleHandler({ root, out, name, stamp }) {
  const built = join(out, `.${name}.${randomUUID()}`);
  try {
    const { metafile } = await build({
      ...common,
      absWorkingDir: root,
      entryPoints: { index: join(root, 'handlers', `${name}.ts`) },
      outdir: built,
      outExtension: { '.js': '.mjs' },
      splitting: true,
      target: 'node24',
      plugins: [schemaPlugin(), stampPlugin(stamp)],
    });
    await placeFolder(built, join(out, name));
    return { name, bytes: bytesOf(metafile) };
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/**
 * One TypeScript file → one JavaScript file that needs nothing beside it.
 * @param {{ root: string, entry: string, file: string, stamp: object }} what
 * @returns {Promise<{ name: string, bytes: number }>}
 */
export async function bundleFile({ root, entry, file, stamp }) {
  await mkdir(dirname(file), { recursive: true });
  const built = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    const { metafile } = await build({
      ...common,
      absWorkingDir: root,
      entryPoints: [join(root, entry)],
      outfile: built,
      target: 'node20',
      banner: { js: REQUIRE },
      plugins: [schemaPlugin(), stampPlugin(stamp)],
    });
    await rename(built, file);
    return { name: basename(file, '.js'), bytes: bytesOf(metafile) };
  } finally {
    await rm(built, { force: true });
  }
}

/** @param {import('esbuild').Metafile} metafile */
const bytesOf = (metafile) => Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
