/** What the scheduler leaves to its next run: nothing, and two or more states that differ. */
import type { Beats } from '../../src/domain/heartbeat.ts';
import type { Reminded } from '../../src/domain/reminder.ts';
import type { PauseTold } from '../../src/roles.ts';

type States<T> = readonly [T, T, ...T[]];

const PAUSE = {
  kind: 'paused',
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
} as const;
export const NO_PAUSE: PauseTold = { value: { kind: 'running' }, unreadable: false };
export const PAUSES: States<PauseTold> = [
  { value: PAUSE, unreadable: false },
  { value: { ...PAUSE, until: '2026-03-01T15:00:00.000Z' }, unreadable: false },
  { value: { kind: 'stopped', why: 'not valid JSON' }, unreadable: false },
  { value: PAUSE, unreadable: true },
];

const sent = (at: string): Beats => ({ sentAt: at, since: { 'security-groups': at, instances: at, networks: at } });
export const BEATS: States<Beats | null> = [sent('2026-03-01T12:00:00.000Z'), sent('2026-03-01T13:00:00.000Z')];

export const REMINDERS: States<Reminded> = [
  { 'dead-letters networks': { since: '2026-03-01T12:00:00.000Z', told: null } },
  { stopped: { since: '2026-03-01T12:00:00.000Z', told: '2026-03-02T12:00:00.000Z' } },
];
