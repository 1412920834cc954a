import { describe, expect, it } from 'vitest';
import { Refused, Retryable } from '../../src/roles.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const MINUTE = 60;
const HOUR = 3600;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
const THROTTLED = new Retryable('ec2:RevokeSecurityGroupIngress cannot be answered now (RequestLimitExceeded)');
const DENIED = new Refused('this role may not call ec2:RevokeSecurityGroupIngress');

function world() {
  const at = new World(shippedPolicy('enforce'));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  return at;
}

/** Somebody opens SSH to the world, as their n-th rule. */
function open(at: World, n = 1, port = 22, groupId = GROUP) {
  const id = ruleId(n);
  const source = { kind: 'ipv4' as const, cidr: '0.0.0.0/0' };
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  at.securityGroups.open({ id, groupId, egress: false, ...ports, source, description: null });
  at.send(
    'security-groups',
    authorize(at.clock.iso(), { id, groupId, fromPort: port, toPort: port, cidr: '0.0.0.0/0' }),
  );
}

/** Every call of this name is answered so for so long; the seconds at which it was tried. */
function fails(at: World, name: 'revoke' | 'read', error: Error, seconds: number): readonly number[] {
  const begun = at.clock.now().getTime();
  const now = () => (at.clock.now().getTime() - begun) / 1000;
  const tries: number[] = [];
  const works = at.securityGroups[name].bind(at.securityGroups) as (...args: unknown[]) => Promise<never>;
  at.securityGroups[name] = async (...args: unknown[]) => {
    tries.push(now());
    if (now() < seconds) throw error;
    return works(...args);
  };
  return tries;
}

const isOpen = (at: World, groupId = GROUP) => at.securityGroups.rulesOf(groupId).length > 0;

/** Runs until what failed for `until` seconds has been over for `most`, and nothing is open any more. */
async function expectClosedWithin(at: World, most: number, until: number) {
  await at.run(until - 1);
  expect(isOpen(at)).toBe(true);
  await at.run(most + 1);
  expect(isOpen(at)).toBe(false);
}

const gaps = (tries: readonly number[]) => tries.slice(1).map((at, n) => at - (tries[n] ?? 0));

describe('an exposure that AWS refuses to close', () => {
  it.each([
    ['throttled for a minute', THROTTLED, MINUTE],
    ['throttled for an hour', THROTTLED, HOUR],
    ['throttled for 130 minutes', THROTTLED, 130 * MINUTE],
    ['throttled for eleven hours', THROTTLED, 11 * HOUR],
    ['denied for ten minutes, until the policy is corrected', DENIED, 10 * MINUTE],
    ['denied for two hours', DENIED, 2 * HOUR],
  ])('is closed within a minute of the end: %s', async (_name, error, seconds) => {
    const at = world();
    const tries = fails(at, 'revoke', error, seconds);
    open(at);
    await expectClosedWithin(at, MINUTE, seconds);
    expect(Math.max(...gaps(tries))).toBeLessThanOrEqual(45);
    await at.run(5 * MINUTE);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift', failures: 0 });
    expect([at.parked, at.waiting]).toEqual([[], 0]);
  });

  it('is tried at moments that chance spreads', async () => {
    const at = world();
    at.random = () => 0;
    const tries = fails(at, 'revoke', THROTTLED, 10 * MINUTE);
    open(at);
    await at.run(2 * MINUTE);
    expect(gaps(tries).slice(0, 6)).toEqual([3, 5, 10, 20, 23, 23]);
  });

  it('is reported at the second refusal in a row, not at the first, and once', async () => {
    const at = world();
    fails(at, 'revoke', DENIED, HOUR);
    open(at);
    await at.run(4);
    expect(at.notifier.subjects).toEqual([]);
    await at.run(10);
    expect(at.notifier.subjects).toEqual([expect.stringMatching(/^\[undrift\] Needs you: SSH \(tcp 22\) open/)]);
    const [{ notice } = expect.fail('no notification')] = at.notifier.notices;
    expect(notice.text.replaceAll(/\s+/g, ' ')).toContain('undrift tries again within 45 seconds');
    await at.run(30 * MINUTE);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('is reported again when it is opened weeks later and refused again', async () => {
    const at = world();
    for (let n = 1; n <= 4; n += 1) {
      const works = at.securityGroups.revoke;
      fails(at, 'revoke', DENIED, MINUTE);
      open(at, n);
      await at.run(30 * MINUTE);
      at.securityGroups.revoke = works;
      expect(isOpen(at)).toBe(false);
    }
    const escalated = at.notifier.subjects.filter((subject) => subject.includes('Needs you'));
    expect(escalated).toHaveLength(4);
  });

  it('is still refused in a row where its rule is replaced by another one meanwhile', async () => {
    const at = world();
    fails(at, 'revoke', DENIED, HOUR);
    for (let n = 1; n <= 20; n += 1) {
      at.securityGroups.close(ruleId(n - 1));
      open(at, n);
      await at.run(2);
    }
    expect(at.incident().failures).toBeGreaterThan(2);
    expect(at.notifier.subjects.filter((subject) => subject.includes('Needs you'))).not.toEqual([]);
  });

  it('keeps one message, however often it is opened meanwhile', async () => {
    const at = world();
    const tries = fails(at, 'revoke', DENIED, HOUR);
    for (let n = 1; n <= 20; n += 1) {
      open(at, n);
      await at.run(10);
    }
    await at.run(5 * MINUTE);
    expect(at.waiting).toBe(1);
    const before = tries.length;
    await at.run(10 * MINUTE);
    expect(tries.length - before).toBeLessThanOrEqual(15);
    await expectClosedWithin(at, MINUTE, HOUR - 20 * 10 - 15 * MINUTE);
  });

  it('is carried on with by the scheduler where its message was lost', async () => {
    const at = world();
    const tries = fails(at, 'revoke', THROTTLED, HOUR);
    open(at);
    await at.run(MINUTE);
    at.loseMessages();
    const last = tries.at(-1) ?? 0;
    await expectClosedWithin(at, MINUTE, HOUR - MINUTE);
    // The safety net is due 120 s after the last try, and the scheduler runs each minute.
    expect((tries.find((second) => second > last) ?? Number.POSITIVE_INFINITY) - last).toBeLessThanOrEqual(180);
    expect(gaps(tries.filter((second) => second > last)).every((gap) => gap <= 45)).toBe(true);
  });

  it('outlives its message: after 12 hours the scheduler sends another one, and nothing is dead-lettered', async () => {
    const at = world();
    const tries = fails(at, 'revoke', DENIED, 13 * HOUR);
    open(at);
    await expectClosedWithin(at, MINUTE, 13 * HOUR);
    expect([at.parked, at.moved]).toEqual([[], []]);
    expect(gaps(tries).filter((gap) => gap > 45)).toEqual([expect.toSatisfy((gap: number) => gap <= 180)]);
  });

  it('that another actor closes meanwhile is over', async () => {
    const at = world();
    fails(at, 'revoke', DENIED, HOUR);
    open(at);
    await at.run(10 * MINUTE);
    at.securityGroups.close(ruleId(1));
    await at.run(4 * MINUTE);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'another' });
    expect(at.waiting).toBe(0);
  });
});

describe('a storm of exposures that AWS refuses to close', () => {
  it('does not multiply its messages, although each waits for minutes until its turn', async () => {
    const at = new World(shippedPolicy('enforce'));
    const groups = Array.from({ length: 40 }, (_, n) => `sg-${String(n).padStart(17, '0')}`);
    for (const [n, id] of groups.entries()) {
      at.securityGroups.addGroup({ id, name: id, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
      open(at, n, 22, id);
    }
    // A refused call takes 8 s with the SDK's own attempts: 40 messages need five minutes for one try each.
    const works = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async () => {
      at.clock.advance(8);
      throw THROTTLED;
    };
    const waiting: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      await at.run(15 * MINUTE);
      waiting.push(at.waiting);
    }
    // Beside each message some wake-ups wait in line; whichever comes second ends at once.
    expect(Math.max(...waiting)).toBeLessThanOrEqual(3 * groups.length);
    at.securityGroups.revoke = works;
    await at.run(3 * MINUTE);
    expect(groups.filter((id) => isOpen(at, id))).toEqual([]);
    await at.run(10 * MINUTE);
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });
});

describe('a change that cannot be judged', () => {
  it.each([
    ['reads are throttled', (at: World, seconds: number) => fails(at, 'read', THROTTLED, seconds)],
    ['reads are denied', (at: World, seconds: number) => fails(at, 'read', DENIED, seconds)],
  ])('is judged within a minute of the end: %s for 20 minutes', async (_name, begin) => {
    const at = world();
    const tries = begin(at, 20 * MINUTE);
    open(at);
    await expectClosedWithin(at, MINUTE, 20 * MINUTE);
    expect(Math.max(...gaps(tries))).toBeLessThanOrEqual(45);
    expect(at.parked).toEqual([]);
  });
});

describe('a worker that dies on an exposure', () => {
  /** Its calls to the world, from the first to the last before the rule is gone. */
  async function callsUntilClosed() {
    const at = world();
    open(at);
    await at.run(1);
    return at.calls.indexOf('ec2.revoke') + 1;
  }

  it('has been carried on from before a minute after its lease is over: 150 s, wherever it dies', async () => {
    const calls = await callsUntilClosed();
    expect(calls).toBeGreaterThan(5);
    for (let call = 1; call <= calls; call += 1) {
      const at = world();
      at.dieAt({ call, effect: 'before' });
      open(at);
      await at.run(10);
      expect(isOpen(at), `dead at call ${call}`).toBe(true);
      await at.run(140);
      expect(isOpen(at), `dead at call ${call}`).toBe(false);
    }
  });
});

describe('an exposure whose own message is gone', () => {
  it('is carried on by the wake-up, although a message for another call on its group tried it just before', async () => {
    const at = world();
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async () => {
      throw THROTTLED;
    };
    open(at);
    await at.run(100);
    at.loseMessages();
    const { key } = at.incident();
    at.interleave = async () => at.clock.advance(0.1);
    open(at, 2, 443);
    at.send('security-groups', { undrift: 'recheck', incident: key });
    await at.run(5);
    at.securityGroups.revoke = revoke;
    await at.run(MINUTE);
    expect(at.securityGroups.rulesOf(GROUP).map(({ fromPort }) => fromPort)).toEqual([443]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });
});

describe('150 groups that name a list which cannot be read, as another account shares it no more', () => {
  const MANY = 150;
  const LIST = 'pl-0123456789abcdef0';
  const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;

  function opened() {
    const at = new World(shippedPolicy('enforce'));
    for (let n = 0; n < MANY; n += 1) {
      const [id, group] = [ruleId(n), groupId(n)];
      at.securityGroups.addGroup({ id: group, name: `web-${n}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
      const source = { kind: 'prefix-list' as const, id: LIST };
      at.securityGroups.open({
        ...{ id, groupId: group, egress: false, protocol: 'tcp', fromPort: 22, toPort: 22, source, description: null },
      });
      at.send(
        'security-groups',
        authorize(at.clock.iso(), { id, groupId: group, fromPort: 22, toPort: 22, cidr: LIST }),
      );
    }
    return at;
  }
  const reads = (at: World) => at.calls.filter((call) => call === 'ec2.read').length;
  const stillOpen = (at: World) =>
    Array.from({ length: MANY }, (_, n) => groupId(n)).filter((id) => isOpen(at, id)).length;
  const readable = (at: World) =>
    at.network.setPrefixList({
      ...{ id: LIST, name: 'partner', ownerId: '999999999999', cidrs: ['0.0.0.0/0'], version: 2 },
    });

  it('cost fewer than fifteen reads each in an hour, once they are an hour old, and are closed within six minutes of being readable', async () => {
    const at = opened();
    await at.run(HOUR);
    const before = reads(at);
    await at.run(HOUR);
    expect((reads(at) - before) / MANY).toBeLessThan(15);
    expect(stillOpen(at)).toBe(MANY);
    readable(at);
    await at.run(6 * MINUTE);
    expect(stillOpen(at)).toBe(0);
  });

  it('are closed within 45 seconds of being readable while they are new', async () => {
    const at = opened();
    await at.run(5 * MINUTE);
    readable(at);
    await at.run(46);
    expect(stillOpen(at)).toBe(0);
  });
});
