import { describe, expect, test } from 'vitest';
import { parseQueueBody } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { GROUP, RULE } from './perfect.ts';

const FOUND = {
  undrift: 'found',
  incident: 'region/eu-west-1/x',
  group: GROUP,
  egress: false,
  rules: [RULE],
  shared: false,
};
const LOOKED = {
  undrift: 'looked',
  incident: 'region/eu-west-1/x',
  round: '0123456789abcdef01234567',
  startedAt: '2026-03-01T12:00:00.000Z',
  candidates: [GROUP],
  count: 2,
};
const read = (message: unknown) => parseQueueBody(JSON.stringify(message));

describe('what the scheduler says of a look at the Region', () => {
  test.each([
    ['what was found', FOUND],
    ['that it is over', LOOKED],
    ['that nothing is in doubt', { ...LOOKED, candidates: [], count: 0 }],
  ])('is read as it was written: %s', (_name, message) => {
    expect(read(message)).toEqual(message);
  });

  test.each([
    ['a group that is none', { ...FOUND, group: 'web' }],
    ['a rule that is none', { ...FOUND, rules: ['all'] }],
    ['no incident', { ...FOUND, incident: '' }],
    ['a candidate that is none', { ...LOOKED, candidates: ['web'] }],
    ['a count that is none', { ...LOOKED, count: '2' }],
    ['no beginning', { ...LOOKED, startedAt: 'now' }],
    ['no round', { ...LOOKED, round: null }],
    ['a message of another kind', { ...LOOKED, undrift: 'look' }],
  ])('is malformed with %s', (_name, message) => {
    expect(() => read(message)).toThrow(MalformedEvent);
  });
});
