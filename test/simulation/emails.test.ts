/** One design for emails: what is open is named within five minutes, whatever somebody floods; programs get everything. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { Refused } from '../../src/roles.ts';
import { expectNamed, groupId, mailsOf, mentions, mostInAnHour, openGroup, reportedOf } from './emails.ts';
import { authorize, changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const OPT_IN = { 'undrift:replace': 'allowed' };
const MINUTE = 60;
const LONG = 300_000;

const OPEN = ['observed', 'held', 'escalated', 'failed', 'unverified'];

/** Groups of this VPC are only observed. */
const OBSERVED_VPC = 'vpc-0123456789abcdef0';
const OBSERVED = `modes: [{ select: { vpc: [${OBSERVED_VPC}] }, mode: observe, reason: A test. }]`;

function refusing(at: World): World {
  at.securityGroups.revoke = () => Promise.reject(new Refused('this role may not call ec2:RevokeSecurityGroupIngress'));
  return at;
}

describe('a thousand of a kind within an hour', () => {
  const observing = () => new World(shippedPolicy('observe'));
  const denied = () => refusing(new World(shippedPolicy('enforce')));

  it.each<readonly [string, () => World, (n: number) => string, number]>([
    ['exposures in observe mode, over 50 minutes', observing, () => 'kim', 30],
    ['principals', observing, (n) => `user-${n}`, 5],
    ['refusals, by as many principals', denied, (n) => `user-${n}`, 1],
  ])(
    '%s: 20 emails an hour at most, and each is named within five minutes',
    async (_title, make, userOf, seconds) => {
      const at = make();
      const mails = mailsOf(at);
      at.concurrency = 10;
      for (let n = 0; n < 1000; n += 1) {
        openGroup(at, n, { user: userOf(n) });
        if (n % 10 === 9) await at.run(seconds);
      }
      await at.run(6 * MINUTE);
      const since = reportedOf(at, ...OPEN);
      expect(since.size).toBe(1000);
      expectNamed(mails, since);
      expect(mostInAnHour(mails)).toBeLessThanOrEqual(20);
      const lines = mails.map(({ notice }) => (notice.json.subjects as readonly string[] | undefined)?.length ?? 1);
      expect(Math.max(...lines)).toBeLessThanOrEqual(50);
    },
    LONG,
  );

  it(
    'two hundred exposures in observe mode, refusals and principals each, all together',
    async () => {
      const text = readFileSync(new URL('../../policy.yml', import.meta.url), 'utf8').replace('modes: []', OBSERVED);
      const at = refusing(new World({ ...loadPolicy(text, 'policy.yml').policy, mode: 'enforce' }));
      const mails = mailsOf(at);
      at.concurrency = 10;
      for (let n = 0; n < 600; n += 3) {
        openGroup(at, n, { user: 'kim', vpcId: OBSERVED_VPC });
        openGroup(at, n + 1, { user: 'kim' });
        openGroup(at, n + 2, { user: `user-${n}` });
        if (n % 30 === 27) await at.run(5);
      }
      await at.run(6 * MINUTE);
      const since = reportedOf(at, ...OPEN);
      const outcomes = new Set(at.notifier.notices.map(({ notice }) => notice.attributes.outcome));
      expect([...outcomes]).toEqual(expect.arrayContaining(['observed', 'escalated']));
      expect([...Array(600).keys()].filter((n) => !since.has(groupId(n)))).toEqual([]);
      expectNamed(mails, since);
      expect(mostInAnHour(mails)).toBeLessThanOrEqual(20);
    },
    LONG,
  );

  it(
    'all at the same moment: one email at once, and one list that names the other 999',
    async () => {
      const at = new World(shippedPolicy('observe'));
      const mails = mailsOf(at);
      at.concurrency = 10;
      for (let n = 0; n < 1000; n += 1) openGroup(at, n);
      await at.run(6 * MINUTE);
      expectNamed(mails, reportedOf(at, ...OPEN));
      expect(mails).toHaveLength(2);
      expect(mails[1]?.notice.json).toMatchObject({ asks: 'action', count: 999, omitted: 0 });
    },
    LONG,
  );
});

describe('the one among many', () => {
  it('80 decoys that undrift closed do not hide the one port that AWS refuses to close', async () => {
    const at = new World(shippedPolicy('enforce'));
    const mails = mailsOf(at);
    for (let n = 0; n < 80; n += 1) openGroup(at, n, { user: 'eve' });
    await at.run(MINUTE);
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    const denied = new Refused('this role may not call ec2:RevokeSecurityGroupIngress');
    at.securityGroups.revoke = async (group, ...rest) => {
      if (group === groupId(99)) throw denied;
      return revoke(group, ...rest);
    };
    openGroup(at, 99, { user: 'eve' });
    await at.run(6 * MINUTE);
    const since = reportedOf(at, 'escalated');
    // The decoys are reported as a loop as well.
    expect([...since.keys()]).toContain(groupId(99));
    expectNamed(mails, since);
    const [first] = mails.filter(({ notice }) => mentions(notice, groupId(99)));
    expect(first?.notice.text).toContain('Needs you');
  });

  it('80 that one principal left open share lines, and the one of somebody else has a line of its own', async () => {
    const at = new World(shippedPolicy('observe'));
    const mails = mailsOf(at);
    for (let n = 0; n < 80; n += 1) openGroup(at, n, { user: 'eve' });
    openGroup(at, 99, { user: 'kim' });
    await at.run(6 * MINUTE);
    expectNamed(mails, reportedOf(at, ...OPEN));
    const lines = mails[1]?.notice.json.subjects as readonly string[];
    expect(lines.find((line) => line.includes(groupId(99)))).toContain(`on ${groupId(99)} (group 99) (incident `);
  });

  it('an instance in production is reported, and named in an email, though the hour of replacements is used up', async () => {
    const at = new World(shippedPolicy('enforce'));
    const mails = mailsOf(at);
    const groups = [0, 1, 2, 3, 4].map((n) => `scratch-${n}`);
    const scratch = groups.map(
      (name) => at.fleet.addGroup({ name, desired: 2, max: 4, tags: OPT_IN }, BASELINE)[0] ?? '',
    );
    const [prod = ''] = at.fleet.addGroup({ name: 'payments-prod', desired: 3, max: 6, tags: OPT_IN }, BASELINE);
    for (const id of [...scratch, prod]) {
      at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
      at.send('instances', changeUserData(at.clock.iso(), id));
      await at.run(20);
    }
    const held = at.notifier.notices.find(({ notice }) => mentions(notice, prod));
    expect(held?.notice.attributes.outcome).toBe('held');
    await at.run(6 * MINUTE);
    expectNamed(mails, new Map([[prod, Date.parse(String(held?.notice.json.at))]]));
  });
});

describe('programs', () => {
  it('get every occurrence of a port that is opened again and again', async () => {
    const at = new World(shippedPolicy('enforce'));
    const mails = mailsOf(at);
    openGroup(at, 1);
    await at.run(MINUTE);
    for (let n = 2; n <= 12; n += 1) {
      const [rule] = [`sgr-${String(100 + n).padStart(17, '0')}`];
      reopen(at, rule);
      await at.run(MINUTE);
    }
    expect(at.notifier.notices.filter(({ notice }) => notice.json.kind === 'fixed')).toHaveLength(12);
    // Two of the five emails for findings, as it is one group, and the one about the loop.
    expect(mails.length).toBeLessThanOrEqual(3);
  });
});

function reopen(at: World, id: string): void {
  const group = groupId(1);
  const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  const ports = { protocol: 'tcp', fromPort: 22, toPort: 22 };
  at.securityGroups.open({ id, groupId: group, egress: false, ...ports, source, description: null });
  at.send(
    'security-groups',
    authorize(at.clock.iso(), { id, groupId: group, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
  );
}
