import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, TargetHealth } from '../../../src/domain/estate.ts';
import { notServing, warmingFrom } from '../../../src/domain/warm-up.ts';
import { FLEET } from '../guards/perfect.ts';

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
  notServing(warmingFrom(group, SEEN), health, PATIENCE, new Date(SEEN.getTime() + seconds * 1000));

describe('a warm-up', () => {
  it('counts from when the replacement was first seen in service', () => {
    expect(warmingFrom(groupOf(600, []), SEEN)).toEqual({
      since: '2026-03-01T12:00:00.000Z',
      until: '2026-03-01T12:10:00.000Z',
      lease: '2026-03-01T12:10:00.000Z',
      setting: 'DefaultInstanceWarmup',
      waitsFor: null,
    });
  });

  it('has a lease of an hour where target groups have a say', () => {
    expect(warmingFrom(groupOf(600), SEEN).lease).toBe('2026-03-01T13:00:00.000Z');
  });

  it.each([[3600], [3601], [86_400]])('of %i s counts for an hour', (seconds) => {
    const { until, lease } = warmingFrom(groupOf(seconds), SEEN);
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
