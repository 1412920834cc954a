import { describe, expect, it } from 'vitest';
import { type EntryOrder, entriesToRemove } from '../../../src/rules/entries-to-remove.ts';
import { prefixList, rulesOf, SETTINGS } from './perfect.ts';

const NO_ORDER: EntryOrder = { added: new Set(), before: null };
const SSH = [{ rules: rulesOf('tcp 22 pl-x') }];
const OTHERS = [prefixList('pl-eight', '8.0.0.0/8'), prefixList('pl-world', '0.0.0.0/0'), prefixList('pl-x', '::/0')];

/** The entries to go, for groups with the rules given. */
function removed(
  entries: readonly string[],
  order: EntryOrder = NO_ORDER,
  groups: readonly (readonly string[])[] = [],
) {
  const all = groups.length === 0 ? SSH : groups.map((rules) => ({ rules: rulesOf(...rules) }));
  return entriesToRemove(all, prefixList('pl-x', ...entries), OTHERS, SETTINGS, order)?.cidrs ?? null;
}
const order = (added: readonly string[], before: readonly string[] | null = null): EntryOrder => ({
  added: new Set(added),
  before: before === null ? null : new Set(before),
});

describe('the entries to remove', () => {
  it.each([
    ['the world', ['0.0.0.0/0'], ['0.0.0.0/0']],
    ['the world beside an office', ['52.94.76.0/24', '0.0.0.0/0'], ['0.0.0.0/0']],
    ['both worlds', ['0.0.0.0/0', '::/0'], ['::/0', '0.0.0.0/0']],
    ['the world inside two entries', ['0.0.0.0/0', '0.0.0.0/1', '10.0.0.0/8'], ['0.0.0.0/0', '0.0.0.0/1']],
    ['the widest', ['9.0.0.0/9', '8.0.0.0/8'], ['8.0.0.0/8']],
    ['of equals the lower text', ['9.0.0.0/8', '11.0.0.0/8'], ['11.0.0.0/8']],
    ['each text once', ['0.0.0.0/0', '0.0.0.0/0'], ['0.0.0.0/0']],
    ['nothing of a narrow list', ['52.94.76.0/24', '10.0.0.0/8'], []],
    ['nothing of an empty list', [], []],
    ['nothing that is no range', ['nonsense', '0.0.0.0/0'], ['0.0.0.0/0']],
    ['of IPv6 no more than must go', ['2600::/27', '2600:20::/27', '2600:40::/28'], ['2600:20::/27', '2600::/27']],
  ])('%s', (_name, entries, expected) => {
    expect(removed(entries)).toEqual(expected);
  });

  it('are first those that the change added, then those that are new, then the rest', () => {
    const three = ['11.0.0.0/8', '12.0.0.0/8', '13.0.0.0/9', '14.0.0.0/9'];
    expect(removed(three, order([]))).toEqual(['11.0.0.0/8', '12.0.0.0/8']);
    expect(removed(three, order(['14.0.0.0/9'], ['12.0.0.0/8']))).toEqual(['14.0.0.0/9', '11.0.0.0/8', '13.0.0.0/9']);
    expect(removed(three, order([], ['11.0.0.0/8']))).toEqual(['12.0.0.0/8', '13.0.0.0/9', '14.0.0.0/9']);
    expect(removed(three, order([], []))).toEqual(['11.0.0.0/8', '12.0.0.0/8']);
  });

  it('are known by their network, however it is spelt', () => {
    const two = ['8.0.0.0/8', '9.0.0.0/8'];
    expect(removed(two, order(['9.1.2.3/8']))).toEqual(['9.0.0.0/8']);
    expect(removed(two, order([], ['8.255.0.0/8']))).toEqual(['9.0.0.0/8']);
    expect(removed(['2600::/27', '2600:20::/27'], order(['2600:0:0::/27']))).toEqual(['2600::/27']);
    expect(removed(['8.0.0.0/7'], order(['nonsense'], ['nonsense']))).toEqual(['8.0.0.0/7']);
  });
});

describe('groups that name the list', () => {
  const two = ['8.0.0.0/8', '9.0.0.0/8'];

  it.each([
    ['on no protected port: nothing goes', [['tcp 443 pl-x']], []],
    ['in one of two groups', [['tcp 443 pl-x'], ['tcp 22 pl-x']], ['8.0.0.0/8']],
    ['for all traffic', [['-1 pl-x']], ['8.0.0.0/8']],
    ['twice', [['tcp 22 pl-x', 'tcp 3389 pl-x']], ['8.0.0.0/8']],
    ['beside a rule of one entry', [['tcp 22 pl-x', 'tcp 22 9.0.0.0/8']], ['8.0.0.0/8']],
    ['beside a rule of one entry, at another port', [['tcp 22 pl-x', 'tcp 3389 9.0.0.0/8']], ['8.0.0.0/8']],
    ['beside another /8: both go', [['tcp 22 pl-x', 'tcp 22 11.0.0.0/8']], two],
    ['beside another list', [['tcp 22 pl-x', 'tcp 22 pl-eight']], ['9.0.0.0/8']],
    [
      'each by itself',
      [
        ['tcp 22 pl-x', 'tcp 22 8.0.0.0/8'],
        ['tcp 22 pl-x', 'tcp 22 9.0.0.0/8'],
      ],
      two,
    ],
    ['beside the world', [['tcp 22 pl-x', 'tcp 22 0.0.0.0/0']], null],
    ['beside a list that holds it', [['tcp 22 pl-x', 'tcp 22 pl-world']], null],
    ['in one group, the world in another', [['tcp 22 pl-x'], ['tcp 22 0.0.0.0/0']], null],
    ['beside the world at https', [['tcp 22 pl-x', 'tcp 443 0.0.0.0/0']], ['8.0.0.0/8']],
    ['beside another group', [['tcp 22 pl-x', 'tcp 22 sg-0fedcba9876543210']], ['8.0.0.0/8']],
  ])('%s', (_name, groups, expected) => {
    expect(removed(two, NO_ORDER, groups)).toEqual(expected);
  });

  it('are none', () => {
    expect(entriesToRemove([], prefixList('pl-x', '0.0.0.0/0'), [], SETTINGS, NO_ORDER)).toEqual({ cidrs: [] });
  });
});
