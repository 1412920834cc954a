import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Baseline, SecurityGroupRule } from '../../src/domain/estate.ts';
import { Refused } from '../../src/roles.ts';
import { authorize, changeUserData } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;

const port = (n: number, group: string, fromPort: number, cidr = '0.0.0.0/0'): SecurityGroupRule => ({
  id: ruleId(n),
  groupId: group,
  egress: false,
  protocol: 'tcp',
  fromPort,
  toPort: fromPort,
  source: cidr.includes(':') ? { kind: 'ipv6', cidr } : { kind: 'ipv4', cidr },
  description: null,
});

function addGroup(at: World, id: string): void {
  at.securityGroups.addGroup({ id, name: `name of ${id}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
}

describe('a flood of findings', () => {
  /** One opened group every five seconds. */
  async function flood(count: number) {
    const at = new World(shippedPolicy('enforce'));
    for (let n = 1; n <= count; n++) {
      addGroup(at, groupId(n));
      at.securityGroups.open(port(n, groupId(n), 22));
      const opened = { id: ruleId(n), groupId: groupId(n), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
      at.send('security-groups', authorize(at.clock.iso(), opened));
      await at.run(5);
    }
    return at;
  }
  const kinds = (at: World) => at.notifier.notices.map(({ notice }) => notice.json.kind);
  const mails = (at: World) => at.notifier.notices.filter(({ mail }) => mail);

  it('is published to programs one by one, and reaches people by one email at once and one list', async () => {
    const at = await flood(40);
    await at.run(600);
    expect(at.ledger.incidents).toHaveLength(40);
    expect(at.ledger.incidents.every(({ status }) => status === 'closed')).toBe(true);
    expect(kinds(at).filter((kind) => kind === 'fixed')).toHaveLength(40);
    // One principal opens them all: that is reported, too.
    expect(mails(at).map(({ notice }) => notice.json.kind)).toEqual(['fixed', 'escalated', 'digest']);
    const [, , list] = mails(at);
    expect(list?.notice.json).toMatchObject({ asks: 'finding', count: 39, omitted: 0 });
    const fixed = at.notifier.subjects.filter((subject) => subject.startsWith('[undrift] Closed'));
    expect(list?.notice.json.subjects).toEqual(
      fixed.slice(1).map((subject) => expect.stringContaining(subject.slice('[undrift] '.length))),
    );
  });

  it('that is closed takes no email from what AWS then refuses to close', async () => {
    const at = await flood(40);
    await at.run(60);
    at.securityGroups.revoke = () =>
      Promise.reject(new Refused('this role may not call ec2:RevokeSecurityGroupIngress'));
    at.securityGroups.open(port(99, groupId(1), 22));
    const event = { id: ruleId(99), groupId: groupId(1), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
    at.send('security-groups', authorize(at.clock.iso(), event));
    await at.run(6 * 60);
    // The report of the loop was the first email that asks for action: what follows within 5 minutes is in a list.
    const asked = mails(at).filter(({ notice }) => notice.email?.kind === 'action' || notice.json.asks === 'action');
    expect(asked.map(({ notice }) => notice.json)).toMatchObject([
      { loop: {} },
      { count: 1, subjects: [expect.stringContaining(groupId(1))] },
    ]);
  });

  it('closes every port in it, emailed or not', async () => {
    const at = await flood(40);
    await at.run(60);
    for (let n = 1; n <= 40; n++) expect(at.securityGroups.rulesOf(groupId(n))).toEqual([]);
    expect(at.meter.total('Remediations')).toBe(40);
  });
});

/** Which of the events are sent, in which order, how often, and how far apart; each at least once. */
const deliveries = (events: number) =>
  fc
    .tuple(
      fc.shuffledSubarray(
        Array.from({ length: events }, (_, n) => n),
        { minLength: events },
      ),
      fc.array(fc.nat(events - 1), { maxLength: 5 }),
      fc.array(fc.constantFrom(0, 0, 1, 7, 40, 200), { minLength: events + 5, maxLength: events + 5 }),
    )
    .map(([once, again, pauses]) => [...once, ...again].map((event, n) => ({ event, seconds: pauses[n] ?? 0 })));

describe('any order, any repetition of the same events', () => {
  it('ends in the same state of a group: every door closed once, the rest untouched', async () => {
    const holes = [
      port(1, GROUP, 22),
      port(2, GROUP, 22, '::/0'),
      port(3, GROUP, 3389, '0.0.0.0/1'),
      port(4, GROUP, 3389, '128.0.0.0/1'),
      port(5, GROUP, 443),
    ];
    await fc.assert(
      fc.asyncProperty(deliveries(holes.length), async (order) => {
        const at = new World(shippedPolicy('enforce'));
        addGroup(at, GROUP);
        at.securityGroups.open(port(9, GROUP, 22, '52.94.76.0/24'), ...holes);
        const events = holes.map(({ id, fromPort, toPort, source }) => {
          const cidr = 'cidr' in source ? source.cidr : '';
          return authorize(at.clock.iso(), { id, groupId: GROUP, fromPort, toPort, cidr });
        });
        for (const { event, seconds } of order) {
          at.send('security-groups', events[event]);
          await at.run(seconds);
        }
        await at.run(3600);
        expect(
          at.securityGroups
            .rulesOf(GROUP)
            .map(({ id }) => id)
            .sort(),
        ).toEqual([ruleId(5), ruleId(9)]);
        const revoked = at.securityGroups.callsOf('revoke').flatMap(({ args }) => args[1]);
        expect([...revoked].sort()).toEqual([1, 2, 3, 4].map(ruleId));
        expect(at.ledger.incidents.map(({ status, closedBy }) => `${status} ${closedBy}`)).toEqual(
          at.ledger.incidents.map(() => 'closed undrift'),
        );
        expect(at.notifier.notices).toHaveLength(at.ledger.incidents.length);
        expect([at.waiting, at.parked.length]).toEqual([0, 0]);
      }),
      { numRuns: 100 },
    );
  });

  it('ends in the same state of a fleet: every altered instance replaced once, its group at full strength', async () => {
    const baseline: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
    await fc.assert(
      fc.asyncProperty(deliveries(2), async (order) => {
        const at = new World(shippedPolicy('enforce'));
        const tags = { 'undrift:replace': 'allowed' };
        const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, baseline);
        const altered = ids.slice(0, 2);
        const events = altered.map((id) => {
          at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
          return changeUserData(at.clock.iso(), id);
        });
        for (const { event, seconds } of order) {
          at.send('instances', events[event]);
          await at.run(seconds);
        }
        await at.run(7200);
        expect(
          at.fleet
            .callsOf('replace')
            .map(({ args }) => args[0])
            .toSorted(),
        ).toEqual(altered.toSorted());
        const group = await at.fleet.group('web');
        expect(group?.members.map(({ lifecycleState }) => lifecycleState)).toEqual(Array(3).fill('InService'));
        expect(group?.members.filter(({ id }) => altered.includes(id))).toEqual([]);
        expect(at.ledger.incidents.map(({ status, rounds }) => `${status} ${rounds}`)).toEqual([
          'closed 1',
          'closed 1',
        ]);
        expect([at.waiting, at.parked.length]).toEqual([0, 0]);
      }),
      { numRuns: 100 },
    );
  });
});
