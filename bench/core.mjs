import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A function of the product, bundled for Node as it is for Lambda, and the shipped policy.
 * @param {string} name @param {string} source its file, from the root @param {string} folder where the bundle is put
 */
export async function loadCore(name, source, folder) {
  const outfile = join(folder, 'core.mjs');
  const contents = `
export { ${name} } from './${source}';
export { loadPolicy } from './src/policy/load.ts';
export { readFileSync } from 'node:fs';
`;
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile,
    logLevel: 'warning',
  });
  const core = await import(pathToFileURL(outfile).href);
  const { policy } = core.loadPolicy(core.readFileSync(join(root, 'policy.yml'), 'utf8'), 'policy.yml');
  return { core, policy };
}
