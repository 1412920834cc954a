import { describe, expect, it } from 'vitest';
import { peersOf } from '../../../src/domain/budget.ts';
import type { Difference, Drift, Instance, Untold } from '../../../src/domain/estate.ts';
import { OBSTACLES, type ObstacleWord } from '../../../src/domain/obstacle.ts';
import type { InstanceCase } from '../../../src/guards/guard.ts';
import { INSTANCE_GUARDS } from '../../../src/guards/guards.ts';
import { FLEET, INSTANCE, INSTANCE_CASE, memberOf } from './perfect.ts';

const NO_TIES = { terminationProtection: false, instanceStore: false } as const;

/** All that object, with their reasons. */
function held(given: Partial<InstanceCase>, words: readonly ObstacleWord[] = []) {
  const despite = Object.fromEntries(words.map((word) => [word, { entry: 0, reason: 'They hold nothing.' }]));
  const subject = { ...INSTANCE_CASE, ties: NO_TIES, ...given, despite };
  const asked = { ...subject, peers: peersOf(subject.group, subject.member) };
  return Object.fromEntries(
    INSTANCE_GUARDS.flatMap((guard) => {
      const objection = guard.check(asked);
      return objection === null ? [] : [[guard.name, objection.reason] as const];
    }),
  );
}

const withInstance = (given: Partial<Instance>) => ({ instance: { ...INSTANCE, ...given } });
const second = { id: 'vol-2', device: '/dev/sdf', deleteOnTermination: true };
const withSecond = (drift: Drift | null, device = second.device): Partial<InstanceCase> => ({
  ...withInstance({ volumes: [...INSTANCE.volumes, { ...second, device }] }),
  drift,
});
const compared = (differences: readonly Difference[] = [], untold: readonly Untold[] = []): Drift => ({
  kind: 'compared',
  baseline: 'lt-1 version 1',
  differences,
  untold,
});
const LATER: Difference = { path: 'block-devices/sdf', expected: 'none', found: 'vol-2' };
const ALONE = { group: { ...FLEET, desired: 1, members: [memberOf('i-1')] } };
const SET_BY_HAND =
  'i-1 is protected from termination; the rule termination-protection-changed is about who sets that by hand, and is not held by it';

/** One deviation from a case that nothing holds, the word that lifts its hold, and what holds it by default. */
const DEVIATIONS: readonly [ObstacleWord, string, Partial<InstanceCase>, object][] = [
  [
    'scale-in-protection',
    'protected from scale-in',
    { member: memberOf('i-1', { protectedFromScaleIn: true }) },
    { protected: 'i-1 is protected from scale-in' },
  ],
  [
    'termination-protection',
    'protected from termination',
    { ties: { ...NO_TIES, terminationProtection: true } },
    { protected: SET_BY_HAND },
  ],
  [
    'termination-protection',
    'of which its protection could not be read',
    { ties: { ...NO_TIES, terminationProtection: { unread: 'denied' } } },
    { unreadable: 'whether i-1 is protected from termination could not be read: denied' },
  ],
  [
    'single-instance',
    'alone in its group',
    ALONE,
    { 'single-instance': 'web has a desired capacity of 1: replacing would be an outage' },
  ],
  [
    'instance-store',
    'of a type with instance store',
    { ties: { ...NO_TIES, instanceStore: true } },
    { 'state-at-risk': 'i-1: what is on its instance store would be lost' },
  ],
  [
    'instance-store',
    'whose root device is instance store',
    withInstance({ rootInStore: true, rootDevice: null, volumes: [] }),
    { 'state-at-risk': 'i-1: what is on its instance store would be lost' },
  ],
  [
    'instance-store',
    'of a type that could not be read',
    { ties: { ...NO_TIES, instanceStore: { unread: 'its type is not known' } } },
    { unreadable: 'whether i-1 has instance store could not be read: its type is not known' },
  ],
  [
    'further-volumes',
    'with a volume that outlives it',
    withInstance({ volumes: [{ id: 'vol-1', device: '/dev/xvda', deleteOnTermination: false }] }),
    { 'state-at-risk': 'i-1: volume vol-1 (/dev/xvda) would outlive it' },
  ],
  [
    'further-volumes',
    'with a volume that its template does not know',
    withSecond(compared([LATER])),
    { 'state-at-risk': 'i-1: volume vol-2 (/dev/sdf) did not come with it, and would be lost' },
  ],
  [
    'further-volumes',
    'with a volume of which it could not be told',
    withSecond(compared([], [{ path: 'block-devices/sdf', why: 'the image is gone' }])),
    { 'state-at-risk': 'i-1: whether volume vol-2 (/dev/sdf) came with it is not known' },
  ],
  [
    'further-volumes',
    'with a second volume, not compared',
    withSecond({ kind: 'unknown', why: 'the template is gone' }),
    { 'state-at-risk': 'i-1: whether volume vol-2 (/dev/sdf) came with it is not known' },
  ],
  [
    'further-volumes',
    'with a second volume, not read',
    withSecond(null),
    { 'state-at-risk': 'i-1: whether volume vol-2 (/dev/sdf) came with it is not known' },
  ],
  [
    'further-interfaces',
    'with a further interface',
    withInstance({ interfaces: [{ id: 'eni-2', deviceIndex: 1, elasticIp: false }] }),
    { 'state-at-risk': 'i-1: interface eni-2 is attached as a further one' },
  ],
  [
    'elastic-ip',
    'with an Elastic IP',
    withInstance({ interfaces: [{ id: 'eni-1', deviceIndex: 0, elasticIp: true }] }),
    { 'state-at-risk': 'i-1: interface eni-1 holds an Elastic IP' },
  ],
];

describe('what speaks against replacing an instance', () => {
  it('is nothing in the ordinary case, whatever the policy would put up with', () => {
    expect(held({})).toEqual({});
    expect(held({}, OBSTACLES)).toEqual({});
  });

  it.each(DEVIATIONS)('%s holds one %s', (_word, _name, given, expected) => {
    expect(held(given)).toEqual(expected);
  });

  it.each(DEVIATIONS)('%s in the policy lets one %s go', (word, _name, given) => {
    expect(held(given, [word])).toEqual({});
  });

  it.each(DEVIATIONS)('only %s lets one %s go', (word, _name, given, expected) => {
    expect(
      held(
        given,
        OBSTACLES.filter((other) => other !== word),
      ),
    ).toEqual(expected);
  });

  it.each([
    ['that its template declares or its image brings', withSecond(compared())],
    ['that its template declares otherwise', withSecond(compared([{ ...LATER, path: 'block-devices/sdf/size' }]))],
    [
      'of which only the size could not be told',
      withSecond(compared([], [{ path: 'block-devices/sdf/size', why: '' }])),
    ],
    ['beside another that is foreign', withSecond(compared([{ ...LATER, path: 'block-devices/sdg' }]))],
  ])('is not a second volume %s', (_name, given) => {
    expect(held(given)).toEqual({});
  });

  it.each([null, { kind: 'unknown', why: 'the template is gone' }] as const)(
    'is not the root volume, compared or not (%j)',
    (drift) => {
      expect(held({ drift })).toEqual({});
      expect(held({ ...withInstance({ rootDevice: 'xvda' }), drift })).toEqual({});
    },
  );

  it('is, when the root device is not known, a volume that cannot be told', () => {
    expect(Object.keys(held({ ...withInstance({ rootDevice: null }), drift: null }))).toEqual(['state-at-risk']);
  });

  it('is nothing of what is not read yet', () => expect(held({ ties: null })).toEqual({}));
});

describe('a protection', () => {
  const scaleIn = { member: memberOf('i-1', { protectedFromScaleIn: true }) };
  const termination = { ties: { ...NO_TIES, terminationProtection: true } };
  const unread = { ties: { ...NO_TIES, terminationProtection: { unread: 'denied' } } };

  it.each([
    ['scale-in-protection-changed', scaleIn, []],
    ['scale-in-protection-changed', termination, ['protected']],
    ['termination-protection-changed', termination, []],
    ['termination-protection-changed', unread, []],
    ['termination-protection-changed', scaleIn, ['protected']],
    ['user-data-changed', { ...scaleIn, ...termination }, ['protected']],
  ] as const)('does not shield from the finding that it was set: %s', (rule, given, expected) => {
    expect(Object.keys(held({ rule, ...given }))).toEqual(expected);
  });

  it('keeps what is in Standby, whatever the policy would put up with', () => {
    const member = memberOf('i-1', { lifecycleState: 'Standby', protectedFromScaleIn: true });
    expect(held({ member }, OBSTACLES)).toEqual({ protected: 'i-1 is in Standby' });
  });
});
