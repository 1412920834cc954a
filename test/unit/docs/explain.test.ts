/** What README and docs show of `explain` is what it prints. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { fromRoot } from '../cli/files.ts';

const EXAMPLE = /```console\n\$ (?:npm exec --no -- )?undrift (explain (?:.*\\\n)*.*)\n([\s\S]*?)\n```/gu;

const PAGES = ['README.md', 'docs/explain.md', 'docs/signals.md'];
const examples = PAGES.flatMap((page) =>
  [...readFileSync(fromRoot(page), 'utf8').matchAll(EXAMPLE)].map(([, line = '', printed = '']) => ({
    page,
    argv: line.replaceAll('\\\n', ' ').trim().split(/\s+/u),
    printed,
  })),
);

it('is found in each', () => {
  expect(examples.map(({ page }) => page)).toEqual(PAGES);
});

/** Where they stand in the page they are named from the root, where the command is run. */
it.each(examples)('in $page: $argv', async ({ argv, printed }) => {
  const files = argv.map((word) => (/\.(?:json|yml)$/u.test(word) ? fromRoot(word) : word));
  const policy = argv.includes('--policy') ? [] : ['--policy', fromRoot('policy.yml')];
  const { code, out } = await run([...files, ...policy]);
  expect(code).toBe(/REMEDIATE|guard tainted/u.test(printed) ? 1 : 0);
  expect(out.replaceAll(fromRoot(''), '')).toBe(printed);
});
