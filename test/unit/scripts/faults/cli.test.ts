import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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
    [['--loud'], '--loud'],
  ])('refuses %j', (args, words) => {
    const { status, stdout, stderr } = ran('faults', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
