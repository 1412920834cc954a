/** Incidents that wait for a slot: how much work they make, who is next, and that none is forgotten. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { call } from './events.ts';
import { fleetOf, measure, modify, waitingWorld } from './waiting-load.ts';
import { shippedPolicy, type World } from './world.ts';

const HOUR = 3600;

const WITH_VOLUMES = {
  instanceRules: { ...shippedPolicy('enforce').instanceRules, 'volume-attached': { mode: 'enforce' } },
} as const;

/** Of lower severity than user data. */
function attach(at: World, instanceId: string) {
  const attached = { instanceId, volumeId: 'vol-0123456789abcdef0', device: '/dev/sdf' };
  at.send(
    'instances',
    call('AttachVolume', at.clock.iso(), { requestParameters: attached, responseElements: attached }),
  );
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));
const of = (at: World, id = ''): Incident | undefined => at.ledger.incidents.find(({ resource }) => resource.id === id);
const looksAt = (at: World, id = '') =>
  at.fleet.callsOf('read').filter(({ args }) => (args[0] as { id: string }).id === id).length;

describe('what waits is cheap', () => {
  it.each([
    [400, 40],
    [800, 1],
  ])(
    '%i modified instances in %i groups take a dozen looks a minute at most, and delay no new one',
    async (waiting, groups) => {
      const { at } = await waitingWorld(waiting, groups);
      const { looksPerMinute, secondsToDecide } = await measure(at);
      // It was 72 looks a minute, as many as two workers can do, and 339 s with 400 and 431 s with 800.
      expect(looksPerMinute).toBeLessThan(waiting / 60);
      expect(secondsToDecide).toBeLessThan(30);
    },
    300_000,
  );

  it('while the hour is full, one that waits is looked at once in one to two hours, and nothing is asked that only an act needs', async () => {
    const { at, ids } = fleetOf({ web: 10 }, { budget: { perGroup: 5, perHour: 1 } });
    for (const id of ids.web?.slice(0, 4) ?? []) modify(at, id);
    await at.run(60);
    const last = ids.web?.[3] ?? '';
    expect(of(at, last)).toMatchObject({ status: 'held', guard: 'blast-radius' });
    const [before, launches] = [looksAt(at, last), at.fleet.callsOf('launchCheck').length];
    await at.run(HOUR - 120);
    expect(looksAt(at, last) - before).toBeLessThanOrEqual(1);
    expect(at.fleet.callsOf('launchCheck')).toHaveLength(launches);
  });

  it('the scheduler reads one record of the budgets while the hour is full, and no line', async () => {
    const { at, ids } = fleetOf({ web: 10 }, { budget: { perGroup: 5, perHour: 1 } });
    for (const id of ids.web?.slice(0, 4) ?? []) modify(at, id);
    await at.run(600);
    const lines = at.ledger.callsOf('nextLine').length;
    await at.run(600);
    expect(at.ledger.callsOf('nextLine')).toHaveLength(lines);
  });
});

describe('who is next', () => {
  it('is the most severe when the hour has room again, and then what has been open longest', async () => {
    const budget = { perGroup: 5, perHour: 1 };
    const { at, ids } = fleetOf({ a: 5, b: 5, c: 5, d: 5 }, { budget, ...WITH_VOLUMES });
    const [first = '', low = '', longest = '', shorter = ''] = ['a', 'b', 'c', 'd'].map((name) => ids[name]?.[0]);
    modify(at, first);
    await at.run(10);
    attach(at, low);
    await at.run(10);
    modify(at, longest);
    await at.run(10);
    modify(at, shorter);
    await at.run(4 * HOUR);
    expect(replaced(at)).toEqual([first, longest, shorter, low]);
  });

  it('begins within a minute and some seconds of when the hour has room', async () => {
    const { at, ids } = fleetOf({ a: 5, b: 5 }, { budget: { perGroup: 1, perHour: 1 } });
    const [first = '', second = ''] = [ids.a?.[0], ids.b?.[0]];
    modify(at, first);
    await at.run(10);
    modify(at, second);
    await at.run(HOUR - 30);
    expect(replaced(at)).toEqual([first]);
    await at.run(90);
    expect(replaced(at)).toEqual([first, second]);
  });

  it('is of another group when one has had its share of the hour', async () => {
    const { at, ids } = fleetOf({ web: 40, db: 5 }, { budget: { perGroup: 10, perHour: 3 } });
    for (const id of ids.web ?? []) modify(at, id);
    await at.run(1200);
    expect(replaced(at)).toHaveLength(2);
    const [db = ''] = ids.db ?? [];
    modify(at, db);
    await at.run(30);
    expect(replaced(at).at(-1)).toBe(db);
  });

  it('is not of a group that cannot replace: that keeps its own line waiting, and no other', async () => {
    const budgets = [{ instances: 0, select: { autoScalingGroup: ['frozen'] }, reasons: null, window: null }];
    const { at, ids } = fleetOf(
      { a: 5, frozen: 20, db: 5 },
      { budget: { perGroup: 1, perHour: 1 }, budgets, ...WITH_VOLUMES },
    );
    const [first = '', low = ''] = [ids.a?.[0], ids.db?.[0]];
    modify(at, first);
    await at.run(10);
    for (const id of ids.frozen ?? []) modify(at, id);
    attach(at, low);
    await at.run(HOUR + 120);
    expect(replaced(at)).toEqual([first, low]);
  });

  it('goes on in its line at once when one has had its turn: a freeze that ends sets free as many as the budget lets', async () => {
    // The simulation begins on a Sunday at twelve, UTC.
    const window = { schedule: '0 12 * * *', seconds: 1800, timeZone: 'UTC' };
    const budgets = [{ instances: 0, select: null, reasons: null, window }];
    const { at, ids } = fleetOf({ web: 40 }, { budget: { perGroup: 5, perHour: 1000 }, budgets });
    for (const id of ids.web?.slice(0, 20) ?? []) modify(at, id);
    await at.run(1790);
    expect(replaced(at)).toEqual([]);
    await at.run(200);
    expect(replaced(at).length).toBeGreaterThanOrEqual(5);
  });

  it('has its turn in the end though it is of low severity, when nothing more severe waits', async () => {
    const { at, ids } = fleetOf({ web: 20 }, { budget: { perGroup: 1, perHour: 4 }, ...WITH_VOLUMES });
    const [low = '', ...others] = ids.web ?? [];
    modify(at, others[0] ?? '');
    await at.run(5);
    attach(at, low);
    for (const id of others.slice(1, 6)) modify(at, id);
    await at.run(6 * HOUR);
    expect(replaced(at)).toHaveLength(7);
    expect(replaced(at).at(-1)).toBe(low);
  });
});

describe('a claim on the hour', () => {
  it('ends when another guard holds the incident, so that a lower severity has its turn', async () => {
    const { at, ids } = fleetOf({ a: 5, b: 5, c: 5 }, { budget: { perGroup: 1, perHour: 1 }, ...WITH_VOLUMES });
    const [first = '', high = '', low = ''] = [ids.a?.[0], ids.b?.[0], ids.c?.[0]];
    modify(at, first);
    await at.run(10);
    modify(at, high);
    attach(at, low);
    await at.run(60);
    const instanceRules = { ...at.policy.instanceRules, 'user-data-changed': { mode: 'observe' } } as const;
    at.policy = { ...at.policy, instanceRules };
    await at.run(HOUR + 120);
    expect(of(at, high)).toMatchObject({ status: 'held', guard: 'observe' });
    expect(replaced(at)).toEqual([first, low]);
  });
});

describe('what waits stays true', () => {
  /** One is being replaced, and another waits for the next hour. */
  async function waiting(change: Partial<Policy> = {}) {
    const { at, ids } = fleetOf({ a: 5, b: 5 }, { budget: { perGroup: 1, perHour: 1 }, ...change });
    const [first = '', second = ''] = [ids.a?.[0], ids.b?.[0]];
    modify(at, first);
    await at.run(10);
    modify(at, second);
    await at.run(60);
    expect(of(at, second)).toMatchObject({ status: 'held', guard: 'blast-radius' });
    return { at, second };
  }

  it('an instance that is gone closes its incident within two hours', async () => {
    const { at, second } = await waiting({ budget: { perGroup: 1, perHour: 1 } });
    at.policy = { ...at.policy, budget: { perGroup: 1, perHour: 0 } };
    await at.fleet.replace(second, 'terminate-first');
    await at.run(2 * HOUR + 120);
    expect(of(at, second)).toMatchObject({ status: 'closed', closedBy: 'vanished' });
  });

  it('a group that is exempted meanwhile is held for that within two hours, and never replaced', async () => {
    const { at, second } = await waiting();
    at.policy = { ...at.policy, mode: 'observe' };
    await at.run(2 * HOUR + 120);
    expect(of(at, second)).toMatchObject({ status: 'held', guard: 'observe' });
    expect(replaced(at)).not.toContain(second);
  });

  it('a budget that was raised lets the next one go within two minutes', async () => {
    const { at, second } = await waiting();
    at.policy = { ...at.policy, budget: { perGroup: 1, perHour: 3 } };
    await at.run(120);
    expect(replaced(at)).toContain(second);
  });

  it('a pause holds it, and the resumption puts it back into its line', async () => {
    const { at, second } = await waiting();
    const pause = { reason: 'maintenance', by: 'kim', at: at.clock.iso() };
    at.pause.set({ ...pause, until: new Date(at.clock.now().getTime() + 3 * 3600_000).toISOString() });
    await at.run(2 * HOUR);
    expect(replaced(at)).not.toContain(second);
    at.pause.set(null);
    await at.run(120);
    expect(replaced(at)).toContain(second);
  });

  it('is reported once to machines, each by itself, and not again while it waits', async () => {
    const { at, ids } = fleetOf({ web: 20 }, { budget: { perGroup: 5, perHour: 1 } });
    for (const id of ids.web?.slice(0, 8) ?? []) modify(at, id);
    await at.run(50 * 60);
    const held = at.notifier.notices.filter(({ notice }) => JSON.stringify(notice.json).includes('"blast-radius"'));
    expect(held).toHaveLength(7);
  });
});

/** One was replaced, another waits for the hour, and the hour has room from now on. */
async function oneWaits() {
  const { at, ids } = fleetOf({ a: 5, b: 5 }, { budget: { perGroup: 1, perHour: 1 } });
  const [first = '', second = ''] = [ids.a?.[0], ids.b?.[0]];
  modify(at, first);
  await at.run(10);
  modify(at, second);
  await at.run(HOUR - 20);
  at.clock.advance(30);
  return { at, first, second };
}

describe('a fault between the wake and the claim', () => {
  it('that loses the message costs two minutes', async () => {
    const { at, first, second } = await oneWaits();
    await at.recheck();
    at.loseMessages();
    expect(replaced(at)).toEqual([first]);
    await at.run(180);
    expect(replaced(at)).toEqual([first, second]);
  });

  it('of a worker that dies at any call of its look: it is replaced once', async () => {
    const start = async () => {
      const { at, second } = await oneWaits();
      await at.recheck();
      at.calls = [];
      return { at, second };
    };
    const model = await start();
    await model.at.run(1);
    const calls = [...model.at.calls];
    expect(calls).toContain('fleet.replace');
    for (const [index, name] of calls.entries()) {
      for (const effect of ['before', 'after'] as const) {
        const { at, second } = await start();
        at.dieAt({ call: index + 1, effect });
        await at.run(1800);
        expect(
          replaced(at).filter((id) => id === second),
          `${effect} ${name}`,
        ).toEqual([second]);
        expect(of(at, second)?.status, `${effect} ${name}`).toBe('closed');
      }
    }
  });

  it('two schedulers at once wake it twice, and it is replaced once', async () => {
    const { at, first, second } = await oneWaits();
    at.concurrency = 2;
    await Promise.all([at.recheck(), at.recheck()]);
    await at.run(600);
    expect(replaced(at)).toEqual([first, second]);
  });
});
