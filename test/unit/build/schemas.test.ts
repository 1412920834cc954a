import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inlineKeys, schemaPlugin } from '../../../scripts/build/schemas.mjs';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const CLIENTS = ['auto-scaling', 'dynamodb', 'ec2', 'sns', 'sqs', 'ssm'];
const schemasOf = (client: string) =>
  join(MODULES, '@aws-sdk', `client-${client}`, 'dist-es', 'schemas', 'schemas_0.js');

let folder: string;
beforeAll(async () => {
  // Beside the clients, so that what the bundles leave out is found.
  folder = await mkdtemp(join(MODULES, '.undrift-schemas-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(client: string, plugins: ReturnType<typeof schemaPlugin>[]): Promise<Record<string, unknown>> {
  const outfile = join(folder, `${client}-${plugins.length}.mjs`);
  await build({
    entryPoints: [schemasOf(client)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    treeShaking: false,
    logLevel: 'silent',
    plugins,
  });
  return import(pathToFileURL(outfile).href);
}

/** Shapes refer to one another by functions, in circles: a function is written as what it says. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'function' ? String(item) : item));

describe('the schemas of each client', () => {
  it.each(CLIENTS)('%s: export the same with inlined keys', async (client) => {
    const [original, inlined] = [await load(client, []), await load(client, [schemaPlugin()])];
    expect(Object.keys(inlined)).toEqual(Object.keys(original));
    for (const [name, value] of Object.entries(original)) expect(plain(inlined[name]), name).toBe(plain(value));
  });

  it.each(CLIENTS)('%s: have no computed key left that is a constant of theirs', async (client) => {
    expect(inlineKeys(await readFile(schemasOf(client), 'utf8'))).not.toMatch(/\[_\w+\]:/);
  });

  it('let esbuild keep only what three calls of EC2 need', async () => {
    const entry = join(folder, 'three.mjs');
    const names = [
      'DescribeSecurityGroupsCommand',
      'DescribeSecurityGroupRulesCommand',
      'RevokeSecurityGroupIngressCommand',
    ];
    await writeFile(entry, `export { ${names.join(', ')} } from '@aws-sdk/client-ec2';`);
    const sizeWith = async (plugins: ReturnType<typeof schemaPlugin>[]) => {
      const { metafile } = await build({
        entryPoints: [entry],
        bundle: true,
        write: false,
        metafile: true,
        format: 'esm',
        platform: 'node',
        minify: true,
        mainFields: ['module', 'main'],
        outdir: folder,
        plugins,
      });
      const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
      return inputs.find(([path]) => path.endsWith('client-ec2/dist-es/schemas/schemas_0.js'))?.[1].bytesInOutput ?? 0;
    };
    expect(await sizeWith([schemaPlugin()])).toBeLessThan(15_000);
    expect(await sizeWith([])).toBeGreaterThan(300_000);
  });
});

describe('inlining a key', () => {
  it.each([
    ['the string of the constant', 'const _a = "A";\nexport var x = { [_a]: 1 };', 'export var x = { ["A"]: 1 };'],
    [
      'an escape as it is written',
      'const _a = "A\\"b";\nexport var x = { [_a]: 1 };',
      'export var x = { ["A\\"b"]: 1 };',
    ],
    ['no other name', 'const _a = f();\nexport var x = { [_a]: 1 };', 'export var x = { [_a]: 1 };'],
    ['no element of a list', 'const _a = "A";\nexport var x = [_a];', 'export var x = [_a];'],
  ])('takes %s', (_case, source, line) => {
    expect(inlineKeys(source).split('\n')[1]).toBe(line);
  });
});
