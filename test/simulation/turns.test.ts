/** What concerns more than fits into one turn of a message: nothing in it keeps the rest waiting. */
import { describe, expect, it } from 'vitest';
import type { NetworkInterface, PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import { Refused } from '../../src/roles.ts';
import { takingTurns } from '../../src/run.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const LIST = 'pl-00000000000000001';
const OWN = 'sg-0000000000000000a';
const VICTIM = 'sg-fffffffffffffffff';
const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
const groupOf = (id: string) => ({ id, name: `name of ${id}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
const list = (version: number, ...cidrs: readonly string[]): PrefixList => ({
  ...{ id: LIST, name: 'office', ownerId: ACCOUNT, cidrs, version },
});

function tcp(group: string, id: string, from: string, port = 22): SecurityGroupRule {
  const source = from.startsWith('pl-') ? ({ kind: 'prefix-list', id: from } as const) : undefined;
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  return {
    ...{ id, groupId: group, egress: false, ...ports },
    ...{ source: source ?? { kind: 'ipv4', cidr: from }, description: null },
  };
}
/** Harmless alone; with ten others they are more than the limit of sixteen. */
const tenTwelfths = (group: string, first: number, rules: number) =>
  Array.from({ length: 10 }, (_, n) => tcp(group, ruleId(rules + n), `${first}.${n * 16}.0.0/12`));
const interfaceOf = (id: string, groupIds: readonly string[]): NetworkInterface => ({
  ...{ id, vpcId: 'vpc-1', ownerId: ACCOUNT, groupIds, instanceId: null },
  ...{ requesterManaged: false, loadBalancer: false, description: '', tags: {} },
  ...{ interfaceType: 'interface', requesterId: null, publicAddresses: [] },
});

function widen(at: World): void {
  at.network.setPrefixList(list(2, '198.51.100.1/32', '0.0.0.0/0'));
  const ModifyManagedPrefixListRequest = {
    ...{ PrefixListId: LIST, CurrentVersion: 1, AddEntry: [{ tag: 1, Cidr: '0.0.0.0/0' }] },
  };
  const prefixList = { prefixListId: LIST, version: 2 };
  const event = call('ModifyManagedPrefixList', at.clock.iso(), {
    requestParameters: { ModifyManagedPrefixListRequest },
    responseElements: { ModifyManagedPrefixListResponse: { prefixList } },
  });
  at.send('security-groups', event);
}

/** Each call to EC2 takes a share of the turn; five resources are judged at once. */
function eachCallTakes(at: World, milliseconds: number): void {
  let [turn, used] = ['', 0];
  at.interleave = async (label) => {
    if (turn !== at.clock.iso()) used = 0;
    turn = at.clock.iso();
    if (label.startsWith('ec2.')) used += milliseconds / 5;
  };
  Object.defineProperty(at, 'remaining', { get: () => 60_000 - (turn === at.clock.iso() ? used : 0) });
}

describe('a prefix list that hundreds of harmless groups name', () => {
  function decoys(many: number): World {
    const at = new World(shippedPolicy('enforce'));
    at.network.setPrefixList(list(1, '198.51.100.1/32'));
    for (let n = 0; n < many; n += 1) {
      at.network.addGroup(groupOf(groupId(n)));
      at.network.open(tcp(groupId(n), ruleId(n), LIST, 9999), tcp(groupId(n), ruleId(10_000 + n), '8.8.8.8/32'));
    }
    at.network.addGroup(groupOf(VICTIM));
    at.network.open(tcp(VICTIM, 'sgr-fffffffffffffffff', LIST));
    return at;
  }

  it('is closed in the last group that names it within a minute, and its message comes to an end', async () => {
    const at = decoys(400);
    // 250 groups a turn.
    eachCallTakes(at, 350);
    widen(at);
    await at.run(60);
    expect(at.securityGroups.rulesOf(VICTIM)).toEqual([]);
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });

  it('is judged in other groups than before, also where the ledger cannot note how far it was judged', async () => {
    const at = decoys(400);
    eachCallTakes(at, 350);
    const recordReading = at.ledger.recordReading.bind(at.ledger);
    at.ledger.recordReading = async (id, reading, instant) => {
      if (reading.kind === 'judged') throw new Error('the ledger is busy');
      return recordReading(id, reading, instant);
    };
    widen(at);
    await at.run(60);
    expect(at.securityGroups.rulesOf(VICTIM)).toEqual([]);
  });
});

describe('a prefix list that every group of a Region names', () => {
  const MANY = 2500;

  function region(port: number): World {
    const at = new World(shippedPolicy('enforce'));
    at.network.setPrefixList(list(1, '198.51.100.1/32'));
    for (let n = 0; n < MANY; n += 1) at.network.addGroup(groupOf(groupId(n)));
    at.network.open(...Array.from({ length: MANY }, (_, n) => tcp(groupId(n), ruleId(n), LIST, port)));
    return at;
  }

  it('is read fifty groups a call, and judged in more than one turn, none of which runs out of time', async () => {
    const at = region(9999);
    eachCallTakes(at, 5000);
    let least = 60_000;
    const readMany = at.securityGroups.readMany.bind(at.securityGroups);
    at.securityGroups.readMany = async (ids) => {
      least = Math.min(least, at.remaining);
      return readMany(ids);
    };
    widen(at);
    await at.run(120);
    const calls = (name: string) => at.calls.filter((call) => call === `ec2.${name}`).length;
    expect(calls('read')).toBe(0);
    expect(calls('readMany')).toBeLessThan(MANY / 40);
    expect(calls('namingList')).toBeGreaterThan(1);
    expect(least).toBeGreaterThanOrEqual(20_000);
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });

  it('loses every rule that lets the internet in, over several turns', async () => {
    const at = region(22);
    eachCallTakes(at, 300);
    widen(at);
    await at.run(300);
    expect(at.network.truth.rules).toEqual([]);
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });

  it('is read group by group where one of the records cannot be understood', async () => {
    const at = region(9999);
    at.network.open(tcp(groupId(7), ruleId(7), LIST));
    at.securityGroups.failNext(new Error('required: IpProtocol'), 'readMany');
    widen(at);
    await at.run(60);
    expect(at.securityGroups.rulesOf(groupId(7))).toEqual([]);
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });
});

describe('more acts than are made in one turn', () => {
  it('are all tried, although AWS refuses the first twenty for good', async () => {
    const at = new World(shippedPolicy('enforce'));
    at.network.addGroup(groupOf(OWN));
    at.network.open(...tenTwelfths(OWN, 11, 9000));
    const beside = Array.from({ length: 25 }, (_, n) => groupId(n));
    for (const [n, id] of beside.entries()) {
      at.network.addGroup(groupOf(id));
      at.network.open(...tenTwelfths(id, 20, 1000 + 10 * n));
      at.network.setInterface(interfaceOf(`eni-${String(n).padStart(17, '0')}`, [OWN, id]));
    }
    const tried = new Set<string>();
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async (group, ...rest) => {
      tried.add(group);
      if (beside.slice(0, 20).includes(group))
        throw new Refused('this role may not call ec2:RevokeSecurityGroupIngress');
      return revoke(group, ...rest);
    };
    const opened = { id: ruleId(9000), groupId: OWN, fromPort: 22, toPort: 22, cidr: '11.0.0.0/12' };
    at.send('security-groups', authorize(at.clock.iso(), opened));
    await at.run(60);
    expect(beside.slice(20).filter((id) => !tried.has(id))).toEqual([]);
  });
});

describe('where a turn begins', () => {
  const HUNDRED = Array.from({ length: 100 }, (_, n) => n);

  it('is the beginning for the first turn, and nothing is left out in any', () => {
    expect(takingTurns(HUNDRED, {})).toEqual(HUNDRED);
    expect(takingTurns(HUNDRED, { turn: 1 })).toEqual(HUNDRED);
    for (let turn = 1; turn <= 1000; turn += 1)
      expect([...takingTurns(HUNDRED, { turn })].sort((a, b) => a - b)).toEqual(HUNDRED);
    expect(takingTurns([], { turn: 7 })).toEqual([]);
  });

  it.each([2, 3, 5, 10, 20])('gets to all of it within 2 x %i turns that each get to one part in as many', (parts) => {
    for (let first = 1; first <= 1000; first += 1) {
      const turns = Array.from({ length: 2 * parts }, (_, n) => takingTurns(HUNDRED, { turn: first + n }));
      const reached = new Set(turns.flatMap((all) => all.slice(0, 100 / parts)));
      expect(reached.size).toBe(100);
    }
  });
});
