import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Drift, InstanceEstate } from '../../../src/domain/estate.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { ALTERED, CONTEXT, FLEET_INSTANCE, HISTORY, POLICY, verdict } from './perfect.ts';

type Compared = Extract<Drift, { kind: 'compared' }>;
const DRIFT: Compared = {
  kind: 'compared',
  baseline: 'lt-1 version 4',
  differences: [
    { path: 'image', expected: 'ami-1', found: 'ami-2' },
    { path: 'tags/Env', expected: '"prod"', found: '"dev"' },
  ],
};
const MEANS: Partial<Policy> = { configVerdicts: [{ configRule: '*', means: ['differs-from-template'] }] };
const ignoring = (...paths: readonly string[]): Partial<Policy> => ({
  ignoredDifferences: [{ paths, select: { autoScalingGroup: ['web'] }, reason: 'The backup tool does it.' }],
});

function decided(drift: Partial<Compared> = {}, policy: Partial<Policy> = {}, change = verdict(ALTERED, 'any')) {
  const estate: InstanceEstate = { ...FLEET_INSTANCE, drift: { ...DRIFT, ...drift } };
  return decide(change, estate, { ...POLICY, ...MEANS, ...policy }, HISTORY, CONTEXT);
}
const differences = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `tags/${index}` as const, expected: '"a"', found: '"b"' }));

describe('an instance that differs from its template', () => {
  it('is one finding, whatever the number of differences', () => {
    expect(decided()).toMatchObject([
      {
        kind: 'remediate',
        rule: 'differs-from-template',
        finding: {
          key: expect.stringMatching(/^instance\/i-1\/differs-from-template\/image, tags\/Env [0-9a-f]{12}$/),
          summary: 'i-1 was altered: it differs from its template (image, tags/Env)',
          evidence: expect.arrayContaining([
            'image: lt-1 version 4 says ami-1, found ami-2',
            'tags/Env: lt-1 version 4 says "prod", found "dev"',
          ]),
        },
      },
    ]);
  });

  it('is another finding when another value is found, and the same when the same is', () => {
    const [image, tag] = DRIFT.differences;
    if (image === undefined || tag === undefined) throw new Error('there are two');
    const key = (drift: Partial<Compared>) => decided(drift).map((it) => it.kind !== 'ignore' && it.finding.key);
    expect(key({ differences: [{ ...image, found: 'ami-3' }, tag] })).not.toEqual(key({}));
    expect(key({ differences: [image, tag] })).toEqual(key({}));
  });

  it('with many differences has a short name, and says how many', () => {
    expect(decided({ differences: differences(40) })).toMatchObject([
      {
        finding: {
          summary: 'i-1 was altered: it differs from its template (tags/0, tags/1, tags/2 and 37 more)',
          evidence: expect.arrayContaining(['and 28 lines more']),
        },
      },
    ]);
  });

  it('leaves what has a rule of its own to that rule', () => {
    const own = { path: 'profile', expected: 'web', found: 'admin' } as const;
    expect(decided({ differences: [own] })).toMatchObject([
      { kind: 'ignore', reason: 'i-1 differs from its template (lt-1 version 4) only in what was not asked: profile' },
    ]);
  });

  it('in what could not be compared is nothing to put right', () => {
    const untold = [{ path: 'image', why: 'it is named through a parameter' }] as const;
    expect(decided({ differences: [], untold })).toMatchObject([
      {
        kind: 'ignore',
        reason:
          'i-1 is as its template says (lt-1 version 4), but it could not be compared in image (image: it is named through a parameter)',
      },
    ]);
  });
});

describe('ignored differences', () => {
  it('are no finding, and the reason names the entry', () => {
    expect(decided({}, ignoring('image', 'tags/*'))).toMatchObject([
      {
        kind: 'ignore',
        reason:
          'i-1 differs from its template (lt-1 version 4) only in what the policy leaves alone: image, tags/Env (ignoredDifferences[0])',
      },
    ]);
  });

  it('leave the others a finding, and are told beside them', () => {
    expect(decided({}, ignoring('tags/*'))).toMatchObject([
      {
        kind: 'remediate',
        finding: {
          summary: 'i-1 was altered: it differs from its template (image)',
          evidence: expect.arrayContaining([
            'image: lt-1 version 4 says ami-1, found ami-2',
            'tags/Env: differs, and is left alone by ignoredDifferences[0]',
          ]),
        },
      },
    ]);
  });

  it('of user data do not excuse a change that CloudTrail vouches for', () => {
    const userData = { path: 'user-data', expected: 'none', found: 'sha256:0123456789ab, 3 bytes' } as const;
    expect(decided({ differences: [userData] }, ignoring('user-data'), ALTERED)).toMatchObject([
      { kind: 'remediate', rule: 'user-data-changed' },
    ]);
  });
});

it('a change that is a finding carries the differences as evidence, and is no finding more for them', () => {
  expect(decided({}, {}, ALTERED)).toMatchObject([
    {
      rule: 'user-data-changed',
      finding: { evidence: expect.arrayContaining(['image: lt-1 version 4 says ami-1, found ami-2']) },
    },
  ]);
});
