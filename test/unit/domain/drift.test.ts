import { describe, expect, it } from 'vitest';
import { actorName, UNKNOWN_ACTOR } from '../../../src/domain/actor.ts';
import { compareWithBaseline } from '../../../src/domain/drift.ts';
import type { Baseline, Instance } from '../../../src/domain/estate.ts';
import { INSTANCE } from '../guards/perfect.ts';

const PROFILE = 'arn:aws:iam::123456789012:instance-profile/team/web';
const LIVE: Instance = { ...INSTANCE, profileArn: PROFILE, securityGroupIds: ['sg-2', 'sg-1'] };
const BASELINE: Baseline = {
  name: 'lt-1 version 4',
  userData: 'IyEvYmluL3NoCg==',
  securityGroupIds: ['sg-1', 'sg-2'],
  profile: 'web',
};

const compared = (instance: Partial<Instance>, userData: string | null | undefined, baseline: Partial<Baseline>) =>
  compareWithBaseline({ ...LIVE, ...instance }, userData, { ...BASELINE, ...baseline });
const SAME = BASELINE.userData;

describe('an instance compared with its template', () => {
  it.each([
    ['is the same', {}, SAME, {}],
    ['is the same by the ARN of the profile', {}, SAME, { profile: PROFILE }],
    ['has no profile, and none is asked', { profileArn: null }, SAME, { profile: null }],
    [
      'has other groups, and the template does not say',
      { securityGroupIds: ['sg-9'] },
      SAME,
      { securityGroupIds: undefined },
    ],
    ['has user data that was not read', {}, undefined, {}],
    ['has no user data, and none is asked', {}, null, { userData: null }],
    ['has empty user data, and none is asked', {}, '', { userData: null }],
  ])('%s', (_name, instance, userData, baseline) => {
    expect(compared(instance, userData, baseline)).toEqual([]);
  });

  it.each([
    ['another profile', { profileArn: `${PROFILE}-admin` }, SAME, {}, ['instance-profile', 'web', 'web-admin']],
    ['no profile', { profileArn: null }, SAME, {}, ['instance-profile', 'web', 'none']],
    ['a profile, where none is asked', {}, SAME, { profile: null }, ['instance-profile', 'none', 'web']],
    [
      'a group more',
      { securityGroupIds: ['sg-3', 'sg-2', 'sg-1'] },
      SAME,
      {},
      ['security-groups', 'sg-1, sg-2', 'sg-1, sg-2, sg-3'],
    ],
    ['no groups', { securityGroupIds: [] }, SAME, {}, ['security-groups', 'sg-1, sg-2', 'none']],
    ['no user data', {}, null, {}, ['user-data', 'sha256:3dcecd6922b1', 'none']],
    ['other user data', {}, 'x', { userData: null }, ['user-data', 'none', 'sha256:2d711642b726']],
  ])('has %s', (_name, instance, userData, baseline, [attribute, expected, found]) => {
    expect(compared(instance, userData, baseline)).toEqual([{ attribute, expected, found }]);
  });

  it('never shows user data itself: it may hold secrets', () => {
    const shown = JSON.stringify(compared({}, 'cGFzc3dvcmQ=', {}));
    expect(shown).not.toContain('cGFzc3dvcmQ=');
    expect(shown).not.toContain(SAME);
  });
});

describe('an actor is named', () => {
  it.each([
    ['by its ARN', { arn: 'arn:a', issuerArn: 'arn:b', invokedBy: 'c' }, 'arn:a'],
    ['by its role', { issuerArn: 'arn:b', invokedBy: 'c' }, 'arn:b'],
    ['by its service', { invokedBy: 'c' }, 'c'],
    ['as unknown', {}, 'unknown'],
  ])('%s', (_name, given, name) => {
    expect(actorName({ ...UNKNOWN_ACTOR, ...given })).toBe(name);
  });
});
