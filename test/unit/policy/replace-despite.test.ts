import { describe, expect, it } from 'vitest';
import { OBSTACLES } from '../../../src/domain/obstacle.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { despiteFor } from '../../../src/policy/replace-despite.ts';
import { MINIMAL, NOW } from './documents.ts';
import { basePolicy } from './policies.ts';
import { WEB_INSTANCE } from './subjects.ts';

type Entry = Policy['replaceDespite'][number];
const entry = (given: Partial<Entry> = {}): Entry => ({
  what: ['elastic-ip'],
  select: { autoScalingGroup: ['web'] },
  reason: 'Its address moves by itself.',
  ...given,
});
const despite = (subject: Parameters<typeof despiteFor>[0], ...replaceDespite: readonly Entry[]) =>
  despiteFor(subject, { ...basePolicy(), replaceDespite });

describe('what an instance may be replaced despite of', () => {
  it('is named with the first entry that says so', () => {
    const [other, first, second] = [
      entry({ select: { autoScalingGroup: ['db'] } }),
      entry({ what: ['single-instance', 'elastic-ip'], reason: 'An outage is small.' }),
      entry(),
    ];
    expect(despite(WEB_INSTANCE, other, first, second)).toEqual({
      'single-instance': { entry: 1, reason: 'An outage is small.' },
      'elastic-ip': { entry: 1, reason: 'An outage is small.' },
    });
  });

  it.each<[string, readonly Entry[]]>([
    ['no entry', []],
    ['another group', [entry({ select: { autoScalingGroup: ['db'] } })]],
    ['another instance', [entry({ select: { instance: ['i-9'] } })]],
    ['another VPC', [entry({ select: { vpc: ['vpc-9'] } })]],
    ['another tag', [entry({ select: { tag: { Env: ['dev'] } } })]],
    ['only one of its keys', [entry({ select: { autoScalingGroup: ['web'], account: ['210987654321'] } })]],
    ['nothing at all', [entry({ select: {} })]],
  ])('is nothing with %s', (_title, entries) => {
    expect(despite(WEB_INSTANCE, ...entries)).toEqual({});
  });

  it.each([
    ['its group', { autoScalingGroup: undefined }, { autoScalingGroup: ['*eb'] }],
    ['its tags', { tags: undefined }, { tag: { Env: ['prod'] } }],
    ['its VPC', { vpcs: undefined }, { vpc: ['vpc-0123456789abcdef0'] }],
  ])('is nothing where %s cannot be read', (_title, unread, select) => {
    expect(despite(WEB_INSTANCE, entry({ select }))).toHaveProperty('elastic-ip');
    expect(despite({ ...WEB_INSTANCE, ...unread }, entry({ select }))).toEqual({});
  });
});

describe('replaceDespite in a policy', () => {
  const load = (what: string, select = '{ autoScalingGroup: [web] }') =>
    loadPolicy(
      `${MINIMAL}replaceDespite:\n  - what: [${what}]\n    select: ${select}\n    reason: These servers hold nothing.\n`,
      'policy.yml',
      NOW,
    );

  it('takes every word, and its lines are known', () => {
    const { policy, placeOf } = load(OBSTACLES.join(', '));
    expect(policy.replaceDespite).toEqual([
      { what: OBSTACLES, select: { autoScalingGroup: ['web'] }, reason: 'These servers hold nothing.' },
    ]);
    expect(placeOf(['replaceDespite', 0])).toBe(`policy.yml:${MINIMAL.split('\n').length + 1}`);
  });

  it.each(OBSTACLES.filter((word) => word !== 'single-instance'))('%s comes without a warning', (word) => {
    expect(load(word).warnings).toEqual([]);
  });

  it('single-instance comes with a warning, at its place', () => {
    const { warnings } = load('elastic-ip, single-instance');
    expect(warnings).toEqual([expect.stringMatching(/^policy\.yml:7:\d+ warning: .*there is an outage$/)]);
  });

  it('by tag comes with a warning', () => {
    const { warnings } = load('elastic-ip', '{ tag: { Env: [dev] } }');
    expect(warnings).toEqual([
      expect.stringContaining('anyone who can tag the Auto Scaling group can lift these holds'),
    ]);
  });
});
