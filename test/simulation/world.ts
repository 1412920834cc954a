import { readFileSync } from 'node:fs';
import type { Incident, Unit } from '../../src/domain/incident.ts';
import type { Trigger } from '../../src/inbound/trigger.ts';
import { pauseFlagReader } from '../../src/pause.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { OwedNotice, PauseFlagReader } from '../../src/roles.ts';
import { wakeDue } from '../../src/wake.ts';
import type { Work } from '../../src/work.ts';
import { type Message, takeBatch, type Worker } from '../../src/worker.ts';
import { instanceWork } from '../../src/works/instances.ts';
import { networkWork } from '../../src/works/networks.ts';
import { securityGroupWork } from '../../src/works/security-groups.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeEventHistory } from '../fakes/event-history.ts';
import { FakeFleet } from '../fakes/fleet.ts';
import { fakeWatching } from '../fakes/heartbeat.ts';
import { FakeImages } from '../fakes/images.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { FakeManagedNodes } from '../fakes/managed-nodes.ts';
import { NetworkWorld } from '../fakes/network-world.ts';
import { FakeNetworks } from '../fakes/networks.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakePauseCopy, FakePauseParameter, FakePauseWatch } from '../fakes/pause.ts';
import { FakeLookState, FakeRegion } from '../fakes/region.ts';
import { FakeReportedMessages } from '../fakes/reported-messages.ts';
import { FakeSecurityGroups } from '../fakes/security-groups.ts';
import { FakeSessions } from '../fakes/sessions.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';
import { untruthsOf } from './truth.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const HEARTBEAT = '/undrift/dev/heartbeat';
export const SCHEDULER_ROLE = `arn:aws:iam::${ACCOUNT}:role/undrift-dev-RecheckRole-1A2B`;
export const OWN_ROLE = `arn:aws:iam::${ACCOUNT}:role/undrift-dev-security-groups`;
const VISIBILITY_SECONDS = 360;
/** `maxReceiveCount` of the queues. */
const MAX_RECEIVES = 1000;

export function shippedPolicy(mode: 'observe' | 'enforce', change: Partial<Policy> = {}): Policy {
  const text = readFileSync(new URL('../../policy.yml', import.meta.url), 'utf8');
  return { ...loadPolicy(text, 'policy.yml').policy, mode, ...change };
}

class Died extends Error {}

/** One worker: those that run at the same time live and die by themselves. */
type Life = { dead: boolean };

/** Where a worker dies: at its n-th call to the world, before or after the call had its effect. */
export type Death = { readonly call: number; readonly effect: 'before' | 'after' };

type Flight = {
  unit: Unit;
  body: string;
  id: number;
  sentAt: number;
  visibleAt: number;
  receives: number;
  redriven: boolean;
};

/** The whole deployment in memory: two queues that deliver at least once, a recheck each minute, a clock that is ours. */
export class World {
  readonly clock = new FakeClock('2026-03-01T12:00:00.000Z');
  readonly network = new NetworkWorld(this.clock);
  readonly securityGroups = new FakeSecurityGroups(this.clock, this.network);
  readonly networks = new FakeNetworks(this.network);
  readonly fleet = new FakeFleet(this.clock);
  readonly sessions = new FakeSessions(this.clock);
  readonly nodes = new FakeManagedNodes();
  readonly images = new FakeImages();
  readonly ledger = new FakeLedger(this.clock);
  readonly notifier = new FakeNotifier();
  readonly mail = new FakeMailBudget();
  readonly reported = new FakeReportedMessages();
  readonly history = new FakeEventHistory();
  readonly pause = new FakePauseParameter(this.clock);
  readonly region = new FakeRegion(this.network);
  readonly looks = new FakeLookState();
  /** Milliseconds that a run of the scheduler has left. */
  schedulerHas: () => number = () => 50_000;
  readonly copy = new FakePauseCopy();
  readonly watch = new FakePauseWatch();
  readonly watching = fakeWatching();
  readonly meter = new FakeMeter();
  readonly log = new FakeLog();
  readonly parked: { body: string; reason: string }[] = [];
  /** Bodies that SQS itself moved to the dead-letter queue, as they were received too often. */
  readonly moved: string[] = [];
  /** Chance: 1 is the longest wait. */
  random: () => number = () => 1;
  /** A deployment may bring another one. */
  policy: Policy;
  /** Another one stands for a policy that was deployed meanwhile. */
  policyDigest = 'policy';
  /** When a worker died, ISO 8601, UTC. */
  readonly deaths: string[] = [];
  /** Calls that the world has seen from workers, for counting where one may die. */
  calls: string[] = [];
  #death: Death | null = null;
  #queue: Flight[] = [];
  #messages = 0;
  /** When the recheck runs next. */
  #tick = this.clock.now().getTime() + 60_000;
  /** AWS tells of a change of the pause parameter at once. */
  #pauseChanged = false;

  constructor(policy: Policy = shippedPolicy('enforce')) {
    this.policy = policy;
    this.ledger.written = (incident, before, owed) => this.#check(incident, before, owed);
    this.pause.changed = () => {
      this.#pauseChanged = true;
    };
  }

  /** The next worker dies at this call. */
  dieAt(death: Death): void {
    this.calls = [];
    this.#death = death;
  }

  /** Each worker dies at this call (`ec2.read`): a message that no worker survives. */
  diesOn: string | null = null;

  /** What lies in the dead-letter queue is read by the function, as an operator has it do. */
  redrive(unit: Unit, event: unknown): void {
    this.send(unit, event, true);
  }

  send(unit: Unit, event: unknown, redriven = false): void {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    this.#messages += 1;
    const sentAt = this.clock.now().getTime();
    this.#queue.push({ unit, body, id: this.#messages, sentAt, visibleAt: sentAt, receives: 0, redriven });
  }

  /** No queue loses a message: for what happens when somebody purges one. */
  loseMessages(): void {
    this.#queue = [];
  }

  get waiting(): number {
    return this.#queue.length;
  }

  incident(): Incident {
    const [only, ...others] = this.ledger.incidents;
    if (only === undefined || others.length > 0) throw new Error(`${this.ledger.incidents.length} incidents`);
    return only;
  }

  /** Asked before each call of a worker or the scheduler: who waits here lets the others go on. */
  interleave: ((label: string) => Promise<void>) | null = null;
  /** How many messages are worked on at once. */
  concurrency = 1;
  /** How long each message takes. */
  secondsPerMessage = 0;
  /** Milliseconds that each worker has left, whatever it has done. */
  remaining = 60_000;

  /** Lets so many seconds pass: messages are delivered when visible, and the recheck runs each minute. */
  async run(seconds: number): Promise<void> {
    const end = this.clock.now().getTime() + seconds * 1000;
    for (;;) {
      if (this.#pauseChanged) {
        this.#pauseChanged = false;
        await this.schedule({ kind: 'pause-changed' });
      }
      const visible = this.#queue.toSorted((a, b) => a.visibleAt - b.visibleAt)[0];
      const next = Math.min(visible?.visibleAt ?? Number.POSITIVE_INFINITY, this.#tick);
      if (next > end) break;
      this.clock.advance(Math.max(0, (next - this.clock.now().getTime()) / 1000));
      const ready = this.#queue.filter(({ visibleAt }) => visibleAt <= next).slice(0, this.concurrency);
      // Messages go first, but where workers and the scheduler may meet.
      const ticks = this.#tick <= next && (ready.length === 0 || this.interleave !== null);
      if (ticks) this.#tick += 60_000;
      const scheduler = async () => (ticks ? this.recheck() : undefined);
      await Promise.all([...ready.map((flight) => this.#deliver(flight)), scheduler()]);
    }
    this.clock.advance(Math.max(0, (end - this.clock.now().getTime()) / 1000));
    this.#nothingIsLost();
    this.#nothingIsUntrue();
  }

  /** What a record, or anything that is printed of it, said untruly. */
  readonly #untrue: string[] = [];
  readonly #first = new Map<string, readonly string[]>();

  /** The law of every simulation: what is recorded and printed is true. */
  #check(incident: Incident, before: Incident | null, owed: OwedNotice | null): void {
    const { key, rounds, round, finding } = incident;
    const occurrence = `${key} ${round} ${rounds}`;
    const first = this.#first.get(occurrence) ?? finding.evidence;
    this.#first.set(occurrence, first);
    this.#untrue.push(...untruthsOf({ incident, before, first, owed, now: this.clock.now().toISOString() }));
  }

  #nothingIsUntrue(): void {
    const [first] = this.#untrue;
    if (first !== undefined) throw new Error(`${this.#untrue.length} untrue: ${first}`);
  }

  /** The law of every simulation: whatever is open is looked at again. */
  #nothingIsLost(): void {
    const lost = this.ledger.incidents.find(({ status, dueAt }) => status !== 'closed' && dueAt === null);
    if (lost !== undefined) throw new Error(`${lost.key} is ${lost.status}, and nobody will look at it again`);
  }

  async #deliver(flight: Flight): Promise<void> {
    // A dead-letter queue has no redrive policy of its own.
    if (flight.receives === MAX_RECEIVES && !flight.redriven) {
      this.moved.push(flight.body);
      this.#queue = this.#queue.filter((other) => other !== flight);
      return;
    }
    flight.receives += 1;
    flight.visibleAt = this.clock.now().getTime() + VISIBILITY_SECONDS * 1000;
    const life: Life = { dead: false };
    const { id, body, receives, sentAt } = flight;
    const { redriven } = flight;
    const own = redriven ? null : sentAt;
    const message: Message = { id: String(id), body, receiptHandle: String(id), redriven, receives, sentAt: own };
    const postman = {
      hide: async (_message: Message, seconds: number) => {
        flight.visibleAt = this.clock.now().getTime() + seconds * 1000;
      },
      later: async (_message: Message, seconds: number) => {
        this.#mayDie(life, 'before');
        flight.visibleAt = this.clock.now().getTime() + seconds * 1000;
      },
      park: async ({ body }: Message, reason: string) => {
        if (life.dead) throw new Died('this worker is dead');
        this.parked.push({ body, reason });
      },
    };
    const worker = {
      deps: this.#deps(flight.unit, life),
      postman,
      reported: this.#mortal('reported', this.reported, life),
      history: this.#mortal('history', this.history, life),
      heartbeat: { parameter: HEARTBEAT, role: SCHEDULER_ROLE, returns: this.watching.heartbeat.returns },
      region: REGION,
      remaining: () => this.remaining,
    };
    const back = await takeBatch([message], worker);
    this.clock.advance(this.secondsPerMessage);
    if (back.length === 0 && !life.dead) this.#queue = this.#queue.filter((other) => other !== flight);
    if (life.dead) this.#death = null;
  }

  /** The scheduler, by its clock, or hurried as by an event of Auto Scaling about a group. */
  async recheck(hurry: string | null = null): Promise<void> {
    const scaling = { kind: 'scaling', groups: new Set([hurry ?? '']), unread: 0 } as const;
    await this.schedule(hurry === null ? { kind: 'clock' } : scaling);
  }

  /** The Errors alarm sees what is thrown; the next minute runs all the same. */
  async schedule(trigger: Trigger): Promise<void> {
    const { pause: parameter, copy, watch } = this;
    const wake = async (unit: Unit, keys: readonly string[]) => {
      for (const incident of keys) this.send(unit, { undrift: 'recheck', incident });
    };
    const deps = {
      ...{ ...this.#everyday(), parameter, copy, watch, wake, remaining: () => this.schedulerHas() },
      ...{ region: this.region, looks: this.looks, policy: this.policy },
      ...this.watching,
      tell: async (messages: readonly object[]) => {
        for (const message of messages) this.send('security-groups', message);
      },
      outbox: this.#mortal('scheduler.outbox', this.ledger.outbox, null),
      random: () => 0.5,
      ledger: this.#mortal('scheduler.ledger', this.ledger, null),
      notifier: this.#mortal('scheduler.sns', this.notifier, null),
      mailsPerHour: this.policy.notifications.mailsPerHour,
      place: { account: ACCOUNT, region: REGION, stage: 'dev' },
    };
    await wakeDue(trigger, deps).catch((error: unknown) => this.errors.push(String(error)));
  }

  /** What the scheduler threw. */
  readonly errors: string[] = [];

  #everyday() {
    const { ledger, notifier, mail, clock, meter, log } = this;
    return { ledger, notifier, mail, clock, meter, log };
  }

  /** One container per unit, which remembers what it has read. */
  readonly #readers: Readonly<Record<Unit, PauseFlagReader>> = {
    'security-groups': this.#newReader(),
    instances: this.#newReader(),
    networks: this.#newReader(),
  };

  #newReader(): PauseFlagReader {
    const { pause: parameter, copy, clock, meter, log } = this;
    return pauseFlagReader({ parameter, copy, clock, meter, log });
  }

  #deps(unit: Unit, life: Life): Worker['deps'] {
    const mortal = <T extends object>(name: string, role: T): T => this.#mortal(name, role, life);
    const ledger = mortal('ledger', this.ledger);
    const shared = { ledger, clock: this.clock, policy: this.policy };
    const works: Readonly<Record<Unit, () => Work>> = {
      'security-groups': () => {
        const { policyDigest } = this;
        return securityGroupWork({ ...shared, policyDigest, securityGroups: mortal('ec2', this.securityGroups) });
      },
      instances: () =>
        instanceWork({
          ...shared,
          sessions: mortal('sessions', this.sessions),
          nodes: mortal('nodes', this.nodes),
          images: mortal('images', this.images),
          fleet: mortal('fleet', this.fleet),
        }),
      networks: () => networkWork({ ...shared, networks: mortal('network', this.networks) }),
    };
    return {
      ...this.#everyday(),
      ledger,
      work: works[unit](),
      notifier: mortal('sns', this.notifier),
      mail: mortal('mail', this.mail),
      outbox: mortal('outbox', this.ledger.outbox),
      pause: mortal('pause', this.#readers[unit]),
      policy: this.policy,
      stamp: { policyDigest: this.policyDigest, commit: 'commit', version: '0.0.0' },
      account: ACCOUNT,
      stage: 'dev',
      random: () => this.random(),
      ownRoleArns: [OWN_ROLE],
      optInTag: { key: 'undrift:replace', value: 'allowed' },
    };
  }

  /** A role whose every call is counted, and at one of which its worker may die; the scheduler (`null`) does not. */
  #mortal<T extends object>(name: string, role: T, life: Life | null): T {
    return new Proxy(role, {
      get: (target, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const label = `${name}.${String(property)}`;
          await this.interleave?.(label);
          if (life === null) return value.apply(target, args);
          if (life.dead) throw new Died('this worker is dead');
          this.calls.push(label);
          life.dead ||= this.diesOn === label;
          this.#mayDie(life, 'before');
          const answer = await value.apply(target, args);
          this.#mayDie(life, 'after');
          return answer;
        };
      },
    });
  }

  #mayDie(life: Life, effect: Death['effect']): void {
    if (life.dead) throw new Died('this worker is dead');
    if (this.#death === null || this.#death.effect !== effect || this.calls.length !== this.#death.call) return;
    life.dead = true;
    this.deaths.push(this.clock.iso());
    throw new Died('the worker was killed');
  }
}
