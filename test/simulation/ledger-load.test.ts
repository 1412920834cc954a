/** What one closed exposure costs the ledger: the numbers in docs/architecture.md. */
import { expect, it } from 'vitest';
import { itemSize } from '../../src/aws/item-size.ts';
import { incidentItem } from '../../src/aws/ledger-items.ts';
import { plannedPreImage } from '../../src/aws/pre-images.ts';
import type { Item } from '../../src/aws/table.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const RULE = { id: 'sgr-0123456789abcdef0', groupId: GROUP, fromPort: 22, toPort: 22 } as const;

/** Write units that an index takes for an item that is put: one for an entry that goes, one for an entry that comes. */
function indexWrites(before: Item | null, after: Item, hash: string, range: string): number {
  const entry = (item: Item | null) =>
    item?.[hash] === undefined ? null : [item.pk, item[hash], item[range]].join(' ');
  const [gone, come] = [entry(before), entry(after)];
  return gone === come ? 0 : (gone === null ? 0 : 1) + (come === null ? 0 : 1);
}

async function oneExposure() {
  const at = new World(shippedPolicy('enforce'));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  at.securityGroups.open({ ...RULE, egress: false, protocol: 'tcp', source, description: null });
  at.send('security-groups', authorize(at.clock.iso(), { ...RULE, cidr: '0.0.0.0/0' }));
  const [read, revoke] = [
    at.securityGroups.read.bind(at.securityGroups),
    at.securityGroups.revoke.bind(at.securityGroups),
  ];
  // Each call takes its time, so that no two writes have the same instant.
  at.securityGroups.read = async (...args) => {
    at.clock.advance(0.1);
    return read(...args);
  };
  at.securityGroups.revoke = async (...args) => {
    at.clock.advance(0.1);
    return revoke(...args);
  };
  await at.run(10);
  const puts = at.ledger.callsOf('put').map(({ args }) => args[0] as Incident);
  return { at, puts, items: puts.map((incident) => incidentItem(incident, 'w'.repeat(36))) };
}

it('a closed exposure is three writes of an item of at most 3.5 KB, and five of the busiest index', async () => {
  const { puts, items, at } = await oneExposure();
  expect(puts.map(({ status }) => status)).toEqual(['acting', 'acting', 'closed']);
  const largest = Math.max(...items.map(itemSize));
  expect(largest).toBeGreaterThan(2_000);
  expect(largest).toBeLessThan(3_500);
  const sum = (hash: string, range: string) =>
    items.reduce((all, item, n) => all + indexWrites(items[n - 1] ?? null, item, hash, range), 0);
  expect(sum('recentIndex', 'updatedAt')).toBe(5);
  expect(sum('dueIndex', 'dueAt')).toBe(2);
  const preImage = plannedPreImage(at.incident());
  expect(preImage?.items ?? []).toHaveLength(0);
});
