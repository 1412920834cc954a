import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import { authorize, changeUserData } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
const THROTTLED = new Retryable('ssm:GetParameter cannot be answered now (ThrottlingException): Rate exceeded');

/** Somebody opens SSH of a new group. */
function open(at: World, n: number): void {
  at.securityGroups.addGroup({ id: groupId(n), name: `group ${n}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.securityGroups.open({
    id: ruleId(n),
    groupId: groupId(n),
    egress: false,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    description: null,
  });
  const opened = { id: ruleId(n), groupId: groupId(n), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
  at.send('security-groups', authorize(at.clock.iso(), opened));
}

const isOpen = (at: World, n: number) => at.securityGroups.rulesOf(groupId(n)).length > 0;
const told = (at: World, outcome: string) =>
  at.notifier.notices.filter(({ notice }) => notice.attributes.outcome === outcome).length;
const pauseUntil = (at: World, until: string) => ({ until, reason: 'maintenance', by: 'kim', at: at.clock.iso() });

/** A deployment that has been running for a minute: the copy of the flag is there. */
async function running() {
  const at = new World(shippedPolicy('enforce'));
  await at.run(60);
  return at;
}

/** SSM answers nobody, and the copy is no longer young. */
async function unreadable() {
  const at = await running();
  at.pause.failing = THROTTLED;
  await at.run(240);
  return at;
}

describe('while SSM throttles', () => {
  it('an opened port is closed at once by the copy, and SSM is not asked by a worker', async () => {
    const at = await running();
    at.pause.failing = THROTTLED;
    const asked = at.pause.callsOf('read').length;
    for (let n = 1; n <= 50; n++) open(at, n);
    await at.run(1);
    for (let n = 1; n <= 50; n++) expect(isOpen(at, n)).toBe(false);
    expect(at.pause.callsOf('read')).toHaveLength(asked);
  });

  it('for half an hour, an opened port is closed at once all the same, and people are notified once, and when it is over', async () => {
    const at = await unreadable();
    open(at, 1);
    await at.run(1);
    expect(isOpen(at, 1)).toBe(false);
    await at.run(1800);
    expect(told(at, 'pause-unreadable')).toBe(1);
    at.pause.failing = null;
    await at.run(120);
    expect(told(at, 'pause-readable')).toBe(1);
  });

  it('a flood asks SSM once in five seconds at most', async () => {
    const at = await unreadable();
    const asked = at.pause.callsOf('read').length;
    for (let n = 1; n <= 200; n++) open(at, n);
    await at.run(1);
    for (let n = 1; n <= 200; n++) expect(isOpen(at, n)).toBe(false);
    expect(at.pause.callsOf('read').length - asked).toBe(1);
  });

  it('a port stays open where the last known value says stop, and is closed when undrift is resumed', async () => {
    const at = await running();
    at.pause.text = 'stopped';
    await at.run(1);
    at.pause.failing = THROTTLED;
    await at.run(3600);
    open(at, 1);
    await at.run(600);
    expect(isOpen(at, 1)).toBe(true);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
    at.pause.failing = null;
    at.pause.set(null);
    await at.run(60);
    expect(isOpen(at, 1)).toBe(false);
  });

  it('a pause that ends meanwhile is over at its end', async () => {
    const at = await running();
    at.pause.set(pauseUntil(at, '2026-03-01T12:30:00.000Z'));
    await at.run(1);
    at.pause.failing = THROTTLED;
    open(at, 1);
    await at.run(1700);
    expect(isOpen(at, 1)).toBe(true);
    await at.run(300);
    expect(isOpen(at, 1)).toBe(false);
  });

  it('no instance is replaced: it is held as unreadable, and replaced when the flag can be read', async () => {
    const at = await unreadable();
    const baseline: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
    const tags = { 'undrift:replace': 'allowed' };
    const [id = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 4, tags }, baseline);
    at.fleet.alter(id, { userData: 'changed' });
    at.send('instances', changeUserData(at.clock.iso(), id));
    await at.run(300);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'unreadable' });
    expect(at.fleet.callsOf('replace')).toEqual([]);
    at.pause.failing = null;
    await at.run(180);
    expect(at.fleet.callsOf('replace')).toHaveLength(1);
  });

  it('a pause by the commands is in force at once, as they write the copy', async () => {
    const at = await running();
    at.pause.failing = THROTTLED;
    await at.copy.write(await at.pause.write(pauseUntil(at, '2026-03-01T14:00:00.000Z')));
    open(at, 1);
    await at.run(600);
    expect(isOpen(at, 1)).toBe(true);
  });
});

describe('a copy that does not count', () => {
  it.each([
    ['is missing', null],
    ['is old', { value: '{"paused":false}', version: 1, readAt: '2026-03-01T11:00:00.000Z' }],
    ['is of the future', { value: '{"paused":false}', version: 1, readAt: '2026-03-01T13:00:00.000Z' }],
  ])('as it %s lets SSM decide', async (_case, copied) => {
    const at = new World(shippedPolicy('enforce'));
    at.pause.changed = () => {};
    at.pause.text = 'stopped';
    at.copy.stored = copied;
    open(at, 1);
    await at.run(1);
    expect(isOpen(at, 1)).toBe(true);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
  });

  it('as the parameter was deleted: a port is closed, and a new value counts within a few minutes', async () => {
    const at = await running();
    at.pause.text = null;
    await at.run(240);
    open(at, 1);
    await at.run(1);
    expect(isOpen(at, 1)).toBe(false);
    at.pause.text = 'stopped';
    await at.run(1);
    open(at, 2);
    await at.run(60);
    expect(isOpen(at, 2)).toBe(true);
  });
});

describe('a pause', () => {
  it.each(['stopped', '', 'null', '{"paused":true}', '{"paused":true,"until":"2026-03-09T00:00:00Z"}'])(
    'by the value %j stops everything without an end, and nothing is dead-lettered',
    async (value) => {
      const at = await running();
      at.pause.text = value;
      await at.run(1);
      open(at, 1);
      await at.run(13 * 3600);
      expect(isOpen(at, 1)).toBe(true);
      expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
      expect(at.incident().decision.reason).toContain('stopped, without an end');
      expect([at.parked, at.waiting]).toEqual([[], 0]);
      at.pause.set(null);
      await at.run(60);
      expect(isOpen(at, 1)).toBe(false);
    },
  );

  it('that begins between the decision and the act holds the act', async () => {
    const at = await running();
    const lookAround = at.securityGroups.lookAround.bind(at.securityGroups);
    at.securityGroups.lookAround = async (estate) => {
      at.copy.stored = { value: 'stopped', version: 9, readAt: at.clock.iso() };
      return lookAround(estate);
    };
    const reads = at.securityGroups.read.bind(at.securityGroups);
    at.securityGroups.read = async (id) => {
      at.copy.stored = { value: 'stopped', version: 9, readAt: at.clock.iso() };
      return reads(id);
    };
    open(at, 1);
    await at.run(1);
    expect(isOpen(at, 1)).toBe(true);
    expect(at.securityGroups.callsOf('revoke')).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused', attempts: [] });
  });

  it('that ends by itself lets what it held go on within the minute', async () => {
    const at = await running();
    at.pause.set(pauseUntil(at, '2026-03-01T12:20:00.000Z'));
    await at.run(1);
    open(at, 1);
    await at.run(1138);
    expect(isOpen(at, 1)).toBe(true);
    await at.run(62);
    expect(isOpen(at, 1)).toBe(false);
  });

  it('that lasted a moment, and was over before the scheduler saw it, leaves nothing on hold', async () => {
    const at = await running();
    at.copy.stored = { value: 'stopped', version: 1, readAt: at.clock.iso() };
    open(at, 1);
    await at.run(1);
    expect(isOpen(at, 1)).toBe(true);
    await at.run(120);
    expect(isOpen(at, 1)).toBe(false);
  });
});

describe('groups that are opened all at once', () => {
  const stillOpen = (at: World, count: number) =>
    Array.from({ length: count }, (_, n) => n + 1).filter((n) => isOpen(at, n)).length;

  it('a thousand, while stopped and SSM throttles, stay as they are, and all are closed within minutes of the resume', async () => {
    const at = await running();
    at.pause.text = 'stopped';
    await at.run(1);
    at.pause.failing = THROTTLED;
    for (let n = 1; n <= 1000; n++) open(at, n);
    await at.run(300);
    expect(stillOpen(at, 1000)).toBe(1000);
    at.pause.failing = null;
    at.pause.set(null);
    await at.run(60);
    expect(stillOpen(at, 1000)).toBe(0);
    expect(at.errors).toEqual([]);
  }, 120_000);

  it('of which half are dealt with when an operator stops undrift: none is closed from then on', async () => {
    const at = await running();
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    let revoked = 0;
    at.securityGroups.revoke = async (...args: Parameters<typeof revoke>) => {
      revoked += 1;
      // The event of the change reaches the scheduler, which copies the value, while the flood goes on.
      if (revoked === 100) at.copy.stored = { value: 'stopped', version: 9, readAt: at.clock.iso() };
      return revoke(...args);
    };
    for (let n = 1; n <= 200; n++) open(at, n);
    await at.run(30);
    expect(stillOpen(at, 200)).toBe(100);
  });

  it('while SNS fails and the pause flag cannot be read are closed, and each is notified within ten minutes of SNS working again', async () => {
    const at = await unreadable();
    const publish = at.notifier.publish.bind(at.notifier);
    let failing = true;
    at.notifier.publish = async (...args: Parameters<typeof publish>) => {
      if (failing) throw new Retryable('sns:Publish cannot be answered now');
      return publish(...args);
    };
    for (let n = 1; n <= 220; n++) open(at, n);
    await at.run(300);
    expect(stillOpen(at, 220)).toBe(0);
    failing = false;
    await at.run(600);
    const named = new Set(at.notifier.notices.flatMap(({ notice }) => /sg-\d{17}/.exec(notice.text)?.[0] ?? []));
    expect(named.size).toBe(220);
    expect(at.parked).toEqual([]);
  }, 120_000);
});
