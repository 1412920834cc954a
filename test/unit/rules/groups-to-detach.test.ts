import { describe, expect, it } from 'vitest';
import type { GroupWithRules } from '../../../src/domain/estate.ts';
import type { Excused } from '../../../src/rules/exposure.ts';
import { groupsToDetach } from '../../../src/rules/groups-to-detach.ts';
import { estateOf, prefixList, rulesOf, SETTINGS } from './perfect.ts';

/** Groups by id with their rules; rule ids are unique over all of them. */
const groupsOf = (groups: Readonly<Record<string, readonly string[]>>): readonly GroupWithRules[] =>
  Object.entries(groups).map(([id, texts]) => {
    const rules = rulesOf(...texts).map((rule) => ({ ...rule, id: `${id}-${rule.id}`, groupId: id }));
    return { group: { ...estateOf([]).group, id }, rules };
  });
const detached = (groups: Readonly<Record<string, readonly string[]>>, attached: string, excused?: Excused) =>
  groupsToDetach(groupsOf(groups), [prefixList('pl-nine', '9.0.0.0/8')], SETTINGS, new Set(attached), excused);

const EIGHT = ['tcp 22 8.0.0.0/8'];
const NINE = ['tcp 22 9.0.0.0/8'];
const WORLD = ['tcp 22 0.0.0.0/0'];
const HTTPS = ['tcp 443 0.0.0.0/0'];

describe('the groups to detach', () => {
  it.each([
    ['one that lets in the world', { x: EIGHT, y: WORLD }, 'xy', ['y']],
    ['one of two that are too much together, by id', { y: EIGHT, x: NINE }, 'xy', ['x']],
    ['the one that was attached', { x: EIGHT, y: NINE }, 'y', ['y']],
    ['the wider', { x: ['tcp 22 8.0.0.0/9'], y: [...NINE, 'tcp 443 0.0.0.0/0'] }, 'xy', ['y']],
    [
      'the wider by all of its rules',
      { x: EIGHT, y: ['tcp 22 9.0.0.0/9', 'tcp 22 9.128.0.0/9', 'tcp 22 11.0.0.0/9'] },
      'xy',
      ['y'],
    ],
    [
      'the wider by what is not said twice',
      { x: EIGHT, y: ['tcp 22 9.0.0.0/9', 'tcp 3389 9.0.0.0/9', '-1 9.0.0.0/9'] },
      'xy',
      ['x'],
    ],
    [
      'the wider in IPv6, as a part of the limit',
      { x: EIGHT, y: ['tcp 22 9.0.0.0/16', 'tcp 22 2600::/26'] },
      'xy',
      ['y'],
    ],
    ['by its prefix list', { x: EIGHT, y: ['tcp 22 pl-nine'] }, 'y', ['y']],
    ['two of three', { x: EIGHT, y: NINE, z: ['tcp 22 11.0.0.0/8'] }, 'xyz', ['x', 'y']],
    ['two of three, the third being old', { x: EIGHT, y: NINE, z: ['tcp 22 11.0.0.0/8'] }, 'yz', ['y', 'z']],
    ['no more than must go', { x: WORLD, y: EIGHT, z: HTTPS }, 'xyz', ['x']],
    ['none where all are within the limit', { x: EIGHT, y: HTTPS }, 'xy', []],
    ['none where the ports differ', { x: EIGHT, y: ['tcp 3389 9.0.0.0/8'] }, 'xy', []],
    ['none where there is none', {}, '', []],
    ['all that are open, if a harmless one stays', { x: WORLD, y: WORLD, z: HTTPS }, 'xyz', ['x', 'y']],
    ['all that are open, if an empty one stays', { x: WORLD, y: [] }, 'xy', ['x']],
    ['not the only one', { x: WORLD }, 'x', null],
    ['not all of them', { x: WORLD, y: WORLD }, 'xy', null],
    ['not those that were there', { x: WORLD, y: EIGHT }, 'y', null],
    ['not where the others are too much', { x: EIGHT, y: NINE, z: WORLD }, 'z', null],
    ['not where none was attached', { x: EIGHT, y: NINE }, '', null],
    ['not what is no group of the interface', { x: EIGHT, y: NINE }, 'w', null],
  ])('%s', (_name, groups, attached, expected) => {
    expect(detached(groups, attached)).toEqual(expected);
  });

  it('are none for what is excused', () => {
    const eight: Excused = () => [{ first: 8n << 24n, last: (9n << 24n) - 1n }];
    expect(detached({ x: EIGHT, y: NINE }, 'xy', eight)).toEqual([]);
    expect(detached({ x: WORLD, y: NINE }, 'xy', eight)).toEqual(['x']);
  });
});
