import { describe, expect, it } from 'vitest';
import { cronFault, durationFault, isOpen, readDuration, type Window, zoneFault } from '../../../src/domain/window.ts';

/** Office hours on weekdays; 2 March 2026 is a Monday, and Berlin is an hour ahead of UTC. */
const OFFICE: Window = { schedule: '0 9 * * 1-5', seconds: 8 * 3600, timeZone: 'Europe/Berlin' };
const open = (at: string, given: Partial<Window> = {}) => isOpen({ ...OFFICE, ...given }, new Date(at));

describe('a window', () => {
  it.each([
    ['2026-03-02T07:59:59.999Z', false],
    ['2026-03-02T08:00:00.000Z', true],
    ['2026-03-02T08:00:00.500Z', true],
    ['2026-03-02T15:59:59.999Z', true],
    ['2026-03-02T16:00:00.000Z', false],
    ['2026-03-01T10:00:00.000Z', false],
    // Summer time: two hours ahead.
    ['2026-03-30T07:00:00.000Z', true],
    ['2026-03-30T06:59:59.999Z', false],
    ['2026-03-30T15:00:00.000Z', false],
  ])('of office hours is at %s: %s', (at, expected) => expect(open(at)).toBe(expected));

  it('that begins again before it ends is always open', () => {
    const always = { schedule: '@hourly', seconds: 2 * 3600 };
    for (const at of ['2026-03-02T07:00:00.000Z', '2026-03-02T07:59:59.999Z']) expect(open(at, always)).toBe(true);
  });

  it('of a night lasts over midnight', () => {
    const night = { schedule: '0 22 * * *', seconds: 8 * 3600, timeZone: 'UTC' };
    expect(open('2026-03-02T05:59:59.000Z', night)).toBe(true);
    expect(open('2026-03-02T06:00:00.000Z', night)).toBe(false);
  });

  it('whose start falls into the hour that clocks leave out opens at the next that there is', () => {
    const early = { schedule: '30 2 * * *', seconds: 3600 };
    expect(open('2026-03-29T00:59:59.999Z', early)).toBe(false);
    expect(open('2026-03-29T01:00:00.000Z', early)).toBe(true);
  });

  it.each<[string, Partial<Window>]>([
    ['a schedule that is none', { schedule: '0 25 * * *' }],
    ['a schedule that never comes', { schedule: '0 0 30 2 *' }],
    ['a day and no schedule', { schedule: '2026-03-02T08:00:00' }],
    ['a zone that is none', { timeZone: 'Europe/Atlantis' }],
    ['no duration', { seconds: 0 }],
    ['a duration that is no number', { seconds: Number.NaN }],
  ])('with %s cannot be told', (_what, given) => expect(open('2026-03-02T10:00:00.000Z', given)).toBeNull());
});

describe('its parts', () => {
  it.each([
    ['8h', 28_800],
    ['30m', 1800],
    ['10h5m', 36_300],
    ['8784h', 31_622_400],
    ['8785h', null],
    ['', null],
    ['0h', null],
    ['5m10h', null],
    ['1d', null],
    ['-1h', null],
    ['8 h', null],
  ])('duration %j is %j seconds', (text, expected) => {
    expect(readDuration(text)).toBe(expected);
    expect(durationFault(text) === null).toBe(expected !== null);
  });

  it.each(['0 9 * * 1-5', '0 9 * * mon-fri', '*/15 * * * *', '@daily', '0 0 29 2 *'])(
    '%j is a schedule',
    (schedule) => {
      expect(cronFault(schedule)).toBeNull();
    },
  );

  it.each([
    ['0 9 * *', ', which is no cron schedule; write five fields'],
    ['0 0 9 * * 1', ', which is no cron schedule; write five fields'],
    ['61 9 * * 1', ', which is no cron schedule (Invalid value for minute: 61); write five fields'],
    ['@reboot', ', which is no cron schedule; write five fields'],
    ['0 0 31 4 *', ', which never comes; write five fields'],
  ])('%j is none', (schedule, fault) => expect(cronFault(schedule)).toContain(fault));

  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['America/Argentina/Buenos_Aires', true],
    ['+01:00', false],
    ['Berlin', false],
    ['', false],
  ])('zone %j: %s', (zone, expected) => expect(zoneFault(zone) === null).toBe(expected));
});
