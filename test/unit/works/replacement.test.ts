import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, GroupMember } from '../../../src/domain/estate.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { judge, type Look, othersThan } from '../../../src/works/replacement.ts';
import { FLEET_INSTANCE } from '../decide/perfect.ts';
import { FLEET, INSTANCE_CASE, memberOf } from '../guards/perfect.ts';

const { remediation } = INSTANCE_CASE;
const DECISION = { kind: 'remediate', rule: 'user-data-changed', guard: null, reason: '', remediation } as const;
const incident = { resource: { type: 'instance', id: 'i-1' }, decision: DECISION } as unknown as Incident;
const marked = {
  ...incident,
  decision: { ...DECISION, remediation: { ...remediation, how: 'launch-first' } },
} as Incident;
const PEERS = [memberOf('i-2'), memberOf('i-3')];

/** Terminated and followed by i-4, a minute after the act. */
const DONE: Look = {
  incident,
  replacement: {
    group: 'web',
    membersBefore: ['i-1', 'i-2', 'i-3'],
    startedAt: '2026-03-01T12:00:00.000Z',
    successor: null,
  },
  state: 'terminated',
  group: { ...FLEET, members: [...PEERS, memberOf('i-4')] },
  paired: [],
  now: new Date('2026-03-01T12:01:00.000Z'),
  successorMinutes: 30,
};
const groupOf = (...members: readonly GroupMember[]): AutoScalingGroup => ({ ...FLEET, members });
const of = (given: Partial<Look>) => judge({ ...DONE, ...given });
const stays = (lifecycleState: string, given: Partial<Look> = {}) =>
  of({ state: 'running', group: groupOf(...PEERS, memberOf('i-1', { lifecycleState })), ...given });

describe('a replacement', () => {
  it('is done when the altered one is terminated and its successor in service', () => {
    expect(of({})).toMatchObject({ kind: 'proven', closedBy: 'undrift', successor: 'i-4' });
  });

  it.each<[string, Partial<Look>]>([
    ['the successor is starting', { group: groupOf(...PEERS, memberOf('i-4', { lifecycleState: 'Pending' })) }],
    ['the successor is unhealthy', { group: groupOf(...PEERS, memberOf('i-4', { healthy: false })) }],
    ['there is none', { group: groupOf(...PEERS) }],
    ['Auto Scaling does not know yet that it is gone', { group: groupOf(...PEERS, memberOf('i-1')) }],
    ['the altered one shuts down', { state: 'shutting-down' }],
    ['the altered one stops', { state: 'stopping' }],
  ])('is not, while %s', (_name, given) => {
    expect(of(given)).toMatchObject({ kind: 'pending', overdue: false });
    const now = new Date('2026-03-01T12:30:01.000Z');
    expect(of({ ...given, now })).toMatchObject({ kind: 'pending', overdue: true });
  });

  it.each<[string, readonly GroupMember[]]>([
    ['its group', PEERS],
    ['service', [...PEERS, memberOf('i-1', { lifecycleState: 'Standby' })]],
  ])('had no effect on what was taken out of %s after the act, once that is sure', (_name, members) => {
    const given = { state: 'running', group: groupOf(...members) };
    expect(of(given)).toMatchObject({ kind: 'pending' });
    expect(of({ ...given, now: new Date('2026-03-01T12:03:00.000Z') })).toMatchObject({ kind: 'undone' });
  });

  it('is not paired with the successor of another', () => {
    expect(of({ paired: ['i-4'] })).toMatchObject({ kind: 'proven', successor: null });
    const group = { ...groupOf(...PEERS, memberOf('i-4')), desired: 4 };
    expect(of({ paired: ['i-4'], group })).toMatchObject({ kind: 'pending' });
  });

  it('counts by weight whether one is needed', () => {
    const group = { ...groupOf(memberOf('i-2', { weight: 2 })), desired: 2 };
    expect(of({ group })).toMatchObject({ kind: 'proven', successor: null });
  });

  it('ends with its group', () => expect(of({ group: null })).toMatchObject({ kind: 'proven', closedBy: 'another' }));

  it.each([
    ['had no effect', '2026-03-01T12:02:01.000Z', 'undone'],
    ['may yet have one', '2026-03-01T12:02:00.000Z', 'pending'],
  ])('that is still in service %s', (_name, now, kind) => {
    expect(stays('InService', { now: new Date(now) }).kind).toBe(kind);
  });

  it.each([
    ['marked unhealthy: it serves until its successor does', marked, false, 'pending'],
    ['marked, and declared healthy by somebody', marked, true, 'undone'],
    ['unhealthy, though it was to be terminated', incident, false, 'undone'],
  ])('that is in service after ten minutes, %s', (_name, given, healthy, kind) => {
    const group = groupOf(...PEERS, memberOf('i-1', { healthy }));
    const now = new Date('2026-03-01T12:10:00.000Z');
    expect(of({ state: 'running', incident: given, group, now }).kind).toBe(kind);
  });
});

describe('an altered one that is kept alive', () => {
  it.each([
    ['Terminating:Wait', '2026-03-01T12:29:59.000Z', false, 0],
    ['Terminating:Wait', '2026-03-01T12:30:01.000Z', true, 0],
    ['Terminating:Retained', '2026-03-01T12:00:01.000Z', true, 0],
    ['Terminating:Retained', '2026-03-02T11:59:59.000Z', true, 0],
    ['Terminating:Retained', '2026-03-02T12:00:00.000Z', true, 1],
    ['Terminating:Wait', '2026-03-03T12:00:00.000Z', true, 2],
  ])('in %s at %s: overdue %s, day %i', (state, now, overdue, keptDays) => {
    expect(stays(state, { now: new Date(now) })).toMatchObject({
      kind: 'pending',
      overdue,
      keptDays,
      why: `the altered i-1 still runs: it is kept alive in ${state}`,
    });
  });

  it('is not done, though its successor is in service', () => {
    const group = groupOf(...PEERS, memberOf('i-4'), memberOf('i-1', { lifecycleState: 'Terminating:Retained' }));
    expect(of({ state: 'running', group }).kind).toBe('pending');
  });

  it('is only ending while it is Terminating', () => {
    expect(stays('Terminating')).not.toHaveProperty('keptDays');
  });
});

describe('who was there before', () => {
  const starting = memberOf('i-4', { lifecycleState: 'Pending' });
  it('is every member', () => {
    expect(othersThan(FLEET_INSTANCE, groupOf(memberOf('i-1'), ...PEERS, starting))).toEqual([
      'i-1',
      'i-2',
      'i-3',
      'i-4',
    ]);
  });

  it('is no one that starts while the altered one is unhealthy already: it may be the successor', () => {
    const ill = memberOf('i-1', { healthy: false });
    expect(othersThan(FLEET_INSTANCE, groupOf(ill, ...PEERS, starting))).toEqual(['i-1', 'i-2', 'i-3']);
  });
});
