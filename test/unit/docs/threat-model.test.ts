/** The threat model names, for each attempt, tests that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/threat-model.md', root), 'utf8');

/** The cells of each row of each table; `\|` is a character of a cell. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|[-|]+\|$/u.test(line))
  .map((line) =>
    line
      .split(/(?<!\\)\|/u)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const heads = rows.filter(([first]) => first === 'Attempt');
const attempts = rows.filter(([first]) => first !== 'Attempt');

describe('docs/threat-model.md', () => {
  it('has tables of one form, and no attempt twice', () => {
    expect(heads.length).toBeGreaterThan(3);
    for (const head of heads) expect(head).toEqual(['Attempt', 'What happens', 'Test']);
    expect(attempts.length).toBeGreaterThan(25);
    expect(new Set(attempts.map(([attempt]) => attempt)).size).toBe(attempts.length);
  });

  it.each(attempts)('says what happens, and names tests that are there: %s', (...cells) => {
    expect(cells).toHaveLength(3);
    const [, happens = '', tests = ''] = cells;
    expect(happens).not.toBe('');
    const named = tests
      .split(', ')
      .map((cell) => /^`(test\/[\w./-]+\.(?:test|suite|cloud\.test)\.ts)`$/u.exec(cell)?.[1]);
    for (const file of named) expect(file !== undefined && existsSync(new URL(file, root)), tests).toBe(true);
  });
});
