/** What may keep a line, or the hour, from those that wait: a head that cannot be looked at, an upgrade, a run without time. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import { nextInLines } from '../../src/wake-lines.ts';
import { call } from './events.ts';
import { fleetOf, modify } from './waiting-load.ts';
import { shippedPolicy, type World } from './world.ts';

const HOUR = 3600;

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));

/** AWS refuses to describe these instances from now on. */
function unreadable(at: World, ids: readonly string[]) {
  const read = at.fleet.read.bind(at.fleet);
  at.fleet.read = async (ref) => {
    if (ids.includes(ref.id)) throw new Error(`${ref.id}: an error of the service`);
    return read(ref);
  };
}

describe('an upgrade', () => {
  it('from a version that knew no lines forgets none of fifty incidents that wait', async () => {
    const { at, ids } = fleetOf({ web: 40, db: 20, a: 5 }, { budget: { perGroup: 5, perHour: 3 } });
    const modified = [...(ids.web?.slice(0, 35) ?? []), ...(ids.db?.slice(0, 15) ?? [])];
    for (const id of modified) modify(at, id);
    await at.run(300);
    for (const incident of at.ledger.incidents) {
      if (incident.status !== 'held') continue;
      const dueAt = new Date(at.clock.now().getTime() + 300_000).toISOString();
      await at.ledger.put({ ...incident, inverse: null, dueAt });
    }
    await at.run(1);
    at.ledger.forgetLines();
    await at.run(400);
    expect(await at.ledger.nextLine('')).toBe('db');
    expect(await at.ledger.line('web', 100)).toHaveLength(33);
    at.policy = { ...at.policy, budget: { perGroup: 10, perHour: 1000 } };
    await at.run(2 * HOUR);
    expect(new Set(replaced(at))).toEqual(new Set(modified));
  });
});

describe('a head of the line that cannot be looked at', () => {
  it.each([1, 4])('(%i of them) does not delay the others of its line once the hour has room', async (dead) => {
    const { at, ids } = fleetOf({ a: 5, web: 40 }, { budget: { perGroup: 2, perHour: 2 } });
    modify(at, ids.a?.[0] ?? '');
    modify(at, ids.web?.[30] ?? '');
    await at.run(20);
    const waiting = ids.web?.slice(0, dead + 2) ?? [];
    for (const id of waiting) {
      modify(at, id);
      await at.run(2);
    }
    unreadable(at, waiting.slice(0, dead));
    await at.run(HOUR + 300);
    expect(replaced(at)).toEqual(expect.arrayContaining(waiting.slice(dead, dead + 1)));
  });

  it('is passed over by the worker that freed a slot', async () => {
    const { at, ids } = fleetOf({ web: 40 }, { budget: { perGroup: 1, perHour: 100 } });
    const [first = '', dead = '', next = ''] = ids.web ?? [];
    for (const id of [first, dead, next]) {
      modify(at, id);
      await at.run(2);
    }
    unreadable(at, [dead]);
    await at.run(1800);
    expect(replaced(at)).toEqual([first, next]);
  });
});

describe('claims', () => {
  it('of instances that are gone keep the hour from a lower severity for twenty minutes at most', async () => {
    const change = {
      instanceRules: { ...shippedPolicy('enforce').instanceRules, 'volume-attached': { mode: 'enforce' } },
    } as const;
    const { at, ids } = fleetOf(
      { a: 5, mine: 40, mine2: 40, db: 5 },
      { budget: { perGroup: 5, perHour: 2 }, ...change },
    );
    modify(at, ids.a?.[0] ?? '');
    modify(at, ids.db?.[4] ?? '');
    await at.run(20);
    const mine = [...(ids.mine?.slice(0, 15) ?? []), ...(ids.mine2?.slice(0, 15) ?? [])];
    for (const id of mine) modify(at, id);
    await at.run(20);
    const low = ids.db?.[0] ?? '';
    const attached = { instanceId: low, volumeId: 'vol-0123456789abcdef0', device: '/dev/sdf' };
    at.send(
      'instances',
      call('AttachVolume', at.clock.iso(), { requestParameters: attached, responseElements: attached }),
    );
    await at.run(60);
    for (const id of mine) await at.fleet.replace(id, 'terminate-first');
    at.fleet.calls.length = 0;
    await at.run(HOUR - 100);
    await at.run(20 * 60);
    expect(replaced(at)).toContain(low);
  });
});

describe('a run of the scheduler whose time is too short for all lines', () => {
  it('begins with other groups each minute, so that each has its turn', async () => {
    const groups = Array.from({ length: 100 }, (_, n) => `group-${String(n).padStart(3, '0')}`);
    const asked = new Set<string>();
    for (let minute = 0; minute < 30; minute += 1) {
      let looked = 0;
      const ledger = {
        begunLately: async () => [],
        nextLine: async (after: string) => groups.find((it) => it > after) ?? null,
        line: async (group: string): Promise<Incident[]> => {
          looked += 1;
          asked.add(group);
          return [];
        },
      };
      const hasTime = () => looked < 20;
      await nextInLines(10, new Date(Date.UTC(2026, 2, 1, 12, minute)), { ledger, hasTime });
    }
    expect(asked.size).toBe(100);
  });
});

describe('four hundred modified instances of a group that cannot replace', () => {
  it.each([
    ['whose launches are suspended', 'launch-suspended', { suspendedProcesses: ['Launch'] }],
    ['whose other instances are out', 'unhealthy-peers', { desired: 900 }],
  ] as const)(
    '%s cause few looks, and all of them follow once it can',
    async (_, guard, state) => {
      const { at, ids } = fleetOf({ web: 400 }, { budget: { perGroup: 1, perHour: 1000 } });
      at.fleet.alterGroup('web', state);
      for (const id of ids.web ?? []) modify(at, id);
      await at.run(HOUR);
      const guards = at.ledger.incidents.map((it) => it.guard);
      expect(guards.filter((it) => it === guard).length).toBeGreaterThan(300);
      const looks = () => at.log.lines.filter(({ message }) => message === 'decided').length;
      const before = looks();
      await at.run(HOUR);
      expect((looks() - before) / 60).toBeLessThan(10);
      at.fleet.alterGroup('web', { suspendedProcesses: [], desired: 400 });
      await at.run(600);
      expect(replaced(at).length).toBeGreaterThan(1);
    },
    120_000,
  );
});
