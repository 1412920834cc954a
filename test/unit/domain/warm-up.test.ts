import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, TargetHealth } from '../../../src/domain/estate.ts';
import { notServing, warmingFrom, warmingPeers } from '../../../src/domain/warm-up.ts';
import { FLEET, memberOf } from '../guards/perfect.ts';

const SEEN = new Date('2026-03-01T12:00:00.000Z');
const TARGETS = [{ kind: 'target-group', arn: 'arn:web' }] as const;
const HEALTHY: TargetHealth = { kind: 'healthy' };
const ILL: TargetHealth = { kind: 'not-healthy', why: 'i-4 is initial' };
const UNREAD: TargetHealth = { kind: 'unread', why: 'denied' };
const PATIENCE = 900;

const groupOf = (seconds: number, trafficSources: AutoScalingGroup['trafficSources'] = TARGETS): AutoScalingGroup => ({
  ...FLEET,
  trafficSources,
  warmUp: { seconds, setting: 'DefaultInstanceWarmup' },
});
/** What is asked so many seconds after it was first seen in service. */
const askedAfter = (seconds: number, health: TargetHealth, group = groupOf(600)) =>
  notServing(
    warmingFrom(group, { since: SEEN.toISOString() }),
    health,
    PATIENCE,
    new Date(SEEN.getTime() + seconds * 1000),
  );

describe('a warm-up', () => {
  it('counts from when the replacement was first seen in service', () => {
    expect(warmingFrom(groupOf(600, []), { since: SEEN.toISOString() })).toEqual({
      since: '2026-03-01T12:00:00.000Z',
      until: '2026-03-01T12:10:00.000Z',
      lease: '2026-03-01T12:10:00.000Z',
      setting: 'DefaultInstanceWarmup',
      waitsFor: null,
    });
  });

  it('has a lease of an hour where target groups have a say', () => {
    expect(warmingFrom(groupOf(600), { since: SEEN.toISOString() }).lease).toBe('2026-03-01T13:00:00.000Z');
  });

  it.each([[3600], [3601], [86_400]])('of %i s counts for an hour', (seconds) => {
    const { until, lease } = warmingFrom(groupOf(seconds), { since: SEEN.toISOString() });
    expect([until, lease]).toEqual(['2026-03-01T13:00:00.000Z', '2026-03-01T13:00:00.000Z']);
  });

  it.each<[string, number, TargetHealth, AutoScalingGroup, object | null]>([
    ['warming up, and healthy', 0, HEALTHY, groupOf(600), { retryAfter: 600, overdue: false }],
    ['a second before the end', 599, HEALTHY, groupOf(600), { retryAfter: 1, overdue: false }],
    ['warmed up, and healthy', 600, HEALTHY, groupOf(600), null],
    ['warmed up, and not healthy', 600, ILL, groupOf(600), { retryAfter: 60, overdue: false }],
    ['warmed up, and unreadable', 600, UNREAD, groupOf(600), null],
    ['warming up, and unreadable', 599, UNREAD, groupOf(600), { retryAfter: 1, overdue: false }],
    ['not healthy for longer than a replacement may take', 900, ILL, groupOf(600), { retryAfter: 60, overdue: true }],
    ['not healthy at the end of its lease', 3599, ILL, groupOf(600), { retryAfter: 1, overdue: true }],
    ['not healthy when its lease is over', 3600, ILL, groupOf(600), null],
    ['without a warm-up, and healthy', 0, HEALTHY, groupOf(0), null],
    ['without a warm-up, and not healthy', 0, ILL, groupOf(0), { retryAfter: 60, overdue: false }],
    ['without a warm-up and target groups', 0, HEALTHY, groupOf(0, []), null],
    ['with an hour to warm up, not healthy', 3299, ILL, groupOf(3600), { retryAfter: 1, overdue: false }],
    ['with an hour to warm up, five minutes before', 3300, ILL, groupOf(3600), { retryAfter: 300, overdue: true }],
  ])('%s', (_what, seconds, health, group, expected) => {
    const found = askedAfter(seconds, health, group);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  it('says what it waits for', () => {
    expect(askedAfter(0, HEALTHY)?.warmUp.waitsFor).toBeNull();
    expect(askedAfter(0, ILL)?.warmUp.waitsFor).toBe('i-4 is initial');
    expect(askedAfter(0, UNREAD)?.warmUp.waitsFor).toBe('denied; it counts as not healthy until the warm-up ends');
  });
});

describe('peers that took the place of others', () => {
  const NOW = new Date('2026-03-01T12:00:00.000Z');
  const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
  const group: AutoScalingGroup = { ...groupOf(600), members: [memberOf('i-1'), memberOf('i-2'), memberOf('i-3')] };
  const CAME = [{ id: 'i-3', at: ago(10) }];
  const WENT = [{ id: 'i-9', at: ago(120) }];
  const young = (given: { came?: typeof CAME; went?: typeof WENT; ours?: readonly string[]; seconds?: number }) => {
    const { came = CAME, went = WENT, ours = [], seconds = 600 } = given;
    const warmUp = { seconds, setting: 'DefaultInstanceWarmup' } as const;
    return warmingPeers({ ...group, warmUp }, { came, went }, new Set(ours), NOW);
  };

  it.each([
    ['one that replaced a member', {}, ['i-3']],
    ['none that a scale-out added', { went: [] }, []],
    ['none that has warmed up', { came: [{ id: 'i-3', at: ago(600) }] }, []],
    ['none in a group without a warm-up', { seconds: 0 }, []],
    ['none that replaced a member for undrift', { ours: ['i-3'] }, []],
    ['none for a member that undrift replaced', { ours: ['i-9'] }, []],
    ['none for a member that went long before', { went: [{ id: 'i-9', at: ago(4200) }] }, []],
    ['none that is not in service', { came: [{ id: 'i-4', at: ago(10) }] }, []],
    ['as many as went, the newest', { came: [{ id: 'i-2', at: ago(20) }, ...CAME] }, ['i-3']],
  ])('%s', (_what, given, expected) => expect(young(given)).toEqual(expected));
});
