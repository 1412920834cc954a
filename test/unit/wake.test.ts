import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import { Retryable, Superseded } from '../../src/roles.ts';
import { type Trigger, type WakeDeps, wakeDue } from '../../src/wake.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakeSwitch } from '../fakes/switch.ts';
import { FakeSwitchWatch } from '../fakes/switch-watch.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';
import { incident as perfectIncident } from './domain/perfect.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const PAUSE = { until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim', at: NOW };
const CLOCK: Trigger = { hurry: null };

type Woken = { readonly unit: string; readonly keys: readonly string[]; readonly delay: number };

async function perfect(...incidents: readonly Incident[]) {
  const clock = new FakeClock(NOW);
  const ledger = new FakeLedger(clock);
  ledger.seed(...incidents);
  const woken: Woken[] = [];
  const fakes = {
    ...{ clock, ledger, notifier: new FakeNotifier(), mail: new FakeMailBudget(), pause: new FakeSwitch() },
    ...{ watch: new FakeSwitchWatch(), meter: new FakeMeter(), log: new FakeLog() },
  };
  const deps: WakeDeps = {
    ...fakes,
    mailsPerHour: 20,
    place: { account: '123456789012', region: 'eu-central-1', stage: 'dev' },
    wake: async (unit, keys, delay) => void woken.push({ unit, keys: [...keys], delay }),
  };
  const run = (trigger: Trigger = CLOCK) => wakeDue(trigger, deps);
  return { ...fakes, deps, woken, run, keys: () => woken.flatMap(({ keys }) => keys) };
}

const due = (key: string, dueAt: string | null, given: Partial<Incident> = {}): Incident => ({
  ...perfectIncident(key),
  dueAt,
  ...given,
});
const waiting = (key: string, group: string, dueAt: string): Incident =>
  due(key, dueAt, {
    unit: 'instances',
    status: 'waiting',
    replacement: { group, membersBefore: [], startedAt: NOW, successor: null },
  });

describe('the recheck', () => {
  it('wakes what is due, by unit, and nothing else', async () => {
    const at = await perfect(
      due('past', '2026-03-01T11:00:00.000Z'),
      due('now', NOW),
      due('later', '2026-03-01T12:00:00.001Z'),
      due('never', null, { status: 'closed' }),
      due('machine', NOW, { unit: 'instances' }),
    );
    await at.run();
    expect(at.woken).toEqual([
      { unit: 'security-groups', keys: ['past', 'now'], delay: 0 },
      { unit: 'instances', keys: ['machine'], delay: 0 },
    ]);
  });

  it('wakes them again two minutes later if the message gets lost', async () => {
    const at = await perfect(due('now', NOW));
    await at.run();
    expect(at.ledger.incidents).toMatchObject([{ dueAt: '2026-03-01T12:02:00.000Z', revision: 2, status: 'held' }]);
    at.clock.advance(119);
    await at.run();
    expect(at.keys()).toEqual(['now']);
    at.clock.advance(1);
    await at.run();
    expect(at.keys()).toEqual(['now', 'now']);
  });

  it('leaves alone what somebody is at already, and goes on', async () => {
    const at = await perfect(due('one', NOW), due('two', NOW));
    at.ledger.failNext(new Superseded('version 8'), 'put');
    await at.run();
    expect(at.keys()).toEqual(['one', 'two']);
    expect(at.meter.total('ConfirmedSubscriptions')).toBe(1);
    expect(at.ledger.incidents.filter(({ dueAt }) => dueAt === NOW)).toHaveLength(1);
  });

  it('lets a fault of the ledger out, after it has woken', async () => {
    const at = await perfect(due('now', NOW));
    at.ledger.failNext(new Retryable('throttled'), 'put');
    await expect(at.run()).rejects.toThrow('throttled');
    expect(at.keys()).toEqual(['now']);
  });

  it('wakes at most 200 at once, the longest due first', async () => {
    const many = Array.from({ length: 205 }, (_, n) =>
      due(`k${n}`, new Date(Date.parse(NOW) - 1000 * (n + 1)).toISOString()),
    );
    const at = await perfect(...many);
    await at.run();
    expect(at.keys()).toHaveLength(200);
    expect(at.keys()[0]).toBe('k204');
    at.clock.advance(60);
    await at.run();
    expect(at.keys().slice(200)).toEqual(['k4', 'k3', 'k2', 'k1', 'k0']);
  });

  it('counts the confirmed subscriptions each time, also none', async () => {
    const at = await perfect();
    await at.run();
    at.notifier.subscriptions = 0;
    await at.run();
    expect(at.meter.counts).toEqual([
      { name: 'ConfirmedSubscriptions', dimensions: {}, value: 1 },
      { name: 'ConfirmedSubscriptions', dimensions: {}, value: 0 },
    ]);
  });

  it('wakes nobody for nothing', async () => {
    const at = await perfect();
    await at.run();
    expect(at.woken).toEqual([]);
    expect(at.log.lines).toEqual([]);
  });
});

describe('an event about an Auto Scaling group', () => {
  const later = '2026-03-01T12:10:00.000Z';

  it('hurries what waits in that group, and what is due', async () => {
    const at = await perfect(
      waiting('web', 'web', later),
      waiting('db', 'db', later),
      { ...waiting('held', 'web', later), status: 'held' },
      due('group', later),
      due('now', NOW),
    );
    await at.run({ hurry: 'web' });
    expect(at.woken).toEqual([
      { unit: 'security-groups', keys: ['now'], delay: 0 },
      { unit: 'instances', keys: ['web'], delay: 0 },
    ]);
  });

  it('does not touch what waits when it is about none', async () => {
    const at = await perfect(waiting('web', 'web', later));
    await at.run(CLOCK);
    expect(at.keys()).toEqual([]);
  });
});

describe('the pause switch', () => {
  const told = (at: Awaited<ReturnType<typeof perfect>>) =>
    at.notifier.notices.map(({ notice, mail }) => `${notice.attributes.outcome} ${mail}`);
  const paused = (key: string) => due(key, '2026-03-01T12:50:00.000Z', { guard: 'paused' });

  it('is told once when it is set, once when it ends', async () => {
    const at = await perfect();
    await at.run();
    expect(told(at)).toEqual([]);
    at.pause.set(PAUSE);
    await at.run();
    await at.run();
    expect(told(at)).toEqual(['paused true']);
    at.pause.set(null);
    await at.run();
    await at.run();
    expect(told(at)).toEqual(['paused true', 'resumed true']);
  });

  it('is told again when it is changed', async () => {
    const at = await perfect();
    at.pause.set(PAUSE);
    await at.run();
    at.pause.set({ ...PAUSE, until: '2026-03-01T18:00:00.000Z' });
    await at.run();
    expect(told(at)).toEqual(['paused true', 'paused true']);
  });

  it('ends by itself', async () => {
    const at = await perfect(paused('held'));
    at.pause.set(PAUSE);
    await at.run();
    at.clock.advance(7200);
    await at.run();
    expect(told(at)).toEqual(['paused true', 'resumed true']);
    expect(at.woken).toEqual([{ unit: 'security-groups', keys: ['held'], delay: 6 }]);
  });

  it('that ends wakes what it held, after the workers have forgotten it', async () => {
    const at = await perfect(
      paused('held'),
      due('observed', '2026-03-01T12:50:00.000Z', { guard: 'observe' }),
      due('now', NOW),
    );
    at.pause.set(PAUSE);
    await at.watch.remember(PAUSE, null);
    at.pause.set(null);
    await at.run();
    expect(at.woken).toEqual([{ unit: 'security-groups', keys: ['now', 'held'], delay: 6 }]);
    at.woken.length = 0;
    at.clock.advance(1);
    await at.run();
    expect(at.woken).toEqual([]);
  });

  it('that is set wakes nothing early', async () => {
    const at = await perfect(paused('held'));
    at.pause.set(PAUSE);
    await at.run();
    expect(at.woken).toEqual([]);
  });

  it('is told by one of two that see it change', async () => {
    const at = await perfect(paused('held'));
    await at.watch.remember(PAUSE, null);
    Object.assign(at.watch, { remember: async () => false });
    await at.run();
    expect(told(at)).toEqual([]);
    expect(at.woken).toEqual([]);
  });

  it('that cannot be read is counted and shouted, and all else goes on', async () => {
    const at = await perfect(due('now', NOW));
    await at.watch.remember(PAUSE, null);
    at.pause.text = '{"paused": "perhaps"}';
    await at.run();
    expect(at.meter.total('SwitchUnreadable')).toBe(1);
    expect(at.log.lines[0]).toMatchObject({ level: 'error', message: 'the pause switch cannot be read' });
    expect(told(at)).toEqual([]);
    expect(at.woken).toEqual([{ unit: 'security-groups', keys: ['now'], delay: 0 }]);
    expect(at.meter.total('ConfirmedSubscriptions')).toBe(1);
    expect(await at.watch.last()).toEqual(PAUSE);
  });

  it('that fails in a way nobody knows lets the fault out', async () => {
    const at = await perfect();
    at.pause.failNext(new TypeError('undefined is no function'));
    await expect(at.run()).rejects.toThrow(TypeError);
  });

  it('counts against the mails of the hour', async () => {
    const at = await perfect();
    for (let n = 0; n < 20; n++) await at.mail.admit(`subject ${n}`, NOW, 20);
    at.pause.set(PAUSE);
    await at.run();
    expect(told(at)).toEqual(['paused false']);
  });
});

describe('the digest', () => {
  it('is sent once, an hour after the first that waits, and counts all', async () => {
    const at = await perfect();
    for (let n = 0; n < 22; n++) await at.mail.admit(`subject ${n}`, NOW, 20);
    at.clock.advance(3599);
    await at.run();
    expect(at.notifier.notices).toEqual([]);
    at.clock.advance(1);
    await at.run();
    await at.run();
    expect(at.notifier.notices).toMatchObject([
      { mail: true, notice: { json: { kind: 'digest', count: 2, subjects: ['subject 20', 'subject 21'] } } },
    ]);
  });
});
