import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ACTS } from '../../../scripts/local/acts.mjs';

const script = fileURLToPath(new URL('../../../scripts/local/event.mjs', import.meta.url));
const ran = (...args: readonly string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

describe('local:event', () => {
  it('says what it can make happen', () => {
    const { status, stdout, stderr } = ran('--help');
    expect([status, stderr]).toEqual([0, '']);
    const words = [...stdout.matchAll(/^ {2}npm run local:event -- ([\w-]+) /gm)].map(([, word]) => word);
    expect(words).toEqual([...ACTS.keys(), 'FILE']);
    expect(words).toEqual(expect.arrayContaining(['open-ssh', 'open-session', 'end-session', 'run-command-by-tag']));
  });

  it('is shown in README.md with all that it can make happen', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    for (const word of ACTS.keys()) expect(readme).toContain(`npm run local:event -- ${word} `);
  });

  it.each([
    [[], 'One thing at a time'],
    [['open-ssh', 'alter-instance'], 'One thing at a time'],
    [['--loud'], '--loud'],
  ])('refuses %j', (args, words) => {
    const { status, stdout, stderr } = ran(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });

  it('is named where the local AWS says that it runs', () => {
    const up = readFileSync(new URL('../../../scripts/local/up.mjs', import.meta.url), 'utf8');
    expect(up).toContain('npm run local:event -- open-ssh');
  });
});
