import { LifecycleState } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { isKeptAlive, isRebalancing, MEMBER_STATES, meaningOfState } from '../../../src/domain/member-state.ts';
import { FLEET, memberOf } from '../guards/perfect.ts';

const meaning = (lifecycleState: string) => {
  const found = meaningOfState(memberOf('i-1', { lifecycleState }));
  return found?.act === 'hold' ? `hold ${found.guard}${found.passing ? ', passing' : ''}` : found?.act;
};

describe('the table of lifecycle states', () => {
  it('has every state that the API knows, and no other', () => {
    expect(Object.keys(MEMBER_STATES).sort()).toEqual(Object.values(LifecycleState).sort());
  });

  it('replaces in service alone', () => {
    expect(Object.values(LifecycleState).filter((state) => meaning(state) === 'replace')).toEqual(['InService']);
  });

  it('ignores what ends by itself, and nothing that is retained', () => {
    expect(
      Object.values(LifecycleState)
        .filter((state) => meaning(state) === 'ignore')
        .sort(),
    ).toEqual([
      'Terminated',
      'Terminating',
      'Terminating:Proceed',
      'Terminating:Wait',
      'Warmed:Terminated',
      'Warmed:Terminating',
      'Warmed:Terminating:Proceed',
      'Warmed:Terminating:Wait',
    ]);
  });

  it.each([
    ['Standby', 'hold protected'],
    ['EnteringStandby', 'hold protected'],
    ['Quarantined', 'hold protected'],
    ['Terminating:Retained', 'hold protected'],
    ['Warmed:Running', 'hold protected'],
    ['Warmed:Terminating:Retained', 'hold protected'],
    ['Pending', 'hold protected, passing'],
    ['Detaching', 'hold protected, passing'],
    ['RootVolumeReplaced', 'hold refresh-running, passing'],
  ])('%s: %s', (state, expected) => expect(meaning(state)).toBe(expected));

  it('knows nothing of a new state', () => expect(meaning('Levitating')).toBeUndefined());

  it.each([
    ['Terminating:Wait', true],
    ['Terminating:Retained', true],
    ['Terminating', false],
    ['Terminating:Proceed', false],
    ['InService', false],
  ])('%s is kept alive: %s', (lifecycleState, expected) => {
    expect(isKeptAlive(memberOf('i-1', { lifecycleState }))).toBe(expected);
  });
});

describe('rebalancing', () => {
  const pending = memberOf('i-9', { lifecycleState: 'Pending' });
  it.each([
    ['a launch beyond the desired capacity', [...FLEET.members, pending], true],
    ['a launch for one that is missing', [...FLEET.members.slice(1), pending], false],
    ['no launch', [...FLEET.members, memberOf('i-4')], false],
    [
      'a launch for one that is unhealthy',
      [...FLEET.members.slice(1), memberOf('i-1', { healthy: false }), pending],
      false,
    ],
    [
      'two launches for one that is unhealthy',
      [...FLEET.members.slice(1), memberOf('i-1', { healthy: false }), pending, { ...pending, id: 'i-8' }],
      true,
    ],
  ])('%s', (_name, members, expected) => expect(isRebalancing({ ...FLEET, members })).toBe(expected));
});
