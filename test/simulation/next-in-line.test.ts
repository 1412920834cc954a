import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { call, changeUserData } from './events.ts';
import { type Death, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const LAUNCH_SECONDS = 95;

/** A group whose successors take more than a minute, so that they come between two ticks of the recheck. */
function fleetOf(desired: number, perGroup: number, change: Partial<Policy> = {}) {
  const at = new World(shippedPolicy('enforce', { budget: { perGroup, perHour: 1000 }, ...change }));
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired, max: desired * 2, tags }, BASELINE);
  at.fleet.launchSeconds = LAUNCH_SECONDS;
  return { at, ids };
}

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

function regroup(at: World, id: string) {
  at.fleet.alter(id, { securityGroupIds: ['sg-9'] });
  const requestParameters = { instanceId: id, groupSet: { items: [{ groupId: 'sg-9' }] } };
  at.send('instances', call('ModifyInstanceAttribute', at.clock.iso(), { requestParameters }));
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));
const open = (at: World) => at.ledger.incidents.filter(({ status }) => status !== 'closed');
const of = (at: World, id: string): Incident | undefined =>
  at.ledger.incidents.find(({ resource }) => resource.id === id);
const startedAt = (at: World, id: string) => of(at, id)?.replacement?.startedAt;
const serving = async (at: World) =>
  (await at.fleet.group('web'))?.members.filter((it) => it.lifecycleState === 'InService' && it.healthy) ?? [];

/** Lets time pass until nothing is open; Auto Scaling tells of each launch, as it does. Says how many were out at most. */
async function finish(at: World, desired: number, atMost = 7200) {
  let [most, seconds, known] = [0, 0, ''];
  for (; seconds < atMost && open(at).length + at.waiting > 0; seconds += 5) {
    await at.run(5);
    const now = await serving(at);
    most = Math.max(most, desired - now.length);
    const ids = now.map(({ id }) => id).join();
    if (ids !== known) await at.recheck('web');
    known = ids;
  }
  return { most, seconds };
}

describe('a slot that comes free', () => {
  it('goes to the next at once: fifty with a budget of five take ten launches, and hardly more', async () => {
    const { at, ids } = fleetOf(50, 5);
    for (const id of ids) alter(at, id);
    const { most, seconds } = await finish(at, 50);
    // When each waited for its next look it was 1180 s: ten times the next full two minutes.
    expect(seconds).toBeLessThanOrEqual(10 * (LAUNCH_SECONDS + 5));
    expect(most).toBe(5);
    expect(replaced(at).toSorted()).toEqual([...ids].toSorted());
    const begun = new Set(at.ledger.incidents.map((it) => it.replacement?.startedAt));
    expect(begun.size).toBe(10);
  });

  it('goes to the worst, and of these to the one that waits longest', async () => {
    const instanceRules = {
      ...shippedPolicy('enforce').instanceRules,
      'volume-attached': { mode: 'enforce' },
    } as const;
    const { at, ids } = fleetOf(6, 1, { instanceRules });
    const [first = '', low = '', longest = '', shorter = ''] = ids;
    const volume = { volumeId: 'vol-0123456789abcdef0', device: '/dev/sdf' };
    const attached = { instanceId: low, ...volume };
    alter(at, first);
    await at.run(2);
    at.send(
      'instances',
      call('AttachVolume', at.clock.iso(), { requestParameters: attached, responseElements: attached }),
    );
    await at.run(10);
    for (const id of [longest, shorter]) {
      alter(at, id);
      await at.run(10);
    }
    await finish(at, 6);
    expect(replaced(at)).toEqual([first, longest, shorter, low]);
    for (const [before = '', after = ''] of [
      [first, longest],
      [longest, shorter],
      [shorter, low],
    ]) {
      expect(startedAt(at, after)).toBe(of(at, before)?.closedAt);
    }
  });

  it('goes on past a rule that has a budget of nothing', async () => {
    const budgets = [{ instances: 0, select: null, reasons: ['security-groups-changed'], window: null }];
    const { at, ids } = fleetOf(5, 1, { budgets });
    const [first = '', frozen = '', next = ''] = ids;
    regroup(at, frozen);
    await at.run(1);
    for (const id of [first, next]) alter(at, id);
    await finish(at, 5, LAUNCH_SECONDS + 10);
    expect(startedAt(at, next)).toBe(of(at, first)?.closedAt);
    expect(of(at, frozen)).toMatchObject({ status: 'held', guard: 'budget' });
  });

  it('goes on past an instance that is being replaced for something else', async () => {
    const { at, ids } = fleetOf(5, 2);
    // It serves until its successor does, and is judged like any other meanwhile.
    at.fleet.alterGroup('web', { maintenance: { minHealthy: 100, maxHealthy: 110 } });
    const [first = '', twice = '', next = ''] = ids;
    alter(at, first);
    await at.run(30);
    regroup(at, twice);
    await at.run(1);
    for (const id of [twice, next]) {
      alter(at, id);
      await at.run(5);
    }
    await finish(at, 5, LAUNCH_SECONDS - 5);
    const both = at.ledger.incidents.filter(({ resource }) => resource.id === twice);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['held', 'waiting']);
    expect(startedAt(at, next)).toBe(of(at, first)?.closedAt);
  });

  it('goes to nobody when there is no time for it: the recheck does it', async () => {
    const { at, ids } = fleetOf(5, 1);
    for (const id of ids.slice(0, 2)) alter(at, id);
    await at.run(LAUNCH_SECONDS + 1);
    const [first = '', second = ''] = ids;
    const release = at.ledger.releaseSlot.bind(at.ledger);
    at.ledger.releaseSlot = async (it) => {
      at.remaining = 23_999;
      return release(it);
    };
    await at.recheck('web');
    await at.run(1);
    expect(of(at, first)?.status).toBe('closed');
    expect(replaced(at)).toEqual([first]);
    at.remaining = 60_000;
    await at.run(120);
    expect(replaced(at)).toEqual([first, second]);
  });

  it.each([
    ['another worker is at the next one', null],
    ['the world cannot be read', new Retryable('throttled')],
  ])('is no trouble for its message when %s', async (_why, error) => {
    const { at, ids } = fleetOf(5, 1);
    const [first = '', second = ''] = ids;
    for (const id of [first, second]) alter(at, id);
    await at.run(LAUNCH_SECONDS + 1);
    const release = at.ledger.releaseSlot.bind(at.ledger);
    at.ledger.releaseSlot = async (it) => {
      const next = of(at, second);
      if (error !== null) at.fleet.failNext(error, 'read');
      else if (next !== undefined && next.leaseUntil === null) {
        const leaseUntil = new Date(at.clock.now().getTime() + 90_000).toISOString();
        await at.ledger.put({ ...next, leaseUntil, dueAt: leaseUntil });
      }
      return release(it);
    };
    await at.recheck('web');
    await at.run(1);
    expect(of(at, first)?.status).toBe('closed');
    expect([at.waiting, replaced(at)]).toEqual([0, [first]]);
    at.ledger.releaseSlot = release;
    await finish(at, 5);
    expect(replaced(at)).toEqual([first, second]);
  });
});

describe('a worker that dies', () => {
  /** Three altered, one at a time; the successor of the first has just come, and nobody has looked yet. */
  async function start() {
    const { at, ids } = fleetOf(5, 1);
    const altered = ids.slice(0, 3);
    for (const id of altered) alter(at, id);
    await at.run(LAUNCH_SECONDS + 1);
    await at.recheck('web');
    return { at, altered };
  }

  it('at any call, before or after its effect, with the slot it frees: each is replaced once, one at a time', async () => {
    const model = await start();
    model.at.calls = [];
    await model.at.run(1);
    const calls = [...model.at.calls];
    expect(calls.indexOf('fleet.replace')).toBeGreaterThan(calls.indexOf('ledger.releaseSlot'));
    for (const [index, name] of calls.entries()) {
      for (const effect of ['before', 'after'] as const) {
        const { at, altered } = await start();
        const death: Death = { call: index + 1, effect };
        at.dieAt(death);
        const { most } = await finish(at, 5);
        const where = `${effect} ${name} (${index + 1})`;
        expect(replaced(at).toSorted(), where).toEqual([...altered].toSorted());
        expect(most, where).toBe(1);
        expect([open(at).length, at.waiting], where).toEqual([0, 0]);
      }
    }
  });

  it('right after it gave the slot back: the recheck wakes the next within two minutes', async () => {
    const { at, altered } = await start();
    const model = await start();
    model.at.calls = [];
    await model.at.run(1);
    at.dieAt({ call: model.at.calls.indexOf('ledger.releaseSlot') + 1, effect: 'after' });
    await at.run(1);
    expect(replaced(at)).toEqual(altered.slice(0, 1));
    await at.run(119);
    expect(replaced(at)).toEqual(altered.slice(0, 2));
  });

  it('after it closed the incident, and before it gave the slot back: the recheck does', async () => {
    const { at, altered } = await start();
    const model = await start();
    model.at.calls = [];
    await model.at.run(1);
    at.dieAt({ call: model.at.calls.indexOf('ledger.releaseSlot') + 1, effect: 'before' });
    // The closed incident is due until that is done; the lease of the slot would last for twenty minutes.
    await at.run(150);
    expect(replaced(at)).toEqual(altered.slice(0, 2));
  });
});

describe('two workers', () => {
  it('that free a slot each at the same moment give each to one, and none to two', async () => {
    const { at, ids } = fleetOf(12, 2);
    at.concurrency = 2;
    for (const id of ids) alter(at, id);
    const { most, seconds } = await finish(at, 12);
    expect(replaced(at).toSorted()).toEqual([...ids].toSorted());
    expect(most).toBe(2);
    expect(seconds).toBeLessThanOrEqual(6 * (LAUNCH_SECONDS + 5));
    expect(new Set(at.notifier.subjects.filter((it) => it.includes('Replaced'))).size).toBe(12);
  });
});
