import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/deps.ts';
import { plus } from '../../src/domain/time.ts';
import { Retryable, Superseded } from '../../src/roles.ts';
import { type Message, takeBatch, type Worker } from '../../src/worker.ts';
import { securityGroupWork } from '../../src/works/security-groups.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakeSecurityGroups } from '../fakes/security-groups.ts';
import { FakeSwitch } from '../fakes/switch.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';
import { authorize } from '../simulation/events.ts';
import { ACCOUNT, shippedPolicy } from '../simulation/world.ts';
import { GROUP, rule } from './rules/perfect.ts';

const ID = 'sgr-00000000000000001';

function perfect() {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const securityGroups = new FakeSecurityGroups(clock);
  securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  securityGroups.open(rule(ID));
  const ledger = new FakeLedger(clock);
  const [log, meter, notifier, pause] = [new FakeLog(), new FakeMeter(), new FakeNotifier(), new FakeSwitch()];
  const deps: Deps = {
    work: securityGroupWork({ securityGroups, ledger, clock, policy: shippedPolicy('enforce') }),
    ...{ ledger, log, meter, notifier, pause, clock },
    mail: new FakeMailBudget(),
    policy: shippedPolicy('enforce'),
    stamp: { policyDigest: 'policy', commit: 'commit', version: '0.0.0' },
    account: ACCOUNT,
    stage: 'dev',
    ownRoleArns: [],
    optInTag: { key: 'undrift:replace', value: 'allowed' },
  };
  const later: (readonly [string, number])[] = [];
  const parked: (readonly [string, string])[] = [];
  const postman: Worker['postman'] = {
    later: async ({ id }, seconds) => void later.push([id, seconds]),
    park: async ({ id }, reason) => void parked.push([id, reason]),
  };
  const worker: Worker = { deps, postman, maxReceives: 4, remaining: () => 60_000 };
  return { clock, securityGroups, ledger, log, meter, notifier, pause, deps, worker, later, parked };
}

const message = (body: unknown, given: Partial<Message> = {}): Message => ({
  id: 'm1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receiptHandle: 'r1',
  receives: 1,
  ...given,
});
const opened = (at: { clock: FakeClock }, id = ID) =>
  authorize(at.clock.iso(), { id, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });

/** Every reading of the ledger fails with this, once a message. */
function failing(error: Error) {
  const at = perfect();
  at.ledger.failNext(error, 'lastReading');
  return at;
}

describe('a batch', () => {
  it('is taken: nothing goes back, nothing is parked', async () => {
    const at = perfect();
    expect(await takeBatch([message(opened(at))], at.worker)).toEqual([]);
    expect(at.securityGroups.rulesOf(GROUP)).toEqual([]);
    expect({ later: at.later, parked: at.parked }).toEqual({ later: [], parked: [] });
    expect(at.meter.total('Remediations')).toBe(1);
  });

  it('of several: each by itself, and only those that failed go back', async () => {
    const at = perfect();
    at.ledger.failNext(new Retryable('throttled'), 'lastReading');
    const batch = [
      message(opened(at), { id: 'throttled' }),
      message('{', { id: 'malformed' }),
      message(opened(at), { id: 'good' }),
    ];
    expect(await takeBatch(batch, at.worker)).toEqual(['throttled']);
    expect(at.parked.map(([id]) => id)).toEqual(['malformed']);
    expect(at.securityGroups.rulesOf(GROUP)).toEqual([]);
  });

  it('that asks nothing of us is counted and done with', async () => {
    const at = perfect();
    const event = { ...opened(at), detail: { ...opened(at).detail, errorCode: 'Client.UnauthorizedOperation' } };
    expect(await takeBatch([message(event)], at.worker)).toEqual([]);
    expect(at.meter.total('Irrelevant')).toBe(1);
    expect(at.ledger.incidents).toEqual([]);
    expect(at.log.lines).toMatchObject([{ level: 'info', message: 'irrelevant', fields: { messageId: 'm1' } }]);
  });

  it('that wakes an incident looks at that one', async () => {
    const at = perfect();
    await takeBatch([message({ undrift: 'recheck', incident: 'security-group/unknown' })], at.worker);
    expect(at.ledger.callsOf('get').map(({ args }) => args[0])).toEqual(['security-group/unknown']);
    expect(at.log.lines).toMatchObject([{ level: 'warn', message: 'the incident is gone' }]);
  });

  it('of nothing is nothing', async () => expect(await takeBatch([], perfect().worker)).toEqual([]));
});

describe('a malformed message', () => {
  it.each([
    ['no JSON', '{'],
    ['no event', '{"hello":"world"}'],
    ['nothing', ''],
  ])('is parked at its first receive, with the reason: %s', async (_name, body) => {
    const at = perfect();
    expect(await takeBatch([message(body)], at.worker)).toEqual([]);
    expect(at.parked).toEqual([['m1', expect.stringMatching(/^MalformedEvent: ./)]]);
    expect(at.later).toEqual([]);
    expect(at.meter.total('Parked')).toBe(1);
  });

  it('stays where it is when it cannot be parked: the queue moves it', async () => {
    const at = perfect();
    const park = async () => {
      throw new Error('AccessDenied');
    };
    const worker = { ...at.worker, postman: { ...at.worker.postman, park } };
    expect(await takeBatch([message('{')], worker)).toEqual(['m1']);
    expect(at.meter.total('Parked')).toBe(0);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { why: 'Error: AccessDenied' } });
  });
});

describe('a message that fails', () => {
  it.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [8, 640],
    [9, 900],
    [40, 900],
    [2000, 900],
  ])('at receive %s comes back after %s s', async (receives, seconds) => {
    const at = failing(new Error('boom'));
    const worker = { ...at.worker, maxReceives: 5000 };
    expect(await takeBatch([message(opened(at), { receives })], worker)).toEqual(['m1']);
    expect(at.later).toEqual([['m1', seconds]]);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { why: 'Error: boom', receives } });
  });

  it('at its last receive is parked with the reason; before, it is not', async () => {
    const at = failing(new Retryable('RequestLimitExceeded'));
    expect(await takeBatch([message(opened(at), { receives: 3 })], at.worker)).toEqual(['m1']);
    expect(at.parked).toEqual([]);
    at.ledger.failNext(new Retryable('RequestLimitExceeded'), 'lastReading');
    expect(await takeBatch([message(opened(at), { receives: 4 })], at.worker)).toEqual([]);
    expect(at.parked).toEqual([['m1', 'Retryable: RequestLimitExceeded']]);
  });

  it('comes back when its visibility ends, should putting it off fail', async () => {
    const at = failing(new Error('boom'));
    const later = async () => {
      throw new Error('ReceiptHandleIsInvalid');
    };
    const worker = { ...at.worker, postman: { ...at.worker.postman, later } };
    expect(await takeBatch([message(opened(at))], worker)).toEqual(['m1']);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'warn' });
  });

  it('with something that is no error is told as well', async () => {
    const at = perfect();
    Object.assign(at.ledger, { lastReading: () => Promise.reject('a word') });
    await takeBatch([message(opened(at))], at.worker);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { why: 'a word' } });
  });
});

describe('a message that comes too early', () => {
  it('comes back after the seconds that are asked for: EC2 does not show the rule yet', async () => {
    const at = perfect();
    expect(await takeBatch([message(opened(at, 'sgr-00000000000000002'))], at.worker)).toEqual(['m1']);
    expect(at.later).toEqual([['m1', 15]]);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'info', message: 'not now', fields: { seconds: 15 } });
  });

  it('comes back after ten seconds at most while another worker holds the lease', async () => {
    const at = perfect();
    const event = opened(at);
    await takeBatch([message(event)], at.worker);
    const [incident] = at.ledger.incidents;
    if (incident === undefined) throw new Error('no incident');
    const current = async () => (await at.ledger.get(incident.key)) ?? incident;
    for (const [seconds, expected] of [
      [4, 4],
      [60, 10],
    ] as const) {
      const leased = { ...(await current()), leaseUntil: plus(at.clock.now(), seconds) };
      await at.ledger.put(leased);
      at.securityGroups.open(rule(ID));
      expect(await takeBatch([message(event)], at.worker)).toEqual(['m1']);
      expect(at.later.pop()).toEqual(['m1', expected]);
    }
  });

  it('is no failure when another worker has taken over', async () => {
    const at = failing(new Superseded('version 3'));
    expect(await takeBatch([message(opened(at), { receives: 2 })], at.worker)).toEqual(['m1']);
    expect(at.later).toEqual([['m1', 10]]);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'info', message: 'not now' });
  });
});

describe('the time that is left', () => {
  it.each([
    [24_000, [], []],
    [23_999, ['m1'], [['m1', 1]]],
    [0, ['m1'], [['m1', 1]]],
  ])('%s ms', async (milliseconds, back, later) => {
    const at = perfect();
    const worker = { ...at.worker, remaining: () => milliseconds };
    expect(await takeBatch([message(opened(at))], worker)).toEqual(back);
    expect(at.later).toEqual(later);
    expect(at.ledger.calls.length > 0).toBe(back.length === 0);
  });

  it('is asked for each message', async () => {
    const at = perfect();
    const left = [60_000, 20_000];
    const worker = { ...at.worker, remaining: () => left.shift() ?? 0 };
    const batch = [message(opened(at), { id: 'first' }), message(opened(at), { id: 'second' })];
    expect(await takeBatch(batch, worker)).toEqual(['second']);
  });
});
