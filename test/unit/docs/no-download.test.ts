/**
 * Nothing that people read or run may make npm fetch a package by its name: `undrift` and `sls` are free in the public
 * registry, or somebody else's. `npm exec --no` runs what is installed, and refuses the rest.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../cli/files.ts';

/** Whatever is shipped, read or run, with the expected notifications and outcomes; and no other text of a test. */
const READ = ['.ci', 'bench', 'cli', 'docs', 'events', 'handlers', 'infra', 'scripts', 'src'];
const EXPECTED = ['test/golden', 'test/unit/notice/expected'];
const FILES = ['CHANGELOG.md', 'README.md', 'package.json', 'policy.schema.json', 'policy.yml', 'serverless.yml'];

const FETCHING =
  /\b(?:npx|bunx|pnpx)\b|\bnpm (?:x|create|init)\b|\bnpm exec (?!--no -- )|\b(?:pnpm|yarn) (?:dlx|create|exec)\b|\bbun x\b/u;

const filesIn = (path: string): readonly string[] =>
  statSync(fromRoot(path)).isDirectory()
    ? readdirSync(fromRoot(path)).flatMap((name) => (name === 'node_modules' ? [] : filesIn(join(path, name))))
    : [path];

const files = [...READ, ...EXPECTED, ...FILES].flatMap(filesIn);
const faults = (text: string) => text.split('\n').filter((line) => FETCHING.test(line));

describe('what makes npm fetch a package', () => {
  it.each([
    ['npx undrift incidents'],
    ['  $ npx --yes sls deploy'],
    ['npm exec undrift incidents'],
    ['npm exec --yes -- undrift'],
    ['npm exec --no undrift'],
    ['npm x undrift'],
    ['npm init undrift'],
    ['npm create undrift'],
    ['pnpm dlx undrift'],
    ['yarn dlx undrift'],
    ['bunx undrift'],
  ])('is found: %s', (line) => {
    expect(faults(line)).toEqual([line]);
  });

  it.each([['npm exec --no -- undrift incidents'], ['undrift incidents'], ['npm ci && npm run package']])(
    'is not: %s',
    (line) => {
      expect(faults(line)).toEqual([]);
    },
  );

  it('is in no text of the product, and in no notification', () => {
    expect(files.length).toBeGreaterThan(400);
    const found = files.flatMap((path) =>
      faults(readFileSync(fromRoot(path), 'utf8')).map((line) => `${path}: ${line}`),
    );
    expect(found).toEqual([]);
  });
});
