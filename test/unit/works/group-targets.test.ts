import { describe, expect, it } from 'vitest';
import { ComeBack } from '../../../src/deps.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { targetsOf } from '../../../src/works/group-targets.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeLedger } from '../../fakes/ledger.ts';
import { FakeSecurityGroups } from '../../fakes/security-groups.ts';
import { groupOf, interfaceOf } from '../decide/networks.ts';
import { OPENED, POLICY } from '../decide/perfect.ts';

function perfect() {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const securityGroups = new FakeSecurityGroups(clock);
  const ledger = new FakeLedger(clock);
  for (const group of [groupOf('sg-a', '52.0.0.0/16', 'pl-1'), groupOf('sg-b', 'pl-1'), groupOf('sg-c')]) {
    securityGroups.addGroup(group.group);
    securityGroups.open(...group.rules);
  }
  securityGroups.world.setInterface(interfaceOf('eni-1', ['sg-a', 'sg-b'], { instanceId: 'i-1' }));
  const targets = async (change: Partial<Change>) => {
    const found = await targetsOf(
      { ...OPENED, at: clock.iso(), ...change },
      { securityGroups, ledger, clock, policy: POLICY, policyDigest: 'policy' },
    );
    return found.map(({ type, id }) => `${type} ${id}`);
  };
  return { clock, securityGroups, ledger, targets };
}
const CLEAN: GroupReading = {
  kind: 'security-group',
  cleanRuleIds: [],
  cleanUnder: 'policy',
  rules: [],
  earlier: [],
};
const eni = { type: 'network-interface', id: 'eni-1' } as const;
const set = (...groupIds: readonly string[]) => ({ kind: 'security-groups-changed', groupIds }) as const;
const made = (...groupIds: readonly string[]) => ({ kind: 'interfaces-created', groupIds }) as const;

describe('what is judged because of a change', () => {
  it.each<[string, Partial<Change>, readonly string[]]>([
    ['of rules: the group', {}, ['security-group sg-0123456789abcdef0']],
    [
      'of a prefix list: every group that names it',
      { fact: { kind: 'prefix-list-changed', added: null }, resources: [{ type: 'prefix-list', id: 'pl-1' }] },
      ['security-group sg-a', 'security-group sg-b'],
    ],
    [
      'of a list that nobody names: nothing',
      { fact: { kind: 'prefix-list-changed', added: null }, resources: [{ type: 'prefix-list', id: 'pl-9' }] },
      [],
    ],
    [
      'of the groups of an interface: each of them, and the interface',
      { fact: set('sg-a', 'sg-b'), resources: [eni] },
      ['security-group sg-a', 'security-group sg-b', 'network-interface eni-1'],
    ],
    ['to one group: that one', { fact: set('sg-a'), resources: [eni] }, ['security-group sg-a']],
    [
      'of the groups of an instance: its interfaces are asked for',
      { fact: set('sg-a', 'sg-b'), resources: [{ type: 'instance', id: 'i-1' }] },
      ['security-group sg-a', 'security-group sg-b', 'network-interface eni-1'],
    ],
    [
      'whose groups are masked in the record: they are read',
      { fact: set(), resources: [eni] },
      ['security-group sg-a', 'security-group sg-b', 'network-interface eni-1'],
    ],
    [
      'that makes interfaces whose groups the record does not name: they are read',
      { fact: made(), resources: [eni] },
      ['security-group sg-a', 'security-group sg-b', 'network-interface eni-1'],
    ],
    [
      'that makes interfaces of which no group is known to be clean: the groups, and the interfaces',
      { fact: made('sg-a', 'sg-c'), resources: [eni] },
      ['security-group sg-a', 'security-group sg-c', 'network-interface eni-1'],
    ],
  ])('%s', async (_name, change, expected) => {
    expect(await perfect().targets(change)).toEqual(expected);
  });

  it('is not a group again that was clean before, when an interface is made with it', async () => {
    const { ledger, targets } = perfect();
    await ledger.recordReading('sg-a', CLEAN, '2026-03-01T11:00:00.000Z');
    await ledger.recordReading('sg-c', { ...CLEAN, cleanRuleIds: null, open: true }, '2026-03-01T11:00:00.000Z');
    expect(await targets({ fact: made('sg-a', 'sg-b', 'sg-c') })).toEqual([
      'security-group sg-b',
      'security-group sg-c',
    ]);
    expect(await targets({ fact: set('sg-a'), resources: [eni] })).toEqual(['security-group sg-a']);
  });

  const { cleanUnder: _policy, ...undated } = CLEAN;
  it.each<[string, GroupReading]>([
    ['under another policy', { ...CLEAN, cleanUnder: 'another' }],
    ['under a policy that is not on record', undated],
    ['and names a list of another account', { ...CLEAN, foreignLists: true }],
    ['and was not at its last reading', { ...CLEAN, open: true }],
  ])('is a group again that was clean %s', async (_name, reading) => {
    const { ledger, targets } = perfect();
    await ledger.recordReading('sg-a', reading, '2026-03-01T11:00:00.000Z');
    expect(await targets({ fact: made('sg-a') })).toEqual(['security-group sg-a']);
  });

  it('waits for the interfaces of an instance that EC2 does not show yet, for a minute', async () => {
    const { clock, targets } = perfect();
    const at = clock.iso();
    const change = { fact: set('sg-a', 'sg-b'), resources: [{ type: 'instance', id: 'i-9' }], at } as const;
    await expect(targets(change)).rejects.toThrow(new ComeBack(15, 'EC2 shows no interface of i-9'));
    clock.advance(60);
    expect(await targets(change)).toEqual(['security-group sg-a', 'security-group sg-b']);
  });
});
