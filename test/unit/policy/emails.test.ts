import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { resolvePolicy } from '../../../src/policy/resolve.ts';
import { MINIMAL } from './documents.ts';

const check = (mailsPerHour: number) =>
  resolvePolicy({ ...(parse(MINIMAL) as object), notifications: { mailsPerHour } });

describe('the number of emails in an hour', () => {
  it.each([18, 20, 1000])('of %i names what is open within five minutes', (perHour) => {
    expect(check(perHour)).toMatchObject({ warnings: [] });
  });

  it.each([
    [3, 65],
    [10, 10],
    [17, 6],
  ])('of %i is warned of: what is open may wait %i minutes', (perHour, minutes) => {
    const message = expect.stringContaining(`may wait ${minutes} minutes to be named`);
    expect(check(perHour)).toMatchObject({ warnings: [{ path: ['notifications', 'mailsPerHour'], message }] });
  });

  it.each([0, 2, 1001, 3.5])('of %d is a fault: each kind needs one', (perHour) => {
    expect(check(perHour)).toMatchObject({ faults: [{ path: ['notifications', 'mailsPerHour'] }] });
  });
});
