import { describe, expect, it } from 'vitest';
import { outByThemselves, outOf, peersOf, shareOf } from '../../../src/domain/budget.ts';
import { FLEET, memberOf } from '../guards/perfect.ts';

describe('a share of a group', () => {
  it.each([
    [0, 50, 0],
    [3, 50, 3],
    [3, 1, 3],
    ['10%', 50, 5],
    ['10%', 51, 6],
    ['20%', 19, 4],
    ['1%', 3, 1],
    ['100%', 7, 7],
    ['0%', 50, 0],
    ['10%', 0, 0],
  ])('%j of %d is %d', (share, total, expected) => expect(shareOf(share, total)).toBe(expected));

  it.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY], ['101%'], ['10'], ['1.5%'], ['-1%'], ['ten'], ['%']])(
    'is none where it is broken: %j',
    (share) => expect(shareOf(share, 50)).toBe(0),
  );

  it.each([[-1], [Number.NaN], [2.5]])('is none of a group of %d', (total) => expect(shareOf('50%', total)).toBe(0));
});

describe('who is out', () => {
  const peers = (missing: number, ...serving: string[]) => ({ total: 5, missing, serving });

  it.each([
    ['nobody', [], peers(0, 'i-2'), 0, 0],
    ['one by itself', [], peers(1), 1, 1],
    ['one that will leave', ['i-2'], peers(0, 'i-2'), 1, 0],
    ['one that has left', ['i-2'], peers(1), 1, 0],
    ['one whose successor is there already', ['i-2'], peers(0), 1, 0],
    ['one that will leave, and one by itself', ['i-2'], peers(1, 'i-2'), 2, 1],
    ['one that has left, and one by itself', ['i-2'], peers(2), 2, 1],
  ])('%s', (_what, holders, seen, out, byThemselves) => {
    expect(outOf(holders, seen)).toBe(out);
    expect(outByThemselves(holders, seen)).toBe(byThemselves);
  });

  it('is read off the group, without the altered instance', () => {
    const members = [
      memberOf('i-1', { healthy: false }),
      memberOf('i-2'),
      memberOf('i-3', { healthy: false }),
      memberOf('i-4', { lifecycleState: 'Pending' }),
    ];
    expect(peersOf({ ...FLEET, desired: 5, members }, memberOf('i-1'))).toEqual(peers(3, 'i-2'));
  });

  it('leaves out who took the place of another and warms up, but not the modified instance itself', () => {
    const members = [memberOf('i-1'), memberOf('i-2'), memberOf('i-3')];
    expect(peersOf({ ...FLEET, members }, memberOf('i-1'), ['i-3', 'i-1'])).toEqual({
      ...{ total: 3, missing: 1, serving: ['i-2'], warming: ['i-3'] },
    });
  });

  it('counts who is larger and warms up by its size, as while it was missing', () => {
    const members = [memberOf('i-1'), memberOf('i-2', { weight: 8 }), memberOf('i-3')];
    const missing = peersOf({ ...FLEET, desired: 10, members: members.toSpliced(1, 1) }, memberOf('i-1'));
    const warming = peersOf({ ...FLEET, desired: 10, members }, memberOf('i-1'));
    expect([outOf(['i-2'], missing), outOf(['i-2'], warming)]).toEqual([8, 8]);
    const larger = peersOf({ ...FLEET, desired: 10, members }, memberOf('i-2', { weight: 8 }));
    expect(outOf(['i-1', 'i-3'], larger)).toBe(2);
  });

  it('counts in instances of its size where members have weights', () => {
    const members = [memberOf('i-1', { weight: 4 }), memberOf('i-2', { weight: 2 })];
    const seen = peersOf({ ...FLEET, desired: 12, members }, memberOf('i-1', { weight: 4 }));
    expect(seen).toEqual({ total: 3, missing: 2, serving: ['i-2'] });
  });
});
