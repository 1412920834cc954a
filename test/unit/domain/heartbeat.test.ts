import { describe, expect, it } from 'vitest';
import {
  type Beats,
  minutesFrom,
  nextBeat,
  type Returns,
  readBeats,
  waitingSince,
} from '../../../src/domain/heartbeat.ts';

const at = (time: string) => `2026-03-01T${time}Z`;
const all = <T>(value: T) => ({ 'security-groups': value, instances: value, networks: value });
const SENT: Beats = { sentAt: at('12:00:00.700'), since: all(at('12:00:00.700')) };
/** CloudTrail dates to the second. */
const BACK: Returns = all(at('12:00:00'));
const NOTHING: Returns = all(null);

function minutesWaiting(beats: Beats, returns: Returns, now: string) {
  const since = waitingSince(beats, returns);
  const entries = Object.entries(since).map(([unit, from]) => [unit, minutesFrom(from, now)]);
  return Object.fromEntries(entries) as Readonly<Record<keyof typeof since, number>>;
}

describe('the heartbeat', () => {
  it('is sent at first, and then every hour', () => {
    expect(nextBeat(null, NOTHING, at('12:00:00.700'))).toEqual(SENT);
    expect(nextBeat(SENT, BACK, at('13:00:00.699'))).toBeNull();
    expect(nextBeat(SENT, BACK, at('13:00:00.700'))).toEqual({
      sentAt: at('13:00:00.700'),
      since: all(at('13:00:00.700')),
    });
  });

  it('is sent and waited for although a wrong clock dated the last one in the future', () => {
    const future = { sentAt: at('23:00:00'), since: all(at('23:00:00')) };
    const next = { sentAt: at('12:30:00'), since: all(at('12:30:00')) };
    expect(nextBeat(future, NOTHING, at('12:30:00'))).toEqual(next);
    expect(minutesWaiting(next, NOTHING, at('13:00:00'))).toEqual(all(30));
  });

  it.each([
    undefined,
    null,
    'none',
    7,
    {},
    { ...SENT, sentAt: 'today' },
    { sentAt: SENT.sentAt },
    { ...SENT, since: { instances: SENT.sentAt } },
  ])('that is on record as %j counts as none: the next one is sent at once', (told) => {
    expect(readBeats(told)).toBeNull();
  });

  it('is read as it was recorded', () => {
    expect(readBeats(structuredClone(SENT))).toEqual(SENT);
  });

  it('is missing for each unit by itself', () => {
    const returns = { ...BACK, networks: null };
    expect(minutesWaiting(SENT, returns, at('12:30:00.700'))).toEqual({ ...all(0), networks: 30 });
  });

  it('that could not be made is missing from when it was due', () => {
    expect(minutesWaiting(SENT, BACK, at('13:00:00.700'))).toEqual(all(0));
    expect(minutesWaiting(SENT, BACK, at('13:30:00.700'))).toEqual(all(30));
  });

  it('stays missing when the next one is sent, until one comes back', () => {
    const next = nextBeat(SENT, { ...BACK, instances: at('11:00:00') }, at('13:00:00.700'));
    expect(next?.since).toEqual({ ...all(at('13:00:00.700')), instances: SENT.sentAt });
    const returns = { ...all(at('13:00:00')), instances: at('11:00:00') };
    expect(minutesWaiting(next ?? SENT, returns, at('13:10:00.700')).instances).toBe(70);
    expect(minutesWaiting(next ?? SENT, all(at('13:00:00')), at('13:10:00.700'))).toEqual(all(0));
  });

  it('is back although an older one comes again', () => {
    expect(minutesWaiting(SENT, all(at('12:00:59')), at('12:40:00.700'))).toEqual(all(0));
    expect(minutesWaiting(SENT, all(at('11:58:59')), at('12:40:00.700'))).toEqual(all(40));
  });
});
