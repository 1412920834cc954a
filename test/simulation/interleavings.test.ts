/**
 * Whatever the order in which workers and the scheduler go on, and whatever fails meanwhile: an exposure is closed, once, on
 * record, and people are notified. `UNDRIFT_SCHEDULES` tries more of them; `UNDRIFT_SEED` tries one seed again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIDDEN_SECONDS } from '../../src/deps.ts';
import { Refused, Retryable, Unstorable } from '../../src/roles.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const SCHEDULES = Number(process.env.UNDRIFT_SCHEDULES ?? 40);
/** As a failure prints them: `SEED` or `SEED/PATH`. */
const [SEED, PATH] = process.env.UNDRIFT_SEED?.split('/') ?? [];
const PORTS = [22, 3389, 5432] as const;
const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
/** A refused exposure comes back within 45 seconds, and the calls take time. */
const CLOSED_WITHIN = 60;
/** Who carries on after a crash waits until the message is seen again, which is as long as a claim's lease. */
const AFTER_CRASH = HIDDEN_SECONDS + CLOSED_WITHIN;
/** Everything has worked again for long by then. */
const HORIZON = 2400;

type Span = { readonly from: number; readonly seconds: number };
type Opening = { readonly group: number; readonly port: (typeof PORTS)[number]; readonly at: number };
type Scenario = {
  readonly openings: readonly Opening[];
  /** Seconds after it was opened at which the event of an opening comes; each at least once. */
  readonly deliveries: readonly (readonly number[])[];
  /** EC2 answers nothing, or denies the call. */
  readonly refused: readonly (Span & { readonly call: 'revoke' | 'read'; readonly how: 'throttled' | 'denied' })[];
  readonly silent: Span;
  /** Groups whose full record DynamoDB does not take. */
  readonly oversize: readonly number[];
  readonly crashes: readonly { readonly at: number; readonly call: number; readonly effect: 'before' | 'after' }[];
  /** Milliseconds that a call takes. */
  readonly slow: number;
};

const span = (most: number) => ({ from: fc.nat(90), seconds: fc.nat(most) });
const opening = fc.record({ group: fc.nat(2), port: fc.constantFrom(...PORTS), at: fc.nat(120) });
const delivery = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
const scenario: fc.Arbitrary<Scenario> = fc
  .array(fc.tuple(opening, delivery), { minLength: 1, maxLength: 5 })
  .chain((opened) =>
    fc.record({
      openings: fc.constant(opened.map(([it]) => it)),
      deliveries: fc.constant(opened.map(([, it]) => it)),
      refused: fc.array(
        fc.record({
          ...span(240),
          call: fc.constantFrom('revoke' as const, 'read' as const),
          how: fc.constantFrom('throttled' as const, 'denied' as const),
        }),
        { maxLength: 2 },
      ),
      silent: fc.record(span(900)),
      oversize: fc.subarray([0, 1, 2]),
      crashes: fc.array(
        fc.record({
          at: fc.nat(150),
          call: fc.integer({ min: 1, max: 30 }),
          effect: fc.constantFrom('before' as const, 'after' as const),
        }),
        { maxLength: 2 },
      ),
      slow: fc.nat(200),
    }),
  );

const within = (seconds: number, { from, seconds: long }: Span) => seconds >= from && seconds < from + long;

/** The world, with what fails in it, and when each rule was closed. */
function staged(given: Scenario) {
  const at = new World(shippedPolicy('enforce'));
  at.concurrency = 3;
  const begun = at.clock.now().getTime();
  const now = () => (at.clock.now().getTime() - begun) / 1000;
  for (let n = 0; n < 3; n++) {
    at.securityGroups.addGroup({ id: groupId(n), name: `web-${n}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  }
  const closed = new Map<string, number[]>();
  const requests: string[] = [];
  refuse(at, given, now);
  const revoke = at.securityGroups.revoke.bind(at.securityGroups);
  at.securityGroups.revoke = async (id, ruleIds, egress) => {
    const open = at.securityGroups.rulesOf(id).map((rule) => rule.id);
    const sent = await revoke(id, ruleIds, egress);
    for (const rule of ruleIds.filter((it) => open.includes(it)))
      closed.set(rule, [...(closed.get(rule) ?? []), now()]);
    if (sent.requestId !== null) requests.push(sent.requestId);
    return sent;
  };
  return { at, begun, now, closed, requests };
}

function refuse(at: World, { refused, silent, oversize }: Scenario, now: () => number): void {
  for (const name of ['revoke', 'read'] as const) {
    const works = at.securityGroups[name].bind(at.securityGroups) as (...args: unknown[]) => Promise<never>;
    at.securityGroups[name] = async (...args: unknown[]) => {
      const trouble = refused.find((it) => it.call === name && within(now(), it));
      if (trouble?.how === 'throttled')
        throw new Retryable(`ec2: ${name} cannot be answered now (RequestLimitExceeded)`);
      if (trouble?.how === 'denied') throw new Refused(`this role may not call ec2: ${name}`);
      return works(...args);
    };
  }
  const publish = at.notifier.publish.bind(at.notifier);
  at.notifier.publish = async (notice, mail) => {
    if (within(now(), silent)) throw new Retryable('sns:Publish cannot be answered now (Throttled)');
    return publish(notice, mail);
  };
  const put = at.ledger.put.bind(at.ledger);
  at.ledger.put = async (incident, ...rest) => {
    const large = oversize.some((n) => incident.resource.id === groupId(n));
    if (large && incident.unrecorded === undefined) throw new Unstorable('the record is larger than 400 KB');
    return put(incident, ...rest);
  };
}

/** What happens, in the order of its time. */
function plan({ openings, deliveries, crashes }: Scenario, { at }: Scene) {
  const events = new Map<number, unknown>();
  const open = ({ group, port }: Opening, n: number) => {
    const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
    const range = { fromPort: port, toPort: port };
    at.securityGroups.open({
      ...{
        id: ruleId(n),
        groupId: groupId(group),
        egress: false,
        protocol: 'tcp',
        ...range,
        source,
        description: null,
      },
    });
    const named = { id: ruleId(n), groupId: groupId(group), ...range, cidr: source.cidr };
    events.set(n, authorize(at.clock.iso(), named));
  };
  return [
    ...openings.map((it, n) => ({ second: it.at, does: () => open(it, n) })),
    ...deliveries.flatMap((delays, n) =>
      delays.map((delay) => ({
        second: (openings[n]?.at ?? 0) + delay,
        does: () => at.send('security-groups', events.get(n)),
      })),
    ),
    ...crashes.map((crash) => ({ second: crash.at, does: () => at.dieAt(crash) })),
  ].toSorted((a, b) => a.second - b.second);
}

/** The moment from which nothing of EC2 fails for long enough. */
function acceptable(from: number, { refused }: Scenario, needed: number): number {
  const next = refused.find((it) => it.seconds > 0 && it.from < from + needed && it.from + it.seconds > from);
  return next === undefined ? from : acceptable(next.from + next.seconds, { refused } as Scenario, needed);
}

async function played(given: Scenario, schedule: fc.Scheduler) {
  const scene = staged(given);
  const { at, now } = scene;
  at.interleave = async (label) => {
    at.clock.advance(given.slow / 1000);
    await schedule.schedule(Promise.resolve(), label);
  };
  const play = async () => {
    for (const { second, does } of plan(given, scene)) {
      await at.run(Math.max(0, second - now()));
      does();
    }
    await at.run(Math.max(0, HORIZON - now()));
  };
  await schedule.waitFor(play());
  return scene;
}

/** When the rule must be closed at the latest: a worker that dies leaves a claim or a lock behind, for the group too. */
function latest(n: number, given: Scenario, died: readonly number[]): number {
  const known = (given.openings[n]?.at ?? 0) + Math.min(...(given.deliveries[n] ?? [0]));
  const alone = acceptable(known, given, CLOSED_WITHIN) + CLOSED_WITHIN;
  return died.reduce((end, crash) => {
    return crash > end ? end : Math.max(end, acceptable(crash, given, AFTER_CRASH) + AFTER_CRASH);
  }, alone);
}

type Scene = ReturnType<typeof staged>;

function expectLaws(given: Scenario, { at, begun, closed, requests }: Scene): void {
  const died = at.deaths.map((instant) => (Date.parse(instant) - begun) / 1000);
  for (const n of given.openings.keys()) {
    const times = closed.get(ruleId(n)) ?? [];
    expect(times, `${ruleId(n)} is closed once`).toHaveLength(1);
    expect(times[0], `${ruleId(n)} is closed in time`).toBeLessThanOrEqual(latest(n, given, died));
  }
  const { incidents } = at.ledger;
  expect(incidents.map(({ status }) => status)).toEqual(incidents.map(() => 'closed'));
  const concerned = new Set(given.openings.map(({ group }) => groupId(group)));
  expect(new Set(incidents.map(({ resource }) => resource.id))).toEqual(concerned);
  // What is found together is one notification, and of what is opened over and over only some occurrences are.
  const texts = at.notifier.notices.map(({ notice }) => `${notice.subject}\n${notice.text}`.replace(/\s+/g, ' '));
  const unnamed = given.openings.filter(
    ({ group, port }) => !texts.some((text) => text.includes(groupId(group)) && text.includes(`tcp ${port} from`)),
  );
  expect(unnamed).toEqual([]);
  // Of an act whose worker died before the answer, the request is not on record.
  const unknown = requests.filter((id) => !at.ledger.calls.some(({ name, args }) => name === 'put' && args[1] === id));
  expect(unknown.length).toBeLessThanOrEqual(died.length);
  expect([at.parked, at.moved, at.waiting, at.errors.filter((it) => !it.includes('sns:'))]).toEqual([[], [], 0, []]);
}

const PARAMETERS = { ...(SEED && { seed: Number(SEED) }), ...(PATH && { path: PATH }) };

describe('over interleavings of workers and the scheduler, with all that may fail', () => {
  it('an exposure is closed in time, once and on record, and every one is named in a notification', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), async (given, schedule) => {
        expectLaws(given, await played(given, schedule));
      }),
      { ...PARAMETERS, numRuns: SCHEDULES },
    );
  });
});
