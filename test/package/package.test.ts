import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from './iam.ts';
import { type Packaged, packageAll, remove } from './stage.ts';

let first: Packaged;
let second: Packaged;
beforeAll(async () => {
  first = await packageAll();
  second = await packageAll();
});
afterAll(async () => {
  await remove(first);
  await remove(second);
});

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** osls writes the time of packaging into the keys of the artefacts. */
const masked = (text: string) => text.replace(/\d{13}-\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME');

describe('the package', () => {
  it('is made without network and credentials, one zip for each function', async () => {
    for (const name of FUNCTIONS) expect((await first.zip(name)).length, name).toBeGreaterThan(1000);
  });

  it.each(FUNCTIONS)('has the same %s.zip twice, byte for byte', async (name) => {
    expect(digest(await second.zip(name))).toBe(digest(await first.zip(name)));
  });

  it('has the same template twice, but for the time in the keys of its artefacts', () => {
    expect(first.text).not.toBe(second.text);
    expect(masked(second.text)).toBe(masked(first.text));
  });

  it.each([
    ['securityGroups', 'security-groups'],
    ['instances', 'instances'],
    ['networks', 'networks'],
    ['recheck', 'recheck'],
  ])('puts into %s.zip its own bundle and nothing else', async (name, folder) => {
    const files = namesIn(await first.zip(name));
    expect(files).toContain(`dist/${folder}/index.mjs`);
    expect(files.filter((file) => !file.startsWith(`dist/${folder}/`) || !file.endsWith('.mjs'))).toEqual([]);
  });
});

/** The names in a zip's central directory. */
function namesIn(zip: Buffer): readonly string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 46))
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  return names;
}
