import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, Baseline } from '../../src/domain/estate.ts';
import { Refused } from '../../src/roles.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const TARGETS = [{ kind: 'target-group', arn: 'arn:aws:elasticloadbalancing:::targetgroup/web/1' }] as const;
const WARM_UP = { seconds: 600, setting: 'HealthCheckGracePeriod' } as const;
const START = Date.parse('2026-03-01T12:00:00.000Z');
/** Termination and launch of a replacement run side by side. */
const LAUNCH = 60;

function fleetOf(given: Partial<AutoScalingGroup> = {}, perGroup = 1) {
  const at = new World(shippedPolicy('enforce', { budget: { perGroup, perHour: 1000 } }));
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 9, tags, warmUp: WARM_UP, ...given }, BASELINE);
  return { at, ids };
}

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));
const of = (at: World, id: string) => at.ledger.incidents.find(({ resource }) => resource.id === id);
/** Seconds from the start to the act on each, in the order of the acts. */
const acted = (at: World, ids: readonly string[]) =>
  ids
    .map((id) => (Date.parse(of(at, id)?.replacement?.startedAt ?? '') - START) / 1000)
    .filter((seconds) => !Number.isNaN(seconds));
const texts = (at: World, word: string) =>
  at.notifier.notices
    .filter(({ notice }) => notice.subject.includes(word))
    .map(({ notice }) => notice.text.replaceAll(/\s+/g, ' '));

describe('a replacement that warms up', () => {
  it('keeps the slot: of three at once with a grace period of 600 s, each leaves 600 s after the last came', async () => {
    const { at, ids } = fleetOf();
    for (const id of ids) alter(at, id);
    await at.run(2400);
    const [first = 0, second = 0, third = 0, ...none] = acted(at, ids);
    expect(none).toEqual([]);
    for (const gap of [second - first, third - second]) {
      expect(gap).toBeGreaterThanOrEqual(LAUNCH + WARM_UP.seconds);
      // The scheduler runs once a minute, and wakes a closed incident whose replacement is due.
      expect(gap).toBeLessThanOrEqual(LAUNCH + WARM_UP.seconds + 150);
    }
  });

  it('closes its incident when it is in service, and the notification says until when it counts as out', async () => {
    const { at, ids } = fleetOf();
    alter(at, ids[0] ?? '');
    await at.run(180);
    const incident = at.incident();
    expect(incident).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    const { since = '', until } = incident.replacement?.warmUp ?? {};
    expect(until).toBe(new Date(Date.parse(since) + 600_000).toISOString());
    const [text] = texts(at, 'Replaced');
    expect(text).toContain('warms up until 2026-03-01 12:1');
    expect(text).toContain('(HealthCheckGracePeriod of the group). Until then it counts as out in the budget.');
    await at.run(900);
    expect(at.incident()).toMatchObject({ status: 'closed', dueAt: null });
    expect(await at.ledger.groupRecords('web')).toMatchObject({ holders: [], warming: [] });
  });

  it('counts from when it was first seen in service, though the modified instance takes longer to go', async () => {
    const { at, ids } = fleetOf();
    at.fleet.terminateSeconds = 500;
    for (const id of ids.slice(0, 2)) alter(at, id);
    await at.run(1000);
    const [first = 0, second = 0] = acted(at, ids);
    expect(second - first).toBeGreaterThanOrEqual(LAUNCH + WARM_UP.seconds);
    expect(second - first).toBeLessThanOrEqual(LAUNCH + WARM_UP.seconds + 150);
  });

  it('counts once: a budget of two lets a second one go meanwhile, and no third', async () => {
    const { at, ids } = fleetOf({}, 2);
    alter(at, ids[0] ?? '');
    await at.run(180);
    for (const id of ids.slice(1)) alter(at, id);
    await at.run(300);
    expect(replaced(at)).toEqual(ids.slice(0, 2));
  });

  it('does not hold itself: modified while it warms up, it is replaced, and counts once', async () => {
    const { at, ids } = fleetOf();
    alter(at, ids[0] ?? '');
    await at.run(180);
    const successor = at.incident().replacement?.successor ?? '';
    alter(at, successor);
    await at.run(30);
    expect(replaced(at)).toEqual([ids[0], successor]);
    alter(at, ids[1] ?? '');
    await at.run(300);
    expect(replaced(at)).toHaveLength(2);
  });

  it.each([
    ['AWS refuses to replace it', 'fleet.replace', (at: World) => at.fleet.failNext(new Refused('denied'), 'replace')],
    [
      'the worker dies that has a slot for it',
      'ledger.takeSlot',
      (at: World) => at.dieAt({ call: 12, effect: 'after' }),
    ],
  ])('counts still when it is modified as well, and %s', async (_what, last, fault) => {
    const { at, ids } = fleetOf({ warmUp: { seconds: 3000, setting: 'DefaultInstanceWarmup' } });
    alter(at, ids[0] ?? '');
    await at.run(180);
    const successor = at.incident().replacement?.successor ?? '';
    fault(at);
    at.calls = [];
    alter(at, successor);
    await at.run(1);
    expect(at.calls.filter((call) => ['ledger.takeSlot', 'fleet.replace'].includes(call)).at(-1)).toBe(last);
    // Nothing is tried again until the slot of its own has ended.
    at.policy = { ...at.policy, mode: 'observe' };
    await at.run(1500);
    at.policy = { ...at.policy, mode: 'enforce' };
    alter(at, ids[1] ?? '');
    await at.run(1);
    expect(replaced(at)).not.toContain(ids[1]);
  });

  it('that a scale-out added does not count', async () => {
    const { at, ids } = fleetOf();
    at.fleet.alterGroup('web', { desired: 4 });
    await at.run(90);
    alter(at, ids[0] ?? '');
    await at.run(5);
    expect(replaced(at)).toEqual([ids[0]]);
  });

  it('that Auto Scaling put in the place of an unhealthy peer counts as out', async () => {
    const { at, ids } = fleetOf();
    const came = at.clock.iso();
    at.fleet.launch = {
      kind: 'ready',
      turnover: { came: [{ id: ids[2] ?? '', at: came }], went: [{ id: 'i-9', at: came }] },
    };
    alter(at, ids[0] ?? '');
    await at.run(500);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'unhealthy-peers' });
    await at.run(300);
    expect(replaced(at)).toEqual([ids[0]]);
  });

  it.each([
    ['dies', (at: World, id: string) => at.fleet.alterMember(id, { healthy: false })],
    ['leaves the group', (at: World, id: string) => at.fleet.alterMember(id, { lifecycleState: 'Standby' })],
  ])('that %s gives its slot back, and is missing by itself', async (_what, end) => {
    const { at, ids } = fleetOf({ desired: 5 }, 2);
    alter(at, ids[0] ?? '');
    await at.run(180);
    end(at, at.incident().replacement?.successor ?? '');
    await at.run(700);
    expect(await at.ledger.groupRecords('web')).toMatchObject({ holders: [], warming: [] });
  });

  it('counts for an hour at most, whatever the group says', async () => {
    const { at, ids } = fleetOf({ warmUp: { seconds: 86_400, setting: 'DefaultInstanceWarmup' } });
    for (const id of ids.slice(0, 2)) alter(at, id);
    await at.run(LAUNCH + 3500);
    expect(replaced(at)).toHaveLength(1);
    await at.run(400);
    expect(replaced(at)).toHaveLength(2);
  });

  it('has none where the group sets it to nothing: the next one goes at once', async () => {
    const { at, ids } = fleetOf({ warmUp: { seconds: 0, setting: 'DefaultInstanceWarmup' } });
    for (const id of ids) alter(at, id);
    await at.run(600);
    expect(replaced(at)).toHaveLength(3);
    expect(of(at, ids[0] ?? '')?.dueAt).toBeNull();
  });
});

describe('a replacement in a group with target groups', () => {
  /** The first is replaced, and its replacement is as given in the target group. */
  async function replacedIn(health: Parameters<World['fleet']['targets']['set']>[1], given: Partial<AutoScalingGroup>) {
    const { at, ids } = fleetOf({ trafficSources: TARGETS, ...given });
    const read = at.fleet.targetHealth.bind(at.fleet);
    const known = new Set(ids);
    let now = health;
    at.fleet.targetHealth = async (sources, asked) => {
      for (const id of asked) if (!known.has(id)) at.fleet.targets.set(id, now);
      return read(sources, asked);
    };
    for (const id of ids.slice(0, 2)) alter(at, id);
    await at.run(180);
    return { at, ids, become: (next: typeof health) => (now = next) };
  }
  const INITIAL = { kind: 'not-healthy', why: 'it is initial in targetgroup/web/1' } as const;
  const NO_WARM_UP = { warmUp: { seconds: 0, setting: 'DefaultInstanceWarmup' } } as const;

  it('keeps the slot until it is healthy there', async () => {
    const { at, become } = await replacedIn(INITIAL, {});
    await at.run(1200);
    expect(replaced(at)).toHaveLength(1);
    become({ kind: 'healthy' });
    await at.run(150);
    expect(replaced(at)).toHaveLength(2);
  });

  it('keeps it though the group has no warm-up', async () => {
    const { at, become } = await replacedIn(INITIAL, NO_WARM_UP);
    await at.run(300);
    expect(replaced(at)).toHaveLength(1);
    become({ kind: 'healthy' });
    await at.run(150);
    expect(replaced(at)).toHaveLength(2);
  });

  it('warms up all the same when it is healthy there at once', async () => {
    const { at } = await replacedIn({ kind: 'healthy' }, {});
    await at.run(400);
    expect(replaced(at)).toHaveLength(1);
  });

  it('counts as not healthy until the warm-up ends where that cannot be read, and the notification says so', async () => {
    const { at } = await replacedIn({ kind: 'unread', why: 'this role may not call it' }, {});
    expect(texts(at, 'Replaced')[0]).toContain(
      'This role may not call it; it counts as not healthy until the warm-up ends.',
    );
    await at.run(400);
    expect(replaced(at)).toHaveLength(1);
    await at.run(300);
    expect(replaced(at)).toHaveLength(2);
  });

  it('that never becomes healthy keeps the slot for an hour and counts as out after it, and people are notified once', async () => {
    const { at, become } = await replacedIn(INITIAL, {});
    await at.run(1200);
    const [told, ...more] = texts(at, 'Needs you');
    expect(more).toEqual([]);
    expect(told).toContain('It is initial in targetgroup/web/1.');
    await at.run(2200);
    expect([replaced(at).length, texts(at, 'Needs you').length]).toEqual([1, 1]);
    await at.run(6 * 3600);
    expect([replaced(at).length, texts(at, 'Needs you').length]).toEqual([1, 1]);
    expect(await at.ledger.groupRecords('web')).toMatchObject({ holders: [], warming: [] });
    become({ kind: 'healthy' });
    await at.run(150);
    expect(replaced(at)).toHaveLength(2);
  });
});

describe('a worker that dies', () => {
  it('at any call while it closes the incident or looks at the replacement: the budget is kept, and nothing is forgotten', async () => {
    const start = () => {
      const { at, ids } = fleetOf({
        trafficSources: TARGETS,
        warmUp: { seconds: 120, setting: 'DefaultInstanceWarmup' },
      });
      for (const id of ids.slice(0, 2)) alter(at, id);
      return { at, ids };
    };
    const model = start();
    await model.at.run(50);
    model.at.calls = [];
    await model.at.run(250);
    expect(model.at.calls).toContain('fleet.targetHealth');
    const count = model.at.calls.length;
    for (let call = 1; call <= count; call += 1) {
      for (const effect of ['before', 'after'] as const) {
        const { at, ids } = start();
        await at.run(50);
        at.dieAt({ call, effect });
        await at.run(2400);
        const where = `${effect} call ${call}`;
        expect(replaced(at).toSorted(), where).toEqual(ids.slice(0, 2).toSorted());
        const [first = 0, second = 0] = acted(at, ids.slice(0, 2)).toSorted((a, b) => a - b);
        expect(second - first, where).toBeGreaterThanOrEqual(LAUNCH + 120);
        const left = at.ledger.incidents.map(({ status, dueAt }) => [status, dueAt]);
        expect(left, where).toEqual([
          ['closed', null],
          ['closed', null],
        ]);
        expect(await at.ledger.groupRecords('web'), where).toMatchObject({ holders: [], warming: [] });
      }
    }
  });
});
