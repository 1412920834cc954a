import { describe, expect, it } from 'vitest';
import {
  ageOf,
  GIVE_UP_SECONDS,
  isFatal,
  isGivenUp,
  MOST_RECEIVES,
  paced,
  sentAtOf,
} from '../../../src/domain/message-age.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const sentBefore = (seconds: number) => NOW.getTime() - seconds * 1000;

describe('the time when a message was sent', () => {
  it.each([
    ['1772366400000', 1_772_366_400_000],
    [undefined, null],
    ['', null],
    ['2026-03-01T12:00:00Z', null],
    ['-1', null],
    ['1e12', null],
    ['99999999999999999', null],
  ])('SentTimestamp %s is read as %s', (text, expected) => {
    expect(sentAtOf(text)).toBe(expected);
  });

  it.each([
    ['a minute ago', sentBefore(60), 60],
    ['now', sentBefore(0), 0],
    ['by a clock that is ahead', sentBefore(-5), 0],
    ['longer ago than SQS keeps a message: seconds instead of milliseconds', NOW.getTime() / 1000, null],
    ['unknown', null, null],
  ])('%s', (_name, sentAt, expected) => {
    expect(ageOf({ receives: 1, sentAt }, NOW)).toBe(expected);
  });
});

describe('giving up', () => {
  it.each([
    [43_199, 500, false, false],
    [43_200, 500, true, false],
    [43_200, 29, false, false],
    [43_200, 30, true, false],
    [46_799, 500, true, false],
    [46_800, 500, true, true],
  ])('%s s old and received %s times: given up %s, fatal %s', (age, receives, givenUp, fatal) => {
    const delivery = { receives, sentAt: sentBefore(age) };
    expect([isGivenUp(delivery, NOW), isFatal(delivery, NOW)]).toEqual([givenUp, fatal]);
  });
});

describe('the pace of a message', () => {
  const walk = (seconds: number, receives: number) => {
    let age = 0;
    const waits: number[] = [];
    for (let n = 1; n < receives; n += 1) {
      const wait = paced(seconds, { receives: n, sentAt: NOW.getTime() }, new Date(NOW.getTime() + age * 1000));
      waits.push(wait);
      age += wait;
    }
    return { age, waits };
  };

  it.each([0, 1, 5, 10, 20, 30, 45])(
    'of %s s asked for leaves 12 hours until SQS would move it, and never waits longer',
    (seconds) => {
      const { age, waits } = walk(seconds, MOST_RECEIVES);
      expect(age).toBeGreaterThan(GIVE_UP_SECONDS);
      expect(Math.max(...waits)).toBeLessThanOrEqual(45);
    },
  );

  it('is what was asked for, 35 times', () => {
    expect(walk(1, 36).waits).toEqual(Array.from({ length: 35 }, () => 1));
  });

  it('does not shorten a longer wait', () => {
    expect(paced(900, { receives: 50, sentAt: sentBefore(10) }, NOW)).toBe(900);
  });

  it('is the cap after 35 receives where the age is not known', () => {
    expect([35, 36].map((receives) => paced(1, { receives, sentAt: null }, NOW))).toEqual([1, 45]);
  });
});
