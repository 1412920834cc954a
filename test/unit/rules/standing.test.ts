/** What is not allowed, in step with the shipped policy and the documentation. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/policy/load.ts';
import { STANDING_RULES } from '../../../src/policy/policy.ts';
import { INSTANCE_RULES } from '../../../src/rules/instance-rules.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const NOT_ALLOWED = INSTANCE_RULES.filter(({ group }) => group === 'not-allowed');

describe('what is not allowed', () => {
  it('is asked of how an instance stands, or told by another service of AWS', () => {
    const standing = NOT_ALLOWED.filter(({ byStanding }) => byStanding !== undefined).map(({ id }) => id);
    expect(standing).toEqual([...STANDING_RULES]);
    expect(NOT_ALLOWED.map(({ id }) => id)).toEqual([...STANDING_RULES, 'guardduty-finding', 'security-hub-finding']);
  });

  it.each(NOT_ALLOWED.map((rule) => [rule.id, rule] as const))('%s ships as it says, and has its line', (id, rule) => {
    const { policy } = loadPolicy(read('policy.yml'), 'policy.yml');
    expect(rule.ships).toBe('notify');
    expect(policy.instanceRules[id]).toEqual({ mode: 'observe' });
    expect(read('policy.yml')).toMatch(new RegExp(`^ {2}${id}: \\{`, 'm'));
    const line =
      read('docs/signals.md')
        .split('\n')
        .find((it) => it.startsWith(`| \`${id}\` |`)) ?? '';
    expect(line.split(' | ').slice(3, 5)).toEqual([rule.confidence, rule.ships]);
  });
});
