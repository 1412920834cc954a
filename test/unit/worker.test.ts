import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/aws/deadline.ts';
import { ask } from '../../src/aws/errors.ts';
import { ComeBack } from '../../src/deps.ts';
import type { PauseFlag } from '../../src/domain/pause.ts';
import { plus } from '../../src/domain/time.ts';
import { Refused, Retryable, Superseded } from '../../src/roles.ts';
import { type Message, takeBatch, type Worker } from '../../src/worker.ts';
import { securityGroupWork } from '../../src/works/security-groups.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeEventHistory } from '../fakes/event-history.ts';
import { FakeHeartbeatReturns } from '../fakes/heartbeat.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakeReportedMessages } from '../fakes/reported-messages.ts';
import { FakeSecurityGroups } from '../fakes/security-groups.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';
import { authorize } from '../simulation/events.ts';
import { ACCOUNT, HEARTBEAT, SCHEDULER_ROLE, shippedPolicy } from '../simulation/world.ts';
import { GROUP, rule } from './rules/perfect.ts';

const ID = 'sgr-00000000000000001';
const NOON_ISO = '2026-03-01T12:00:00.000Z';
const NOON = Date.parse(NOON_ISO);
/** When a message was sent that is so many seconds old. */
const sentBefore = (seconds: number) => NOON - seconds * 1000;

function perfect() {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const securityGroups = new FakeSecurityGroups(clock);
  securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  securityGroups.open(rule(ID));
  const ledger = new FakeLedger(clock);
  const [log, meter, notifier] = [new FakeLog(), new FakeMeter(), new FakeNotifier()];
  const pause = { read: async (): Promise<PauseFlag> => ({ kind: 'running' }) };
  const [mail, reported] = [new FakeMailBudget(), new FakeReportedMessages()];
  const deps: Worker['deps'] = {
    work: securityGroupWork({
      securityGroups,
      ledger,
      clock,
      policy: shippedPolicy('enforce'),
      policyDigest: 'policy',
    }),
    ...{ ledger, log, meter, notifier, pause, clock },
    mail,
    outbox: ledger.outbox,
    random: () => 1,
    policy: shippedPolicy('enforce'),
    stamp: { policyDigest: 'policy', commit: 'commit', version: '0.0.0' },
    account: ACCOUNT,
    stage: 'dev',
    ownRoleArns: [],
    optInTag: { key: 'undrift:replace', value: 'allowed' },
  };
  const later: (readonly [string, number])[] = [];
  const hidden: (readonly [string, number])[] = [];
  const parked: (readonly [string, string])[] = [];
  const postman: Worker['postman'] = {
    hide: async ({ id }, seconds) => void hidden.push([id, seconds]),
    later: async ({ id }, seconds) => void later.push([id, seconds]),
    park: async ({ id }, reason) => void parked.push([id, reason]),
  };
  const history = new FakeEventHistory();
  const heartbeat = { parameter: HEARTBEAT, role: SCHEDULER_ROLE, returns: new FakeHeartbeatReturns() };
  const worker: Worker = {
    ...{ deps, postman, reported, history, heartbeat },
    region: 'eu-central-1',
    remaining: () => 60_000,
  };
  return {
    clock,
    securityGroups,
    ledger,
    log,
    meter,
    notifier,
    mail,
    reported,
    history,
    heartbeat,
    pause,
    deps,
    worker,
    hidden,
    later,
    parked,
  };
}

const message = (body: unknown, given: Partial<Message> = {}): Message => ({
  id: 'm1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  receiptHandle: 'r1',
  redriven: false,
  receives: 1,
  sentAt: NOON,
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

  it('stays hidden for as long as a claim, before anything is read', async () => {
    const at = perfect();
    let reads = -1;
    const hide: Worker['postman']['hide'] = async (...hidden) => {
      reads = at.ledger.calls.length + at.securityGroups.calls.length;
      return at.worker.postman.hide(...hidden);
    };
    const batch = [message(opened(at), { id: 'a' }), message(opened(at), { id: 'b' })];
    await takeBatch(batch, { ...at.worker, postman: { ...at.worker.postman, hide } });
    expect({ reads, hidden: at.hidden }).toEqual({
      reads: 0,
      hidden: [
        ['a', 91],
        ['b', 91],
      ],
    });
  });

  it('is taken although it cannot be hidden', async () => {
    const at = perfect();
    const hide = () => Promise.reject(new Retryable('sqs:ChangeMessageVisibility'));
    const worker = { ...at.worker, postman: { ...at.worker.postman, hide } };
    expect(await takeBatch([message(opened(at))], worker)).toEqual([]);
    expect(at.securityGroups.rulesOf(GROUP)).toEqual([]);
  });

  it('of nothing is nothing', async () => expect(await takeBatch([], perfect().worker)).toEqual([]));
});

describe('a malformed message', () => {
  it.each([
    ['no JSON', '{'],
    ['no event', '{"hello":"world"}'],
    ['nothing', ''],
  ])('is dead-lettered at its first receive, with the reason: %s', async (_name, body) => {
    const at = perfect();
    expect(await takeBatch([message(body)], at.worker)).toEqual([]);
    expect(at.parked).toEqual([['m1', expect.stringMatching(/^MalformedEvent: ./)]]);
    expect(at.later).toEqual([]);
    expect(at.meter.total('Parked')).toBe(1);
    expect(at.notifier.subjects).toEqual(['[undrift] Dead-lettered: unreadable event (security-groups)']);
  });

  it('is named in the notification as far as it can be read', async () => {
    const at = perfect();
    const event = opened(at);
    const detail = { ...event.detail, requestParameters: { groupId: 7 }, responseElements: null };
    await takeBatch([message({ ...event, detail })], at.worker);
    const { notice } = at.notifier.notices[0] ?? expect.fail('no notification');
    expect(notice.subject).toBe(
      '[undrift] Dead-lettered: unreadable event AuthorizeSecurityGroupIngress (security-groups)',
    );
    expect(notice.text).toContain(`event ${event.detail.eventID}`);
    expect(notice.text).toContain('detail[.]requestParameters');
  });

  it('goes back when it cannot be dead-lettered', async () => {
    const at = perfect();
    const park = async () => {
      throw new Error('AccessDenied');
    };
    const worker = { ...at.worker, postman: { ...at.worker.postman, park } };
    expect(await takeBatch([message('{')], worker)).toEqual(['m1']);
    expect(at.later).toEqual([['m1', 5]]);
    expect(at.meter.total('Parked')).toBe(0);
    expect(at.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { why: 'Error: AccessDenied' } });
  });

  it('is dead-lettered although SNS cannot be reached: the alarm rings', async () => {
    const at = perfect();
    at.notifier.failNext(new Retryable('sns:Publish'), 'publish');
    expect(await takeBatch([message('{')], at.worker)).toEqual([]);
    expect(at.parked).toHaveLength(1);
    expect(at.meter.total('Parked')).toBe(1);
  });

  it('is published without an email while the email budget cannot be read', async () => {
    const at = perfect();
    at.mail.failNext(new Retryable('dynamodb:GetItem'), 'admit');
    await takeBatch([message('{')], at.worker);
    expect(at.notifier.notices.map(({ mail }) => mail)).toEqual([false]);
  });
});

describe('a message that fails', () => {
  /** By its age it is in no hurry: only the back-off decides. */
  const unhurried = (receives: number) => ({ receives, sentAt: sentBefore(receives * 44 - 441) });

  it.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [4, 40],
    [5, 45],
    [40, 45],
    [900, 45],
  ])('of an exposure, at receive %s comes back after %s s at most', async (receives, seconds) => {
    const at = failing(new Error('boom'));
    expect(await takeBatch([message(opened(at), unhurried(receives))], at.worker)).toEqual(['m1']);
    expect(at.later).toEqual([['m1', seconds]]);
    const failed = at.log.lines.find(({ level }) => level === 'error');
    expect(failed?.fields).toMatchObject({ why: 'Error: boom', receives });
  });

  it.each([
    [8, 640],
    [9, 900],
    [70, 900],
  ])('of an instance, at receive %s comes back after %s s at most', async (receives, seconds) => {
    const at = failing(new Error('boom'));
    const work = { ...at.deps.work, unit: 'instances' as const };
    const worker = { ...at.worker, deps: { ...at.deps, work } };
    await takeBatch([message(opened(at), { receives, sentAt: sentBefore(20_000) })], worker);
    expect(at.later).toEqual([['m1', seconds]]);
  });

  it.each([
    [0, 23],
    [0.5, 34],
    [0.999, 45],
  ])('at chance %s comes back after %s s: the upper half of the wait is left to chance', async (chance, seconds) => {
    const at = failing(new Error('boom'));
    const worker = { ...at.worker, deps: { ...at.deps, random: () => chance } };
    await takeBatch([message(opened(at), { receives: 6, sentAt: sentBefore(200) })], worker);
    expect(at.later).toEqual([['m1', seconds]]);
  });

  it.each<readonly [string, Error, Partial<Message>, 'goes back' | 'is dead-lettered']>([
    [
      'just younger than 12 hours',
      new Retryable('throttled'),
      { receives: 980, sentAt: sentBefore(43_199) },
      'goes back',
    ],
    ['12 hours old', new Retryable('throttled'), { receives: 980, sentAt: sentBefore(43_200) }, 'is dead-lettered'],
    ['refused for good, at its 11th receive', new Refused('denied'), { receives: 11 }, 'goes back'],
    [
      'refused for good, 12 hours old',
      new Refused('denied'),
      { receives: 980, sentAt: sentBefore(43_200) },
      'is dead-lettered',
    ],
    [
      'two days old, at its second try: its function was disabled',
      new Retryable('throttled'),
      { receives: 2, sentAt: sentBefore(172_800) },
      'goes back',
    ],
    ['without a SentTimestamp', new Retryable('throttled'), { receives: 999, sentAt: null }, 'goes back'],
    [
      'with a SentTimestamp in seconds',
      new Retryable('throttled'),
      { receives: 999, sentAt: NOON / 1000 },
      'goes back',
    ],
    [
      'with a SentTimestamp of tomorrow',
      new Retryable('throttled'),
      { receives: 999, sentAt: sentBefore(-86_400) },
      'goes back',
    ],
  ])('%s: %s, %s', async (_name, error, given, becomes) => {
    const at = failing(error);
    const back = await takeBatch([message(opened(at), given)], at.worker);
    expect(back).toEqual(becomes === 'goes back' ? ['m1'] : []);
    const reasons = at.parked.map(([, reason]) => reason);
    expect(reasons).toEqual(becomes === 'goes back' ? [] : [`${error.name}: ${error.message}`]);
    const deadLetters = at.notifier.subjects.filter((subject) => subject.startsWith('[undrift] Dead-lettered: '));
    expect(deadLetters).toHaveLength(reasons.length);
  });

  it('is not tried again when its workers have died for an hour after its time', async () => {
    const at = perfect();
    const late = { receives: 150, sentAt: sentBefore(46_800) };
    expect(await takeBatch([message(opened(at), late)], at.worker)).toEqual([]);
    expect(at.parked).toEqual([['m1', expect.stringContaining('the function ended before')]]);
    expect(at.ledger.calls).toEqual([]);
    expect(at.notifier.subjects).toHaveLength(1);
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
    expect(at.log.lines.at(-2)).toMatchObject({ level: 'info', message: 'not now', fields: { seconds: 15 } });
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
      const leased = { ...(await current()), status: 'acting' as const, leaseUntil: plus(at.clock.now(), seconds) };
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

describe('the age of a message', () => {
  const ages = (at: ReturnType<typeof perfect>) =>
    at.meter.counts.filter(({ name }) => name === 'MessageAge').map(({ value, dimensions }) => [value, dimensions]);

  it.each([
    ['that is handled', 60_000],
    ['that is begun with too little time', 0],
  ])('is measured of each message %s', async (_name, milliseconds) => {
    const at = perfect();
    const batch = [
      message(opened(at), { id: 'a' }),
      message(opened(at), { id: 'b', receives: 7, sentAt: sentBefore(301) }),
    ];
    await takeBatch(batch, { ...at.worker, remaining: () => milliseconds });
    expect(ages(at)).toEqual([
      [0, { unit: 'security-groups' }],
      [301, { unit: 'security-groups' }],
    ]);
  });

  it('is measured before a call is made: a worker that dies on the message has reported it', async () => {
    const at = perfect();
    let measured = 0;
    at.pause.read = async () => {
      measured = ages(at).length;
      return { kind: 'running' };
    };
    await takeBatch([message(opened(at))], at.worker);
    expect(measured).toBe(1);
  });

  it('is not measured where it is not known', async () => {
    const at = perfect();
    await takeBatch([message(opened(at), { sentAt: null })], at.worker);
    expect(ages(at)).toEqual([]);
  });
});

describe('a message that has failed for five minutes', () => {
  const old = { receives: 10, sentAt: sentBefore(300) };
  const delayed = (at: ReturnType<typeof perfect>) =>
    at.notifier.subjects.filter((subject) => subject.startsWith('[undrift] Delayed: '));

  it('is reported once, with what it is about, the reason, and how long undrift goes on', async () => {
    const at = failing(new Retryable('RequestLimitExceeded'));
    await takeBatch([message(opened(at), old)], at.worker);
    at.ledger.failNext(new Retryable('RequestLimitExceeded'), 'lastReading');
    await takeBatch([message(opened(at), { ...old, receives: 11 })], at.worker);
    expect(at.notifier.subjects).toEqual([
      '[undrift] Delayed: AuthorizeSecurityGroupIngress on sg-0123456789abcdef0 (security-groups)',
    ]);
    const [{ notice, mail } = expect.fail('no notification')] = at.notifier.notices;
    expect(mail).toBe(true);
    expect(notice.text).toContain('Tried 10 times, over 5 min');
    expect(notice.text).toContain('Retryable: RequestLimitExceeded');
    expect(notice.text.replaceAll(/\s+/g, ' ')).toContain('tries again until 2026-03-01 23:55:00 UTC');
    expect(notice.json).toMatchObject({
      kind: 'delayed',
      until: '2026-03-01T23:55:00.000Z',
      message: { id: 'm1', unit: 'security-groups', receives: 10, ageSeconds: 300 },
    });
  });

  it('is not reported before', async () => {
    const at = failing(new Retryable('RequestLimitExceeded'));
    await takeBatch([message(opened(at), { receives: 10, sentAt: sentBefore(299) })], at.worker);
    expect(at.notifier.notices).toEqual([]);
  });

  it('is not reported where its incident is: people are notified of that', async () => {
    const at = perfect();
    at.pause.read = () => Promise.reject(new ComeBack(30, 'refused', true));
    await takeBatch([message(opened(at), old)], at.worker);
    expect(delayed(at)).toEqual([]);
  });

  it('is reported at a later try where SNS or the ledger failed', async () => {
    const at = failing(new Retryable('busy'));
    at.notifier.failNext(new Retryable('sns:Publish'), 'publish');
    await takeBatch([message(opened(at), old)], at.worker);
    at.reported.failNext(new Retryable('dynamodb:GetItem'), 'has');
    at.ledger.failNext(new Retryable('busy'), 'lastReading');
    await takeBatch([message(opened(at), old)], at.worker);
    expect(delayed(at)).toEqual([]);
    at.ledger.failNext(new Retryable('busy'), 'lastReading');
    await takeBatch([message(opened(at), old)], at.worker);
    expect(delayed(at)).toHaveLength(1);
  });

  it('takes no email from the budget of the hour when SNS did not take its notification', async () => {
    const at = failing(new Retryable('busy'));
    const { mailsPerHour } = at.deps.policy.notifications;
    for (let n = 0; n < mailsPerHour; n += 1) {
      at.ledger.failNext(new Retryable('busy'), 'lastReading');
      at.notifier.failNext(new Retryable('sns:Publish'), 'publish');
      await takeBatch([message(opened(at), { ...old, id: `m${n}` })], at.worker);
    }
    at.ledger.failNext(new Retryable('busy'), 'lastReading');
    await takeBatch([message(opened(at), old)], at.worker);
    expect(at.notifier.notices.map(({ mail }) => mail)).toEqual([true]);
  });

  it('is reported after the acts of the messages behind it in the batch', async () => {
    const at = failing(new Retryable('busy'));
    let open = -1;
    const publish = at.notifier.publish.bind(at.notifier);
    at.notifier.publish = async (notice, mail) => {
      if (notice.subject.includes('Delayed')) open = at.securityGroups.rulesOf(GROUP).length;
      return publish(notice, mail);
    };
    await takeBatch([message(opened(at), old), message(opened(at), { id: 'm2' })], at.worker);
    expect({ open, delayed: delayed(at).length }).toEqual({ open: 0, delayed: 1 });
  });

  it('goes back before it is reported, and is not reported while the time of the function runs out', async () => {
    const at = failing(new Retryable('busy'));
    const left = [60_000, 13_999];
    await takeBatch([message(opened(at), old)], { ...at.worker, remaining: () => left.shift() ?? 0 });
    expect({ later: at.later, delayed: delayed(at) }).toEqual({ later: [['m1', 45]], delayed: [] });
  });

  it('is one of a thousand: each is published, one is an email, and the others are lines of the next list', async () => {
    const at = perfect();
    at.ledger.lastReading = () => Promise.reject(new Retryable('busy'));
    for (let n = 0; n < 1000; n += 1) await takeBatch([message(opened(at), { ...old, id: `m${n}` })], at.worker);
    expect(delayed(at)).toHaveLength(1000);
    expect(at.notifier.notices.filter(({ mail }) => mail)).toHaveLength(1);
    expect(at.mail.waiting.map(({ kind }) => kind)).toEqual(Array(999).fill('action'));
  });
});

describe('a batch whose calls never come to an end', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  const never = () => new Promise<never>(() => {});
  const ids = ['m1', 'm2', 'm3', 'm4', 'm5'];

  /** What goes back, and how many milliseconds are left then; a function that is stopped answers nothing. */
  async function taken(prepare: (at: ReturnType<typeof perfect>, deadline: Deadline) => void) {
    const [at, deadline, from] = [perfect(), new Deadline(), Date.now()];
    prepare(at, deadline);
    const remaining = () => 60_000 - (Date.now() - from);
    const batch = ids.map((id) => message(opened(at), { id }));
    const run = async () => {
      const back = await deadline.during(remaining, () => takeBatch(batch, { ...at.worker, remaining }));
      return { back, left: remaining() };
    };
    const stopped = vi.advanceTimersByTimeAsync(60_000).then(() => null);
    return { at, answer: await Promise.race([run(), stopped]) };
  }
  const hanging = (at: ReturnType<typeof perfect>, deadline: Deadline) => {
    const read = () => ask('ec2', 'DescribeSecurityGroups', () => deadline.call('ec2', never));
    Object.assign(at.securityGroups, { read });
  };

  it('is given back within the time of the function while EC2 hangs: none is left to its visibility', async () => {
    const { at, answer } = await taken(hanging);
    // Four of them wait for EC2, ten seconds each; the last one is not begun.
    expect(answer).toEqual({ back: ids, left: 20_000 });
    expect(at.later.map(([id]) => id)).toEqual(ids);
    expect(Math.max(...at.later.map(([, seconds]) => seconds))).toBeLessThanOrEqual(45);
  });

  it('comes to its end while SQS hangs, too', async () => {
    const { answer } = await taken((at, deadline) => {
      hanging(at, deadline);
      const later = () => ask('sqs', 'ChangeMessageVisibility', () => deadline.call('sqs', never));
      Object.assign(at.worker.postman, { later });
    });
    expect(answer).toMatchObject({ back: ids });
    expect(answer?.left).toBeGreaterThanOrEqual(1_000);
  });

  it('is given back but for the message that took the time by judging alone', async () => {
    const { at, answer } = await taken(({ securityGroups }) => {
      const read = securityGroups.read.bind(securityGroups);
      securityGroups.read = async (id) => {
        vi.setSystemTime(Date.now() + 20_000);
        return read(id);
      };
    });
    expect(answer).toMatchObject({ back: ids.slice(1) });
    expect(at.later.map(([id]) => id)).toEqual(ids.slice(1));
  });
});

describe('a notice that a batch has recorded', () => {
  it('is not sent when another worker has recorded, and sent, how the incident went on', async () => {
    const at = perfect();
    let flag: PauseFlag = { kind: 'paused', by: 'kim', reason: 'x', at: NOON_ISO, until: plus(at.clock.now(), 3600) };
    at.worker.deps.pause.read = async () => flag;
    const read = at.securityGroups.read.bind(at.securityGroups);
    // While the second message is handled, undrift is resumed, and another worker closes what the first one held.
    at.securityGroups.read = async (id) => {
      if (id !== GROUP) {
        flag = { kind: 'running' };
        const [held] = at.ledger.incidents;
        await takeBatch([message({ undrift: 'recheck', incident: held?.key })], at.worker);
      }
      return read(id);
    };
    const other = { id: ID, groupId: 'sg-fffffffffffffffff', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
    await takeBatch([message(opened(at)), message(authorize(at.clock.iso(), other), { id: 'm2' })], at.worker);
    expect(at.ledger.incidents).toMatchObject([{ status: 'closed' }]);
    expect(at.notifier.notices.map(({ notice }) => notice.json.kind)).toEqual(['fixed']);
    expect(at.ledger.outbox.owed).toEqual([]);
  });

  it('is left to the scheduler when it cannot be read whether it is still owed', async () => {
    const at = perfect();
    at.ledger.outbox.failNext(new Retryable('throttled'), 'isOwed');
    await takeBatch([message(opened(at))], at.worker);
    expect(at.notifier.notices).toEqual([]);
    expect(at.ledger.outbox.owed).toHaveLength(1);
  });
});
