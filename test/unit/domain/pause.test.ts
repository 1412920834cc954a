import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCurrent, pauseValue, saysStop } from '../../../src/domain/pause.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const PAUSE = {
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
};
const text = (given: object = {}) => JSON.stringify({ paused: true, ...PAUSE, ...given });

describe('the value of the pause parameter', () => {
  it('lets undrift act where it is not paused', () => {
    expect(pauseValue('{"paused":false}', NOW)).toEqual({ kind: 'running' });
    expect(pauseValue(' { "paused" : false }\n', NOW)).toEqual({ kind: 'running' });
  });

  it('is a pause until its end, and none from then on', () => {
    expect(pauseValue(text(), '2026-03-01T13:59:59.999Z')).toEqual({ kind: 'paused', ...PAUSE });
    expect(pauseValue(text(), '2026-03-01T14:00:00.000Z')).toEqual({ kind: 'running' });
  });

  it('may give its end with any offset', () => {
    const given = { until: '2026-03-01T15:00:00+01:00' };
    expect(pauseValue(text(given), NOW)).toEqual({ kind: 'paused', ...PAUSE });
  });

  it.each([
    ['', 'not valid JSON'],
    ['stopped', 'not valid JSON'],
    ['{"paused":false', 'not valid JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['false', 'not a JSON object'],
    ['{}', '"paused" must be true or false'],
    ['{"paused":"false"}', '"paused" must be true or false'],
    ['{"Paused":false}', '"paused" must be true or false'],
    [text({ until: undefined }), '"until" is missing'],
    [text({ until: '2026-03-01T14:00:00' }), '"until" must be an instant with an offset'],
    [text({ until: '2026-03-02' }), '"until" must be an instant with an offset'],
    [text({ until: '2026-13-41T00:00:00Z' }), '"until" must be an instant with an offset'],
    [text({ reason: '' }), '"reason" is missing'],
    [text({ by: undefined }), '"by" is missing'],
    [text({ at: '2026-03-01T12:05:01Z' }), '"at" is in the future'],
    [text({ until: '2026-03-02T11:00:00.001Z' }), '"until" is more than 24 hours after "at"'],
  ])('%j stops everything without an end: %s', (value, why) => {
    for (const now of [NOW, '2036-03-01T12:00:00.000Z'])
      if (!value.includes('12:05:01')) expect(pauseValue(value, now)).toEqual({ kind: 'stopped', why });
    expect(pauseValue(value, NOW)).toEqual({ kind: 'stopped', why });
  });

  it('stops undrift whatever it is, unless it says that undrift is not paused or that a pause has ended', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          {
            paused: fc.constantFrom(true, 'true', 1, null),
            until: fc.oneof(fc.string(), fc.constantFrom('2026-03-01T13:00:00Z', '2026-03-09T13:00:00Z')),
            reason: fc.string(),
            by: fc.string(),
            at: fc.oneof(fc.string(), fc.constantFrom('2026-03-01T11:30:00Z', '2026-03-08T14:00:00Z')),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const flag = pauseValue(value, NOW);
        if (flag.kind === 'running') expect((JSON.parse(value) as { paused: unknown }).paused).toBe(false);
        else expect(saysStop(flag)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a copy of the value', () => {
  it.each([
    ['2026-03-01T12:00:00.000Z', true],
    ['2026-03-01T11:57:00.000Z', true],
    ['2026-03-01T11:56:59.999Z', false],
    ['2026-03-01T12:01:00.000Z', true],
    ['2026-03-01T12:01:00.001Z', false],
    ['2026-03-01', false],
    ['soon', false],
  ])('that was read at %s counts at noon: %s', (readAt, counts) => {
    expect(isCurrent({ value: '', version: 1, readAt }, NOW)).toBe(counts);
  });
});

describe('a flag that cannot be read', () => {
  it.each([
    [null, false],
    [{ kind: 'running' } as const, false],
    [{ kind: 'paused', ...PAUSE } as const, true],
    [{ kind: 'stopped', why: 'not valid JSON' } as const, true],
  ])('and said last %j stops what is not held by it: %s', (last, stops) => {
    expect(saysStop({ kind: 'unreadable', why: 'throttled', last })).toBe(stops);
  });
});
