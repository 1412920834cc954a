import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, Baseline } from '../../src/domain/estate.ts';
import { terminated } from '../fakes/fleet-world.ts';
import { changeUserData } from './events.ts';
import { type Death, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const OPTED_IN = { 'undrift:replace': 'allowed' };

function world(group: Partial<AutoScalingGroup> = {}, policy = shippedPolicy('enforce')) {
  const at = new World(policy);
  const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags: OPTED_IN, ...group }, BASELINE);
  return { at, ids, altered: ids[0] ?? '' };
}

/** Somebody edits the user data of an instance, and the event tells. */
function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  const event = changeUserData(at.clock.iso(), id);
  at.send('instances', event);
  return event;
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);
async function members(at: World, name = 'web') {
  const group = await at.fleet.group(name);
  return { desired: group?.desired, states: group?.members.map(({ lifecycleState }) => lifecycleState) };
}
const HEALTHY = { desired: 3, states: ['InService', 'InService', 'InService'] };

describe('an altered instance of a group that opted in', () => {
  it('is replaced once, and the incident closes when its successor is in service', async () => {
    const { at, altered, ids } = world();
    alter(at, altered);
    await at.run(30);
    expect(at.incident()).toMatchObject({ status: 'waiting' });
    expect(at.notifier.notices).toHaveLength(0);
    await at.run(300);
    expect(replaced(at)).toEqual([altered]);
    expect(await members(at)).toEqual(HEALTHY);
    const { status, closedBy, replacement } = at.incident();
    expect({ status, closedBy }).toEqual({ status: 'closed', closedBy: 'undrift' });
    expect(ids).not.toContain(replacement?.successor);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('is replaced once when its event comes three times, also after it is gone', async () => {
    const { at, altered } = world();
    const event = alter(at, altered);
    at.send('instances', event);
    await at.run(300);
    at.send('instances', event);
    await at.run(7200);
    expect(replaced(at)).toEqual([altered]);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.waiting).toBe(0);
  });

  it('is replaced also when the change was taken back before the event arrived: it may have run meanwhile', async () => {
    const { at, altered } = world();
    at.send('instances', changeUserData(at.clock.iso(), altered));
    at.clock.advance(20);
    at.send('instances', changeUserData(at.clock.iso(), altered));
    await at.run(600);
    expect(replaced(at)).toEqual([altered]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('waits for its turn: one at a time in a group', async () => {
    const budget = { perGroup: 1, perHour: 4 };
    const { at, ids } = world({}, shippedPolicy('enforce', { budget }));
    for (const id of ids) alter(at, id);
    let most = 0;
    for (let n = 0; n < 200; n++) {
      await at.run(10);
      const { states = [] } = await members(at);
      most = Math.max(most, 3 - states.filter((state) => state === 'InService').length);
    }
    expect(most).toBe(1);
    expect([...replaced(at)].sort()).toEqual([...ids].sort());
    expect(await members(at)).toEqual(HEALTHY);
    expect(at.ledger.incidents.every(({ status }) => status === 'closed')).toBe(true);
  });

  it('of a budget of nothing is held, never replaced', async () => {
    const budget = { perGroup: 0, perHour: 10 };
    const { at, altered } = world({}, shippedPolicy('enforce', { budget }));
    alter(at, altered);
    await at.run(7200);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'budget' });
    expect(at.notifier.notices).toHaveLength(1);
  });

  it.each([1, 2])('has a successor of its own, also where two are replaced at once, by %i workers', async (workers) => {
    const budget = { perGroup: 2, perHour: 10 };
    const { at, ids } = world({ desired: 4 }, shippedPolicy('enforce', { budget }));
    at.concurrency = workers;
    for (const id of ids.slice(0, 2)) alter(at, id);
    await at.run(600);
    const successors = at.ledger.incidents.map(({ replacement }) => replacement?.successor);
    expect(new Set(successors).size).toBe(2);
    expect(successors).not.toContain(null);
  });

  it('is not paired with a successor that took the place of another', async () => {
    const { at, altered } = world();
    const newcomer = 'i-00000000000000004';
    await at.ledger.releaseSlot({
      group: 'web',
      instanceId: 'i-0aaaaaaaaaaaaaaaa',
      incidentKey: 'another',
      successor: newcomer,
    });
    alter(at, altered);
    await at.run(600);
    expect((await at.fleet.group('web'))?.members.map(({ id }) => id)).toContain(newcomer);
    expect(at.incident()).toMatchObject({ status: 'closed', replacement: { successor: null } });
  });

  it('keeps its slot as long as it is out, and gives it back when it is replaced', async () => {
    const { at, altered, ids } = world();
    at.fleet.terminationHangs = true;
    alter(at, altered);
    const now = at.clock.iso();
    const severity = 'high' as const;
    const other = { group: 'web', instanceId: ids[1] ?? '', incidentKey: 'other', perGroup: 1, perHour: 10, severity };
    await at.run(2 * 3600);
    const until = '2026-03-01T23:00:00.000Z';
    expect(await at.ledger.takeSlot({ ...other, now: at.clock.iso(), until })).toMatchObject({ kind: 'full' });
    at.fleet.change((state) => terminated(state, altered));
    await at.run(600);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(await at.ledger.takeSlot({ ...other, now, until })).toEqual({ kind: 'taken' });
  });

  it('is tried again, and people are told, when the call had no effect', async () => {
    const { at, altered } = world();
    const real = at.fleet.replace.bind(at.fleet);
    let calls = 0;
    at.fleet.replace = async (id, how) => {
      calls += 1;
      return calls === 1 ? { requestId: 'without-effect' } : real(id, how);
    };
    alter(at, altered);
    await at.run(900);
    expect(calls).toBe(2);
    expect(await members(at)).toEqual(HEALTHY);
    expect(at.notifier.subjects).toEqual([expect.stringContaining('Needs you'), expect.stringContaining('Replaced')]);
  });

  it('escalates once when no successor comes in time', async () => {
    const { at, altered } = world();
    at.fleet.launchSeconds = 30 * 86_400;
    alter(at, altered);
    await at.run(3 * 86_400);
    expect(replaced(at)).toEqual([altered]);
    expect(at.incident()).toMatchObject({ status: 'waiting' });
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('is told of once, then daily, while a hook or a lifecycle policy keeps it alive', async () => {
    const { at, altered } = world();
    at.fleet.terminationHangs = true;
    alter(at, altered);
    await at.run(10 * 60);
    expect(at.notifier.notices).toHaveLength(0);
    await at.run(6 * 3600);
    expect(at.notifier.subjects).toEqual([expect.stringContaining('Needs you')]);
    at.fleet.alterMember(altered, { lifecycleState: 'Terminating:Retained' });
    await at.run(3 * 86_400);
    expect(at.notifier.notices).toHaveLength(4);
    expect(at.incident().outcome).toMatchObject({ why: expect.stringContaining(`${altered} still runs`) });
    at.fleet.change((state) => terminated(state, altered));
    await at.run(600);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(at.notifier.notices).toHaveLength(5);
  });

  it('is told of at once when it is retained', async () => {
    const { at, altered } = world();
    at.fleet.terminationHangs = true;
    alter(at, altered);
    await at.run(30);
    at.fleet.alterMember(altered, { lifecycleState: 'Terminating:Retained' });
    await at.run(120);
    expect(at.notifier.notices).toHaveLength(1);
  });
});

/** A maintenance policy by which Auto Scaling launches before it terminates. */
const FIRST = { minHealthy: 100, maxHealthy: 200 };

describe('where the group launches first', () => {
  it('a group of one is replaced without ever having none in service', async () => {
    const { at, altered } = world({ desired: 1, maintenance: FIRST });
    alter(at, altered);
    let least = 1;
    for (let second = 0; second < 400; second += 1) {
      await at.run(1);
      const { states = [] } = await members(at);
      least = Math.min(least, states.filter((state) => state === 'InService').length);
    }
    expect(least).toBe(1);
    expect(replaced(at)).toEqual([altered]);
    expect(await members(at)).toEqual({ desired: 1, states: ['InService'] });
    expect(await at.fleet.state(altered)).toBe('terminated');
    const { status, closedBy, replacement } = at.incident();
    expect({ status, closedBy }).toEqual({ status: 'closed', closedBy: 'undrift' });
    expect(replacement?.successor).toBe((await at.fleet.group('web'))?.members[0]?.id);
  });

  it('the same group has an outage when it is terminated first', async () => {
    const { at, altered } = world({ desired: 1, maintenance: FIRST });
    await at.fleet.replace(altered, 'terminate-first');
    expect((await members(at)).states).not.toContain('InService');
  });

  it('it escalates once when the successor does not come, and the altered one serves meanwhile', async () => {
    const { at, altered } = world({ maintenance: FIRST });
    at.fleet.launchSeconds = 30 * 86_400;
    alter(at, altered);
    await at.run(2 * 86_400);
    expect(replaced(at)).toEqual([altered]);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.incident().outcome).toMatchObject({ why: expect.stringContaining('marked unhealthy') });
    expect((await members(at)).states?.filter((state) => state === 'InService')).toHaveLength(3);
  });

  it('it acts again when the mark had no effect', async () => {
    const { at, altered } = world({ maintenance: FIRST });
    const real = at.fleet.replace.bind(at.fleet);
    const orders: string[] = [];
    at.fleet.replace = async (id, how) => {
      orders.push(how);
      return orders.length === 1 ? { requestId: 'without-effect' } : real(id, how);
    };
    alter(at, altered);
    await at.run(900);
    expect(orders).toEqual(['launch-first', 'launch-first']);
    expect(await members(at)).toEqual(HEALTHY);
  });

  it('with ReplaceUnhealthy suspended it terminates first, which a group of one is held for', async () => {
    const suspended = { maintenance: FIRST, suspendedProcesses: ['ReplaceUnhealthy'] };
    const three = world(suspended);
    alter(three.at, three.altered);
    await three.at.run(600);
    expect(three.at.fleet.callsOf('replace').map(({ args }) => args)).toEqual([[three.altered, 'terminate-first']]);
    expect(await members(three.at)).toEqual(HEALTHY);
    const one = world({ ...suspended, desired: 1 });
    alter(one.at, one.altered);
    await one.at.run(600);
    expect(replaced(one.at)).toEqual([]);
    expect(one.at.incident()).toMatchObject({ status: 'held', guard: 'single-instance' });
  });
});

describe('what is held', () => {
  const cases: [string, Partial<AutoScalingGroup>, string][] = [
    ['a group without the tag', { tags: {} }, 'not-opted-in'],
    ['a group with another value of the tag', { tags: { 'undrift:replace': 'no' } }, 'not-opted-in'],
    ['Launch suspended', { suspendedProcesses: ['Launch'] }, 'launch-suspended'],
    ['Terminate suspended', { suspendedProcesses: ['Terminate'] }, 'launch-suspended'],
    ['a refresh running', { refreshRunning: true }, 'refresh-running'],
    ['a group of one', { desired: 1 }, 'single-instance'],
    [
      'a group of one that keeps less than all healthy',
      { desired: 1, maintenance: { minHealthy: 90, maxHealthy: 110 } },
      'single-instance',
    ],
    [
      'Launch suspended where the successor comes first',
      { suspendedProcesses: ['Launch'], maintenance: FIRST },
      'launch-suspended',
    ],
  ];
  it.each(cases)('%s: reported once, nothing replaced', async (_what, group, guard) => {
    const { at, altered } = world(group);
    alter(at, altered);
    await at.run(4 * 3600);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard });
    expect(at.notifier.notices).toHaveLength(1);
  });

  it.each([
    [{ kind: 'broken', why: 'the image ami-1 is not there (any more)' }, 'launch-suspended'],
    [{ kind: 'unread', why: 'this role may not call ec2:DescribeImages' }, 'unreadable'],
  ] as const)('a launch that is found %j, and replaced when it is mended', async (launch, guard) => {
    const { at, altered } = world();
    at.fleet.launch = launch;
    alter(at, altered);
    await at.run(4 * 3600);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard });
    expect(at.notifier.notices).toHaveLength(1);
    at.fleet.launch = { kind: 'ready' };
    await at.run(1800);
    expect(replaced(at)).toEqual([altered]);
  });

  it('is not looked at for its launch while it is only observed', async () => {
    const { at, altered } = world({}, shippedPolicy('observe'));
    alter(at, altered);
    await at.run(3600);
    expect(at.fleet.callsOf('launchCheck')).toEqual([]);
  });

  it('is replaced once the guard no longer objects', async () => {
    const { at, altered } = world({ refreshRunning: true });
    alter(at, altered);
    await at.run(200);
    at.fleet.alterGroup('web', { refreshRunning: false });
    await at.run(600);
    expect(replaced(at)).toEqual([altered]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('closes without us when somebody else terminates the instance', async () => {
    const { at, altered } = world({ tags: {} });
    alter(at, altered);
    await at.run(60);
    await at.fleet.replace(altered, 'terminate-first');
    await at.run(2 * 3600);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'vanished' });
  });

  it('an instance of no group is reported, never terminated', async () => {
    const { at, altered } = world();
    const estate = await at.fleet.read({ type: 'instance', id: altered });
    if (estate.kind !== 'instance') throw new Error('no instance');
    at.fleet.addInstance({ ...estate.instance, id: 'i-0aaaaaaaaaaaaaaa1' });
    at.send('instances', changeUserData(at.clock.iso(), 'i-0aaaaaaaaaaaaaaa1'));
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'not-opted-in', decision: { remediation: null } });
  });
});

describe('a worker that dies', () => {
  it.each([
    ['terminates first', {}],
    ['launches first', { maintenance: FIRST }],
  ])('at any call, before or after its effect, replaces once and tells once: %s', async (_how, group) => {
    const { at: model, altered: first } = world(group);
    alter(model, first);
    await model.run(30);
    const calls = [...model.calls];
    expect(calls).toContain('fleet.replace');
    for (const [index, name] of calls.entries()) {
      for (const effect of ['before', 'after'] as const) {
        const death: Death = { call: index + 1, effect };
        const { at, altered } = world(group);
        at.dieAt(death);
        alter(at, altered);
        await at.run(3600);
        const where = `${effect} ${name} (${index + 1})`;
        expect(await members(at), where).toEqual(HEALTHY);
        const terminated = at.fleet.callsOf('state').length > 0 && (await at.fleet.state(altered)) === 'terminated';
        expect(terminated, where).toBe(true);
        expect(new Set(replaced(at)), where).toEqual(new Set([altered]));
        expect(at.incident(), where).toMatchObject({ status: 'closed', closedBy: 'undrift' });
        expect(at.notifier.notices.length, where).toBe(1);
        expect(at.waiting, where).toBe(0);
        // Its slot is free again: the next one gets it.
        alter(at, (await at.fleet.group('web'))?.members[0]?.id ?? '');
        await at.run(600);
        expect(replaced(at).length, where).toBeGreaterThan(1);
      }
    }
  });
});
