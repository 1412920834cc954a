import { describe, expect, it } from 'vitest';
import { groupNamesOf, machinesOf, type SeenGroup, type SeenMachine, wasThere } from '../../../src/domain/machine.ts';

const AT = '2026-03-01T12:00:00Z';
const EARLIER = '2026-03-01T11:00:00.000Z';
const LATER = '2026-03-01T13:00:00.000Z';

const seen = (id: string, rest: Partial<SeenMachine> = {}): SeenMachine => ({
  id,
  vpcId: 'vpc-1',
  launchedAt: EARLIER,
  attachedAt: [],
  tags: { 'aws:autoscaling:groupName': 'web' },
  ...rest,
});
const web: SeenGroup = {
  name: 'web',
  desired: 3,
  tags: { team: 'a' },
  states: new Map([
    ['i-1', 'InService'],
    ['i-2', 'Terminating:Wait'],
    ['i-3', 'Terminating:Retained'],
  ]),
};

describe('a machine was there', () => {
  it.each<[string, Partial<SeenMachine>, boolean]>([
    ['launched before', {}, true],
    ['launched at that time', { launchedAt: AT }, true],
    ['launched later', { launchedAt: LATER }, false],
    ['started again later, with the volumes that it had', { launchedAt: LATER, attachedAt: [LATER, EARLIER] }, true],
    ['launched later, with its volumes', { launchedAt: LATER, attachedAt: [LATER] }, false],
    ['of which no time is known', { launchedAt: null }, false],
  ])('%s: %j', (_name, rest, expected) => {
    expect(wasThere(seen('i-1', rest), AT)).toBe(expected);
  });
});

describe('machines', () => {
  it('are told with their group, in the order of their ids, and whether they are ending', () => {
    const many = [seen('i-3'), seen('i-2'), seen('i-1'), seen('i-4'), seen('i-5', { tags: {}, launchedAt: null })];
    const group = { name: 'web', desired: 3, tags: { team: 'a' } };
    expect(machinesOf(many, [web])).toEqual([
      { id: 'i-1', vpcId: 'vpc-1', launchedAt: EARLIER, group, ending: false },
      { id: 'i-2', vpcId: 'vpc-1', launchedAt: EARLIER, group, ending: true },
      { id: 'i-3', vpcId: 'vpc-1', launchedAt: EARLIER, group, ending: false },
      { id: 'i-4', vpcId: 'vpc-1', launchedAt: EARLIER, group, ending: false },
      { id: 'i-5', vpcId: 'vpc-1', launchedAt: null, group: null, ending: false },
    ]);
  });

  it('of a group that is gone belong to none', () => {
    expect(machinesOf([seen('i-1')], [])).toMatchObject([{ id: 'i-1', group: null }]);
  });

  it('name their groups, each once', () => {
    expect(groupNamesOf([seen('i-1'), seen('i-2'), seen('i-3', { tags: {} })])).toEqual(['web']);
  });
});
