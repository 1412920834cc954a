import { describe, expect, test } from 'vitest';
import { ITEM_LIMIT, itemSize } from '../../../src/aws/item-size.ts';
import { readingOf, storedReading } from '../../../src/aws/readings.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { GROUP, ruleNumber } from '../../contract/reading.ts';

const LONG = 'x'.repeat(255);

const stored = (reading: GroupReading) => ({ pk: 'reading#sg-1', reading: storedReading('sg-1', reading) });
const sizeOf = (reading: GroupReading) => itemSize(stored(reading));
const back = (reading: GroupReading) => readingOf(stored(reading)) as GroupReading;
const many = (count: number, description: string) =>
  Array.from({ length: count }, (_, at) => ruleNumber(at, { description }));
const earlier = (count: number) =>
  many(count, LONG).map((rule, at) => ({ rule, until: `2026-03-01T12:00:00.${String(at).padStart(3, '0')}Z` }));

describe('a reading that is stored', () => {
  test('keeps 1,000 rules with 255 characters of description each', () => {
    const rules = many(1000, LONG);
    const reading = { ...GROUP, cleanRuleIds: rules.map(({ id }) => id), rules };
    expect(sizeOf(reading)).toBeLessThan(ITEM_LIMIT);
    expect(back(reading)).toEqual(reading);
  });

  test('that is too long loses the oldest of the earlier rules first', () => {
    const reading = { ...GROUP, rules: many(1000, LONG), earlier: earlier(400) };
    const found = back(reading);
    expect(sizeOf(reading)).toBeLessThan(ITEM_LIMIT);
    expect(found.rules).toEqual(reading.rules);
    expect(found.earlier.length).toBeGreaterThan(0);
    expect(found.earlier).toEqual(reading.earlier.slice(-found.earlier.length));
  });

  test('that is too long loses tags before what rules were', () => {
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`.padEnd(128, 'k'), LONG]));
    const rules = many(60, LONG);
    const reading = { ...GROUP, rules: rules.map((rule) => ({ ...rule, tags })), earlier: earlier(100) };
    expect(back(reading)).toEqual({ ...reading, rules });
  });

  test('of an earlier version has no tags, and names no account: it is read as it is', () => {
    const row = ['sgr-1', false, 'tcp', 22, 22, 'security-group', 'sg-2', null];
    const item = {
      pk: 'reading#sg-1',
      reading: {
        kind: 'security-group',
        groupId: 'sg-1',
        cleanRuleIds: null,
        rules: [row],
        earlier: [{ rule: row, until: '2026-03-01T11:59:00.000Z' }],
      },
    };
    const source = { kind: 'security-group', id: 'sg-2' };
    const rule = { id: 'sgr-1', groupId: 'sg-1', egress: false, protocol: 'tcp', fromPort: 22, toPort: 22, source };
    expect(readingOf(item)).toEqual({
      kind: 'security-group',
      cleanRuleIds: null,
      rules: [{ ...rule, description: null }],
      earlier: [{ rule: { ...rule, description: null }, until: '2026-03-01T11:59:00.000Z' }],
    });
  });

  test('that is still too long loses the descriptions, and no rule', () => {
    const reading = { ...GROUP, rules: many(2000, LONG), earlier: earlier(100) };
    expect(sizeOf(reading)).toBeLessThan(ITEM_LIMIT);
    expect(back(reading)).toEqual({
      ...reading,
      rules: reading.rules.map((rule) => ({ ...rule, description: null })),
      earlier: [],
    });
  });

  test('keeps what the group was first seen with, in the order of the ids, while there is room', () => {
    const first = { at: '2026-03-01T11:00:00.000Z', holes: { 'sgr-1': 'a', 'sgr-2': 'b' } };
    const item = { ...stored({ ...GROUP, first: { ...first, holes: { 'sgr-2': 'b', 'sgr-1': 'a' } } }) };
    expect(JSON.stringify(readingOf(item))).toBe(JSON.stringify(back({ ...GROUP, first })));
    expect(back({ ...GROUP, first }).first).toEqual(first);
    const whole = { ...GROUP, rules: many(2000, LONG), first };
    expect(back(whole)).not.toHaveProperty('first');
  });

  test('with characters of several bytes is measured in bytes', () => {
    expect(sizeOf({ ...GROUP, rules: many(1000, 'ж'.repeat(255)), earlier: earlier(100) })).toBeLessThan(ITEM_LIMIT);
  });
});

test('a reading that does not fit even so is not recorded', () => {
  expect(storedReading('sg-1', { ...GROUP, rules: many(9000, LONG) })).toBeNull();
  const ids = Array.from({ length: 20_000 }, (_, at) => `i-${String(at).padStart(17, '0')}`);
  expect(storedReading('tag:Env=prod', { kind: 'targets', ids, cleared: [] })).toBeNull();
});

describe('what is found', () => {
  test('in the form of before is the rules of a harmless group, and no more', () => {
    const item = { pk: 'reading#sg-1', ruleIds: ['sgr-1', 'sgr-2'], at: '2026-03-01T12:00:00.000Z' };
    const reading = { kind: 'security-group', cleanRuleIds: ['sgr-1', 'sgr-2'], rules: [], earlier: [] };
    expect(readingOf(item)).toEqual(reading);
  });

  test.each([[null], [{ pk: 'reading#sg-1' }], [{ pk: 'reading#sg-1', reading: { kind: 'of a later version' } }]])(
    'in %j is nothing',
    (item) => {
      expect(readingOf(item)).toBeNull();
    },
  );

  test('has its fields in one order, whatever order DynamoDB gives them in', () => {
    const reading = { groupIds: ['sg-1'], kind: 'network-interface' };
    expect(JSON.stringify(readingOf({ pk: 'reading#eni-1', reading }))).toBe(
      '{"kind":"network-interface","groupIds":["sg-1"]}',
    );
  });
});
