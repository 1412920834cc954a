import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { alreadyUp } from '../../../../scripts/local/lib/state.mjs';

const scriptOf = (name: string) => fileURLToPath(new URL(`../../../../scripts/local/${name}.mjs`, import.meta.url));
const ran = (name: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [scriptOf(name), ...args], { encoding: 'utf8' });

describe('local:faults', () => {
  it.each(['faults', 'up'])('is explained by the help of local:%s', (name) => {
    const { status, stdout, stderr } = ran(name, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npm run local:faults');
    expect(stdout).toContain('ec2-throttled, ledger-throttled, sns-down, ssm-throttled');
  });

  it.each([
    [['no-such-file.yml'], 'no-such-file.yml: no such file; use a JSON or YAML file'],
    [['sns-down', 'clear'], 'too many arguments'],
    [['--loud'], 'local:faults: unknown option --loud; the options are --help'],
  ])('refuses %j', (args, words) => {
    const { status, stdout, stderr } = ran('faults', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});

it.each([
  [['--polcy', 'x'], 'local:up: unknown option --polcy; did you mean --policy?\n'],
  [['--loud'], 'local:up: unknown option --loud; the options are --mode, --policy, --faults, --restart, --help\n'],
  [['--faults'], 'local:up: --faults needs a value; see --help\n'],
  [['--faults', '--restart'], 'local:up: --faults needs a value; see --help\n'],
])('local:up refuses %j with the fix', (args, words) => {
  const { status, stdout, stderr } = ran('up', ...args);
  expect([status, stdout, stderr]).toEqual([2, '', words]);
});

it('local:up names the command that changes the faults of what is up already', () => {
  const up = 'local:up: the local AWS is already up; take it down with `npm run local:down`, or use --restart';
  expect(alreadyUp(undefined)).toBe(up);
  expect(alreadyUp('sns-down')).toBe(`${up}; to change only the faults: \`npm run local:faults -- sns-down\``);
});
