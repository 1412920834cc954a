/** The table of bounds in docs/architecture.md has the numbers of the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/architecture.md', root), 'utf8');
const table = page.slice(page.indexOf('## What is bounded'));

/** `NAME` 1,000 … ([file.ts](../src/file.ts)); several may share the file that follows them. */
const bounds = table.split('\n').flatMap((line) => {
  const [, cell = ''] = line.startsWith('| ') ? (line.split(' | ')[0]?.split(/^\| /) ?? []) : [];
  const files = [...cell.matchAll(/\]\(\.\.\/(src\/[^)]+)\)/g)];
  return [...cell.matchAll(/`([A-Z][A-Z_]+)` ([\d,]+)/g)].map(({ 1: name = '', 2: number = '', index }) => {
    const file = files.find((it) => it.index > index)?.[1] ?? 'none';
    return [name, Number(number.replaceAll(',', '')), file] as const;
  });
});

describe('the table of bounds', () => {
  it('has many', () => {
    expect(bounds.length).toBeGreaterThan(20);
  });

  it.each(bounds)('says of %s that it is %i, as %s does', (name, value, file) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    const [, number = ''] = new RegExp(`\\b${name} = ([\\d_]+);`).exec(text) ?? [];
    expect(Number(number.replaceAll('_', ''))).toBe(value);
  });
});
