/** An exposure counts in every place where somebody has it: nothing is lowered by what is attached elsewhere, or lost between the units. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTACHING, whereExposed } from '../../src/decide/places.ts';
import { decide, type History } from '../../src/decide.ts';
import type { Change, Fact } from '../../src/domain/change.ts';
import type { Decision, Remediation } from '../../src/domain/decision.ts';
import type { GroupWithRules, NetworkInterface } from '../../src/domain/estate.ts';
import type { Mode, Policy } from '../../src/policy/policy.ts';
import { groupOf, interfaceOf } from '../unit/decide/networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from '../unit/decide/perfect.ts';
import { ACCOUNT } from '../unit/guards/perfect.ts';

const RUNS = { numRuns: 3000 };
const VPCS: Readonly<Record<string, Mode>> = { 'vpc-prod': 'enforce', 'vpc-dev': 'observe', 'vpc-off': 'off' };
const anyVpc = fc.constantFrom(...Object.keys(VPCS));
const IDS = ['sg-a', 'sg-b', 'sg-c'] as const;

/** The same places, by lowering where not to act, or by naming where to act. */
const anyPolicy: fc.Arbitrary<Policy> = fc
  .tuple(fc.boolean(), fc.constantFrom<Policy['when']>('new', 'any'))
  .map(([lowering, when]) => {
    const named = Object.entries(VPCS).filter(([, mode]) => lowering === (mode !== 'enforce') || mode === 'off');
    const modes = named.map(([vpc, mode]) => ({ rules: null, select: { vpc: [vpc] }, mode }));
    return { ...POLICY, when, mode: lowering ? ('enforce' as const) : null, modes };
  });

const someGroups = fc.subarray([...IDS], { minLength: 1 });
const anyInterfaces: fc.Arbitrary<readonly NetworkInterface[]> = fc
  .array(
    fc.record({
      vpcId: anyVpc,
      groupIds: someGroups,
      requesterManaged: fc.boolean(),
      ownerId: fc.constantFrom(ACCOUNT, '210987654321'),
    }),
    { maxLength: 4 },
  )
  .map((all) =>
    all.map(({ groupIds, ...given }, n) => interfaceOf(`eni-${n}`, groupIds, { ...given, instanceId: `i-${n}` })),
  );

const anyGroups: fc.Arbitrary<readonly GroupWithRules[]> = fc
  .array(fc.record({ vpcId: anyVpc, open: fc.boolean() }), { minLength: IDS.length, maxLength: IDS.length })
  .map((all) =>
    all.map(({ vpcId, open }, n) => {
      const one = groupOf(IDS[n] ?? '', open ? '0.0.0.0/0' : '52.0.0.0/16');
      return { ...one, group: { ...one.group, vpcId } };
    }),
  );

type Scene = {
  readonly groups: readonly GroupWithRules[];
  readonly interfaces: readonly NetworkInterface[];
  /** What was known of each interface; null: nothing. */
  readonly before: readonly (readonly string[] | null)[];
  readonly policy: Policy;
};
const anyScene: fc.Arbitrary<Scene> = fc.record({
  groups: anyGroups,
  interfaces: anyInterfaces,
  before: fc.array(fc.option(fc.subarray([...IDS])), { minLength: 4, maxLength: 4 }),
  policy: anyPolicy,
});

const usersOf = (id: string, { interfaces }: Scene) => interfaces.filter(({ groupIds }) => groupIds.includes(id));

function judgeGroup(change: Change, id: string, scene: Scene): readonly Decision[] {
  const group = scene.groups.find((one) => one.group.id === id);
  if (group === undefined) return [];
  const estate = {
    kind: 'security-group' as const,
    ...group,
    prefixLists: [],
    users: usersOf(id, scene),
    surroundings: null,
  };
  return decide(change, estate, scene.policy, HISTORY, CONTEXT);
}

function judgeInterface(change: Change, one: NetworkInterface, scene: Scene): readonly Decision[] {
  const groups = scene.groups.filter(({ group }) => one.groupIds.includes(group.id));
  const known = scene.before[scene.interfaces.indexOf(one)] ?? null;
  const history: History = { ...HISTORY, lastReading: known && { kind: 'network-interface', groupIds: known } };
  const interfaces = scene.interfaces.filter((other) => other.groupIds.some((id) => one.groupIds.includes(id)));
  const estate = { kind: 'network-interface' as const, networkInterface: one, groups, prefixLists: [], interfaces };
  return decide(change, estate, scene.policy, history, CONTEXT);
}

const acts = (decisions: readonly Decision[]): readonly Remediation[] =>
  decisions.flatMap((it) => (it.kind === 'remediate' ? it.remediation : []));

/** What both units do: one revokes, the other takes off; what is the other's, each leaves out. */
function actsOfBoth(change: Change, named: readonly NetworkInterface[], groupIds: readonly string[], scene: Scene) {
  const all = [
    ...groupIds.flatMap((id) => acts(judgeGroup(change, id, scene))),
    ...named.flatMap((one) => acts(judgeInterface(change, one, scene))),
  ];
  const revoked = new Set(all.flatMap((act) => (act.action === 'revoke-rules' ? act.groupId : [])));
  const off = new Set(
    all.flatMap((act) => (act.action === 'detach-groups' ? act.groupIds.map((id) => `${act.interfaceId} ${id}`) : [])),
  );
  return { all, revoked, off };
}

const isOpen = (id: string, { groups }: Scene) =>
  groups.some(
    ({ group, rules }) =>
      group.id === id && rules.some(({ source }) => 'cidr' in source && source.cidr === '0.0.0.0/0'),
  );

describe('what a group opens', () => {
  it('is enforced where its own VPC is, or that of any interface that has it', () => {
    fc.assert(
      fc.property(anyScene, fc.constantFrom(...IDS), (scene, id) => {
        const group = scene.groups.find((one) => one.group.id === id)?.group;
        if (group === undefined) return;
        const vpcs = [group.vpcId, ...usersOf(id, scene).map(({ vpcId }) => vpcId)];
        const { mode } = whereExposed('internet', group, usersOf(id, scene), { change: OPENED, policy: scene.policy });
        expect(mode.mode === 'enforce').toBe(vpcs.includes('vpc-prod'));
        expect(mode.mode === 'off').toBe(vpcs.every((vpc) => vpc === 'vpc-off'));
      }),
      RUNS,
    );
  });

  it('and the change has just opened is closed there, whatever else somebody attaches it to', () => {
    fc.assert(
      fc.property(anyScene, anyInterfaces, (scene, more) => {
        const change: Change = { ...OPENED, fact: { kind: 'rules-added', egress: false, ruleIds: ['sg-a-1'] } };
        const attached = more.map((one, n) => ({ ...one, id: `eni-more-${n}` }));
        const before = acts(judgeGroup(change, 'sg-a', scene));
        const after = acts(judgeGroup(change, 'sg-a', { ...scene, interfaces: [...scene.interfaces, ...attached] }));
        if (before.length > 0) expect(after).toEqual(before);
      }),
      RUNS,
    );
  });
});

describe('what a call attached', () => {
  const anyAttaching = fc.tuple(anyScene, fc.constantFrom('security-groups-changed', 'interfaces-created'), fc.nat(3));

  it('is closed on every interface that it names where the policy enforces, by one unit or the other', () => {
    fc.assert(
      fc.property(anyAttaching, ([scene, kind, last]) => {
        const named = scene.interfaces.slice(0, kind === 'interfaces-created' ? last + 1 : 1);
        const groupIds = [...new Set(named.flatMap((one) => one.groupIds))];
        const resources = named.map(({ id }) => ({ type: 'network-interface' as const, id }));
        const change: Change = { ...OPENED, fact: { kind, groupIds } as Fact, resources };
        expect(ATTACHING.has(kind)).toBe(true);
        const { revoked, off } = actsOfBoth(change, named, groupIds, scene);
        for (const one of named.filter(({ vpcId }) => vpcId === 'vpc-prod')) {
          const known = kind === 'interfaces-created' ? [] : scene.before[scene.interfaces.indexOf(one)];
          for (const id of one.groupIds.filter((group) => isOpen(group, scene))) {
            const home = scene.groups.find(({ group }) => group.id === id)?.group.vpcId;
            // What was there before undrift looked is left where the policy says so.
            const isNew = scene.policy.when === 'any' || (home !== 'vpc-prod' && !known?.includes(id));
            if (isNew) expect([revoked.has(id), off.has(`${one.id} ${id}`)]).toContain(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('never costs a group of an observed VPC its rules where it can come off instead', () => {
    fc.assert(
      fc.property(anyAttaching, fc.constantFrom(...IDS), ([scene, kind], stays) => {
        const [first] = scene.interfaces;
        if (first === undefined || first.requesterManaged || first.ownerId !== ACCOUNT) return;
        const one = { ...first, vpcId: 'vpc-prod', groupIds: [...new Set([...first.groupIds, stays])] };
        if (isOpen(stays, scene) || scene.groups.some(({ group }) => group.vpcId === 'vpc-prod')) return;
        const scene2: Scene = { ...scene, interfaces: [one], before: [[stays]] };
        const change: Change = {
          ...OPENED,
          fact: { kind, groupIds: one.groupIds } as Fact,
          resources: [{ type: 'network-interface', id: one.id }],
        };
        const { all } = actsOfBoth(change, [one], one.groupIds, scene2);
        const open = one.groupIds.filter((id) => isOpen(id, scene));
        const expected = { action: 'detach-groups', interfaceId: one.id, groupIds: [...open].sort() };
        if (one.groupIds.length > 1) expect(all).toMatchObject(open.length > 0 ? [expected] : []);
      }),
      RUNS,
    );
  });
});
