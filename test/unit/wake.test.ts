import { describe, expect, it } from 'vitest';
import { fitted } from '../../src/aws/notice-size.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Trigger } from '../../src/inbound/trigger.ts';
import { Retryable, Superseded } from '../../src/roles.ts';
import { type WakeDeps, wakeDue } from '../../src/wake.ts';
import { perfectEmail } from '../contract/email.ts';
import { perfectNotice } from '../contract/notice.ts';
import { FakeClock } from '../fakes/clock.ts';
import { fakeWatching } from '../fakes/heartbeat.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { NetworkWorld } from '../fakes/network-world.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakePauseCopy, FakePauseParameter, FakePauseWatch } from '../fakes/pause.ts';
import { FakeLookState, FakeRegion } from '../fakes/region.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';
import { incident as perfectIncident } from './domain/perfect.ts';
import { basePolicy } from './policy/policies.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const PAUSE = { until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim', at: NOW };
const CLOCK: Trigger = { kind: 'clock' };
const CHANGED: Trigger = { kind: 'pause-changed' };
const scaling = (...groups: string[]): Trigger => ({ kind: 'scaling', groups: new Set(groups), unread: 0 });

type Woken = { readonly unit: string; readonly keys: readonly string[] };

async function perfect(...incidents: readonly Incident[]) {
  const clock = new FakeClock(NOW);
  const ledger = new FakeLedger(clock);
  ledger.seed(...incidents);
  const woken: Woken[] = [];
  const fakes = {
    ...{
      clock,
      ledger,
      notifier: new FakeNotifier(),
      mail: new FakeMailBudget(),
      parameter: new FakePauseParameter(clock),
    },
    ...{ outbox: ledger.outbox, random: () => 0.5 },
    ...{ region: new FakeRegion(new NetworkWorld(clock)), looks: new FakeLookState(), policy: basePolicy() },
    ...{
      copy: new FakePauseCopy(),
      watch: new FakePauseWatch(),
      ...fakeWatching(),
      meter: new FakeMeter(),
      log: new FakeLog(),
    },
  };
  const deps: WakeDeps = {
    ...fakes,
    mailsPerHour: 20,
    place: { account: '123456789012', region: 'eu-central-1', stage: 'dev' },
    remaining: () => 50_000,
    tell: async () => undefined,
    wake: async (unit, keys) => void woken.push({ unit, keys: [...keys] }),
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
      { unit: 'security-groups', keys: ['past', 'now'] },
      { unit: 'instances', keys: ['machine'] },
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
    expect(at.meter.total('ConfirmedSubscriptions')).toBe(2);
    expect(at.ledger.incidents.filter(({ dueAt }) => dueAt === NOW)).toHaveLength(1);
  });

  it('lets a fault of the ledger out, after it has woken', async () => {
    const at = await perfect(due('now', NOW));
    at.ledger.failNext(new Retryable('throttled'), 'put');
    await expect(at.run()).rejects.toThrow('throttled');
    expect(at.keys()).toEqual(['now']);
  });

  const overdue = (count: number) =>
    Array.from({ length: count }, (_, n) => due(`k${n}`, new Date(Date.parse(NOW) - 1000 * (n + 1)).toISOString()));

  it('wakes all that are due, page by page, the longest due first', async () => {
    const at = await perfect(...overdue(1005));
    await at.run();
    expect(new Set(at.keys()).size).toBe(1005);
    expect(at.keys()).toHaveLength(1005);
    expect(at.keys()[0]).toBe('k1004');
    expect(at.ledger.incidents.filter(({ dueAt }) => dueAt !== '2026-03-01T12:02:00.000Z')).toEqual([]);
  });

  it('leaves the rest to the next minute when its time is up', async () => {
    const at = await perfect(...overdue(205));
    Object.assign(at.deps, { remaining: () => 15_000 });
    await at.run();
    expect(at.keys()).toHaveLength(200);
    at.clock.advance(60);
    await at.run();
    expect(at.keys().slice(200)).toEqual(['k4', 'k3', 'k2', 'k1', 'k0']);
  });

  it('sends the notices that are owed beside one whose incident cannot be read', async () => {
    const at = await perfect();
    const owed = { revision: 1, kind: 'held', notice: perfectNotice(), mail: true, tryAt: NOW } as const;
    for (const key of ['k1', 'k2']) at.ledger.outbox.add({ ...owed, incidentKey: key, id: `${key}#state` });
    at.clock.advance(60);
    const get = at.ledger.get.bind(at.ledger);
    at.ledger.get = async (key) => {
      if (key === 'k1') throw new Error('this item is not an incident');
      return get(key);
    };
    await at.run();
    expect(at.ledger.outbox.owed.map(({ id }) => id)).toEqual(['k1#state']);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('sends the notices that are owed although it cannot get to the end of what is due soon', async () => {
    const ahead = Array.from({ length: 3000 }, (_, n) => due(`k${n}`, '2026-03-01T12:04:00.000Z'));
    const at = await perfect(...ahead);
    const owed = { incidentKey: 'k1', revision: 1, kind: 'fixed', notice: perfectNotice(), mail: true } as const;
    at.ledger.outbox.add({ ...owed, id: 'k1#state', tryAt: NOW });
    at.clock.advance(1);
    // A page takes three seconds.
    const remaining = () => 50_000 - 3_000 * at.ledger.callsOf('due').length;
    Object.assign(at.deps, { remaining });
    await at.run();
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.ledger.outbox.owed).toEqual([]);
    expect(at.ledger.callsOf('due').length).toBeGreaterThan(5);
  });

  it('counts the confirmed subscriptions of each topic, people and machines apart, also none', async () => {
    const at = await perfect();
    Object.assign(at.subscriptions.notifications, { people: 0, machines: 2 });
    await at.run();
    const counted = (topic: string, kind: string, value: number) => {
      return { name: 'ConfirmedSubscriptions', dimensions: { topic, kind }, value };
    };
    expect(at.meter.counts.filter(({ name }) => name === 'ConfirmedSubscriptions')).toEqual([
      counted('notifications', 'people', 0),
      counted('notifications', 'machines', 2),
      counted('alarms', 'people', 1),
      counted('alarms', 'machines', 0),
    ]);
  });

  it('wakes nobody for nothing', async () => {
    const at = await perfect();
    await at.run();
    expect(at.woken).toEqual([]);
    expect(at.log.lines).toEqual([]);
  });
});

describe('ten thousand that wait for a slot', () => {
  const HOUR = 3_600_000;
  const remediation = {
    action: 'replace-instance',
    instanceId: 'i-1',
    autoScalingGroupName: 'web',
    how: 'terminate-first',
  } as const;
  /** As they are when each was looked at within the last two hours. */
  const waitsForHour = (n: number): Incident => {
    const { decision } = perfectIncident(`k${n}`);
    const dueAt = new Date(Date.parse(NOW) + 1 + (n * HOUR) / 5000).toISOString();
    return due(`k${n}`, dueAt, {
      unit: 'instances',
      guard: 'blast-radius',
      decision: { ...decision, remediation },
    });
  };

  it('cost a run of the scheduler the pages of what is due within five minutes', async () => {
    const at = await perfect(...Array.from({ length: 10_000 }, (_, n) => waitsForHour(n)));
    const perHour = at.deps.policy.budget.perHour;
    for (let n = 0; n < perHour; n += 1) {
      const slot = { group: `g-${n}`, instanceId: `i-${n}`, incidentKey: `i-${n}`, perGroup: 1, perHour } as const;
      await at.ledger.takeSlot({ ...slot, severity: 'high', now: NOW, until: NOW });
    }
    at.clock.advance(1);
    await at.run();
    expect(at.ledger.callsOf('due').length).toBeLessThanOrEqual(4);
    expect([at.ledger.callsOf('nextLine'), at.ledger.callsOf('line')]).toEqual([[], []]);
  });

  it('cost one line more while the hour has room, and one is woken', async () => {
    const at = await perfect(...Array.from({ length: 10_000 }, (_, n) => waitsForHour(n + 1000)));
    await at.run();
    expect(at.ledger.callsOf('nextLine')).toHaveLength(2);
    expect(at.ledger.callsOf('line')).toHaveLength(1);
    expect(at.keys()).toHaveLength(1);
  });
});

/** Whatever fails, what is due is woken and the flag is copied; and the Errors alarm sees it. */
describe('a step that fails keeps no other from its work', () => {
  const broken = new Retryable('broken');
  type At = Awaited<ReturnType<typeof perfect>>;

  it.each<[string, (at: At) => void]>([
    ['a notification', (at) => at.notifier.failNext(broken, 'publish')],
    ['the email budget', (at) => at.mail.failNext(broken, 'admit')],
    ['a list of emails', (at) => at.mail.failNext(broken, 'takeList')],
    ['what people were last notified of', (at) => at.watch.failNext(broken, 'last')],
    ['writing the copy', (at) => at.copy.failNext(broken, 'write')],
  ])('%s', async (_step, breakIt) => {
    const at = await perfect(due('now', NOW));
    at.parameter.set(PAUSE);
    breakIt(at);
    await expect(at.run()).rejects.toThrow('broken');
    expect(at.keys()).toEqual(['now']);
    expect(at.meter.total('ConfirmedSubscriptions')).toBe(2);
  });

  it('the list of what is due', async () => {
    const at = await perfect(due('now', NOW));
    at.parameter.set(PAUSE);
    at.ledger.failNext(broken, 'due');
    await expect(at.run()).rejects.toThrow('list what is due: broken');
    expect(at.copy.stored?.value).toBe(at.parameter.text);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('the queue of one unit: its incidents are due again in two minutes, and those of the others are woken', async () => {
    const at = await perfect(due('group', NOW), due('machine', NOW, { unit: 'instances' }));
    const wake = at.deps.wake;
    Object.assign(at.deps, {
      wake: async (...args: Parameters<typeof wake>) => {
        if (args[0] === 'security-groups') throw broken;
        await wake(...args);
      },
    });
    await expect(at.run()).rejects.toThrow('wake security-groups: broken');
    expect(at.keys()).toEqual(['machine']);
    expect((await at.ledger.get('group'))?.dueAt).toBe('2026-03-01T12:02:00.000Z');
  });

  it('counting the subscriptions of one topic is no failure: its alarm rings, and the other topic is counted', async () => {
    const at = await perfect(due('now', NOW));
    at.subscriptions.notifications.failNext(broken, 'count');
    await at.run();
    expect(at.keys()).toEqual(['now']);
    const topics = at.meter.counts.flatMap(({ dimensions }) => dimensions.topic ?? []);
    expect(topics).toEqual(['alarms', 'alarms']);
  });
});

describe('events about Auto Scaling groups', () => {
  const later = '2026-03-01T12:10:00.000Z';

  it('hurry what waits in those groups, and what is due', async () => {
    const at = await perfect(
      waiting('web', 'web', later),
      waiting('api', 'api', later),
      waiting('db', 'db', later),
      { ...waiting('held', 'web', later), status: 'held' },
      due('group', later),
      due('now', NOW),
    );
    await at.run(scaling('web', 'api'));
    expect(at.woken).toEqual([
      { unit: 'instances', keys: ['web', 'api'] },
      { unit: 'security-groups', keys: ['now'] },
    ]);
  });

  it('find what waits behind hundreds that are due before it', async () => {
    const many = Array.from({ length: 450 }, (_, n) => due(`k${n}`, '2026-03-01T12:05:00.000Z'));
    const at = await perfect(...many, waiting('web', 'web', later));
    await at.run(scaling('web'));
    expect(at.keys()).toEqual(['web']);
  });

  it('ask SSM nothing, and notify of nothing', async () => {
    const at = await perfect();
    at.parameter.set(PAUSE);
    await at.run(scaling('web'));
    expect([at.parameter.calls, at.copy.calls, at.notifier.calls, at.mail.calls]).toEqual([[], [], [], []]);
  });

  it('that name no group are logged, and the next minute makes good', async () => {
    const at = await perfect(waiting('web', 'web', later));
    await at.run({ kind: 'scaling', groups: new Set(), unread: 2 });
    expect(at.keys()).toEqual([]);
    expect(at.log.lines).toMatchObject([{ level: 'warn', fields: { unread: 2 } }]);
  });

  it('do not touch what waits when there are none', async () => {
    const at = await perfect(waiting('web', 'web', later));
    await at.run(CLOCK);
    expect(at.keys()).toEqual([]);
  });
});

describe('the pause flag', () => {
  const told = (at: Awaited<ReturnType<typeof perfect>>) =>
    at.notifier.notices.map(({ notice, mail }) => `${notice.attributes.outcome} ${mail}`);
  const paused = (key: string, dueAt = '2026-03-01T12:04:00.000Z') => due(key, dueAt, { guard: 'paused' });

  it('is copied each minute and on a change, whatever its value is', async () => {
    const at = await perfect();
    for (const [trigger, value] of [
      [CLOCK, 'stopped'],
      [CHANGED, ''],
    ] as const) {
      at.parameter.text = value;
      at.clock.advance(1);
      await at.run(trigger);
      expect(at.copy.stored).toMatchObject({ value, readAt: at.clock.iso() });
    }
    expect(at.parameter.callsOf('read')).toHaveLength(2);
  });

  it('is told once when it is set, once when it ends', async () => {
    const at = await perfect();
    await at.run();
    expect(told(at)).toEqual([]);
    at.parameter.set(PAUSE);
    await at.run(CHANGED);
    await at.run();
    expect(told(at)).toEqual(['paused true']);
    at.parameter.set(null);
    await at.run(CHANGED);
    await at.run();
    expect(told(at)).toEqual(['paused true', 'resumed true']);
  });

  it('is reported again when it is changed, and when a value stops undrift without an end', async () => {
    const at = await perfect();
    at.parameter.set(PAUSE);
    await at.run();
    at.clock.advance(1);
    at.parameter.set({ ...PAUSE, until: '2026-03-01T18:00:00.000Z' });
    await at.run();
    at.clock.advance(1);
    at.parameter.text = 'stopped';
    await at.run();
    at.clock.advance(1);
    expect(told(at)).toEqual(['paused true', 'paused false', 'paused false']);
  });

  it('is reported in the next minute where a run ended before it could publish or remember that it did', async () => {
    const at = await perfect();
    at.parameter.set(PAUSE);
    const { publish } = at.notifier;
    const ended = () => Promise.reject(new Error('the function was stopped'));
    Object.assign(at.notifier, { publish: ended });
    at.watch.failNext(new Error('the function was stopped'), 'remember');
    await expect(at.run()).rejects.toThrow('stopped');
    Object.assign(at.notifier, { publish });
    await expect(at.run()).rejects.toThrow('stopped');
    expect(told(at)).toEqual(['paused true']);
    await at.run();
    await at.run();
    expect(told(at).map((one) => one.split(' ')[0])).toEqual(['paused', 'paused']);
  });

  it('is reported in the next minute where SNS failed', async () => {
    const at = await perfect();
    at.parameter.set(PAUSE);
    at.notifier.failNext(new Retryable('SNS is down'), 'publish');
    await expect(at.run()).rejects.toThrow('SNS is down');
    await at.run();
    await at.run();
    expect(told(at)).toEqual(['paused true']);
  });

  it('waits for a list, of five minutes at most, where something urgent was emailed within the hour', async () => {
    const at = await perfect();
    await at.mail.admit(perfectEmail(), NOW, 20);
    at.parameter.set(PAUSE);
    await at.run();
    expect(told(at)).toEqual(['paused false']);
    at.clock.advance(241);
    await at.run();
    expect(told(at)).toEqual(['paused false', 'digest true']);
    expect(at.notifier.notices[1]?.notice.text).toContain('Paused until');
  });

  it('that says run wakes all that is held as paused, and nothing else early', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => paused(`k${n}`));
    const at = await perfect(
      ...many,
      due('observed', '2026-03-01T12:04:00.000Z', { guard: 'observe' }),
      due('now', NOW),
    );
    await at.run();
    expect(at.keys()).toHaveLength(1001);
    expect(at.keys()).not.toContain('observed');
    at.woken.length = 0;
    at.clock.advance(60);
    await at.run();
    expect(at.woken).toEqual([]);
  });

  it('that was changed wakes also what is due within two minutes by itself', async () => {
    const at = await perfect(paused('soon', '2026-03-01T12:01:30.000Z'));
    await at.run(CLOCK);
    expect(at.keys()).toEqual([]);
    await at.run(CHANGED);
    expect(at.keys()).toEqual(['soon']);
  });

  it('that says stop wakes nothing early', async () => {
    const at = await perfect(paused('held'));
    for (const text of ['stopped', JSON.stringify({ paused: true, ...PAUSE })]) {
      at.parameter.text = text;
      await at.run(CHANGED);
    }
    expect(at.woken).toEqual([]);
  });

  it('that ends by itself wakes what it held within the minute', async () => {
    const at = await perfect(paused('held', '2026-03-01T14:03:00.000Z'));
    at.parameter.set(PAUSE);
    await at.run();
    at.clock.advance(7200);
    await at.run();
    expect(told(at)).toEqual(['paused true', 'resumed true']);
    expect(at.keys()).toEqual(['held']);
  });

  it('that cannot be read is reported once while that lasts, and once when it is over', async () => {
    const at = await perfect(due('now', NOW), paused('held'));
    at.parameter.failing = new Retryable('ssm:GetParameter cannot be answered now');
    await at.run();
    at.clock.advance(60);
    await at.run();
    expect(told(at)).toEqual(['pause-unreadable true']);
    expect(at.meter.total('SwitchUnreadable')).toBe(2);
    expect(at.keys()).toEqual(['now']);
    at.parameter.failing = null;
    await at.run();
    await at.run();
    expect(told(at)).toEqual(['pause-unreadable true', 'pause-readable true']);
    expect(at.keys()).toContain('held');
  });

  it('is not reported as unreadable while the copy is young', async () => {
    const at = await perfect();
    await at.run();
    at.parameter.failing = new Retryable('throttled');
    at.clock.advance(180);
    await at.run();
    expect(told(at)).toEqual([]);
    at.clock.advance(0.001);
    await at.run();
    expect(told(at)).toEqual(['pause-unreadable true']);
  });

  it('that was paused before it could not be read is still reported as paused when it can be read', async () => {
    const at = await perfect();
    at.parameter.set(PAUSE);
    await at.run();
    at.parameter.failing = new Retryable('throttled');
    at.clock.advance(200);
    await at.run();
    at.parameter.failing = null;
    await at.run();
    expect(told(at)).toEqual(['paused true', 'pause-unreadable false', 'pause-readable true']);
  });
});

describe('a list of emails', () => {
  const collect = async (at: Awaited<ReturnType<typeof perfect>>, ...ids: readonly string[]) => {
    for (const id of ids) await at.mail.admit(perfectEmail({ id, resource: id, subject: `[undrift] ${id}` }), NOW, 20);
  };
  const [RIPE, MINUTE] = [241, 60];

  it('is sent once, within five minutes, and names all', async () => {
    const at = await perfect();
    await collect(at, 'first', 'a', 'b');
    at.clock.advance(225);
    await at.run();
    expect(at.notifier.notices).toEqual([]);
    at.clock.advance(1);
    await at.run();
    await at.run();
    const subjects = ['high: a (incident 4f2a9c)', 'high: b (incident 4f2a9c)'];
    expect(at.notifier.notices).toMatchObject([
      { mail: true, notice: { json: { kind: 'digest', asks: 'action', count: 2, subjects } } },
    ]);
    expect(at.mail.waiting).toEqual([]);
  });

  it('is sent in the next minute where SNS failed, and takes one email of the hour', async () => {
    const at = await perfect();
    await collect(at, 'first', 'a', 'b');
    at.clock.advance(RIPE);
    at.notifier.failNext(new Retryable('SNS is down'), 'publish');
    await expect(at.run()).rejects.toThrow('send the list of action: SNS is down');
    at.clock.advance(MINUTE);
    await at.run();
    await at.run();
    expect(at.notifier.notices).toMatchObject([{ notice: { json: { kind: 'digest', count: 2 } } }]);
  });

  it('is named again, and not lost, where the scheduler ends before it has noted what it sent', async () => {
    const at = await perfect();
    await collect(at, 'first', 'a');
    at.clock.advance(RIPE);
    at.mail.failNext(new Retryable('the function was stopped'), 'listed');
    await expect(at.run()).rejects.toThrow('the function was stopped');
    at.clock.advance(5 * MINUTE);
    await at.run();
    expect(at.notifier.subjects).toEqual(['[undrift] a', '[undrift] a']);
  });

  it('does not name what a person has cleared, and says what is over since', async () => {
    const closed = { status: 'closed', closedAt: NOW, dueAt: null } as const;
    const at = await perfect(
      { ...perfectIncident('cleared'), ...closed, closedBy: 'operator' },
      { ...perfectIncident('gone'), ...closed, closedBy: 'vanished' },
      due('open', null),
    );
    await collect(at, 'first', 'cleared', 'gone', 'open', 'unknown');
    at.clock.advance(RIPE);
    await at.run();
    const lines = at.notifier.notices[0]?.notice.json.subjects;
    const words = ['open', 'unknown', 'Over by now: gone'];
    expect(lines).toEqual(words.map((it) => `high: ${it} (incident 4f2a9c)`));
  });

  it('does not ask for action where all of it is over by now', async () => {
    const over = (key: string) => due(key, null, { status: 'closed', closedAt: NOW, closedBy: 'vanished' });
    const at = await perfect(over('a'), over('b'));
    await collect(at, 'first', 'a', 'b');
    at.clock.advance(RIPE);
    await at.run();
    expect(at.notifier.subjects).toEqual(['[undrift] Over by now: 2 in eu-central-1']);
    expect(at.notifier.notices[0]?.notice.text).toMatch(/^What was open, and is over\n/);
  });

  it('does not say that an instance waits which is gone by now', async () => {
    const waits = { group: 'web', waitsFor: 'blast-radius', kind: 'finding' } as const;
    const at = await perfect(due('i-1', null, { status: 'closed', closedAt: NOW, closedBy: 'vanished' }));
    for (const id of ['first', 'i-1', 'i-2', 'i-3'])
      await at.mail.admit(perfectEmail({ id, resource: id, subject: `[undrift] Held: ${id}`, ...waits }), NOW, 20);
    at.clock.advance(RIPE);
    await at.run();
    expect(at.notifier.notices[0]?.notice.json.subjects).toEqual([
      'high: 2 instances of web wait for the hourly limit: i-2, i-3',
      'high: Over by now: Held: i-1 (incident 4f2a9c)',
    ]);
  });

  it('names all of 6,000 with long names, the most severe first, in as many lists as it takes', async () => {
    const at = await perfect();
    await collect(at, 'first');
    const id = (n: number) => `tag:${String(n).padStart(5, '0')}-${'x'.repeat(60)}`;
    for (let n = 0; n < 6000; n += 1)
      await at.mail.admit(
        perfectEmail({ id: id(n), resource: id(n), subject: id(n), severity: n < 5999 ? 'low' : 'critical' }),
        NOW,
        20,
      );
    at.clock.advance(RIPE);
    await at.run();
    const [first] = at.notifier.notices;
    expect(first?.notice.text.split('\n')[1]).toMatch(/^ {2}critical:/);
    for (let minutes = 0; minutes < 15; minutes += 1) {
      at.clock.advance(MINUTE);
      await at.run();
    }
    expect(at.mail.waiting).toEqual([]);
    const sent = at.notifier.notices.map(({ notice }) => {
      expect(fitted(notice)).toBe(notice);
      return notice.text;
    });
    const named = new Set(sent.join('').match(/tag:\d{5}/g));
    expect(named.size).toBe(6000);
  });

  it('has one line of a pause that SNS refused for half an hour', async () => {
    const at = await perfect();
    await collect(at, 'first');
    at.parameter.set(PAUSE);
    const publish = at.notifier.publish.bind(at.notifier);
    at.notifier.publish = () => Promise.reject(new Retryable('SNS is down'));
    for (let minutes = 0; minutes < 30; minutes += 1) {
      at.clock.advance(MINUTE);
      await at.run().catch(() => undefined);
    }
    at.notifier.publish = publish;
    await at.run();
    at.clock.advance(5 * MINUTE);
    await at.run();
    const lists = at.notifier.notices.filter(({ notice }) => notice.json.kind === 'digest');
    expect(lists.map(({ notice }) => notice.json.count)).toEqual([1]);
  });

  it('is not sent, and takes no email of the hour, where everything in it was cleared', async () => {
    const at = await perfect({ ...perfectIncident('cleared'), status: 'closed', closedBy: 'operator', dueAt: null });
    await collect(at, 'first', 'cleared');
    at.clock.advance(RIPE);
    await at.run();
    expect(at.notifier.notices).toEqual([]);
    expect(at.mail.waiting).toEqual([]);
  });

  it('names what it had where the ledger cannot be read', async () => {
    const at = await perfect(due('a', null));
    await collect(at, 'first', 'a');
    at.clock.advance(RIPE);
    at.ledger.failNext(new Retryable('dynamodb:GetItem'), 'get');
    await at.run();
    expect(at.notifier.subjects).toEqual(['[undrift] a']);
  });
});
