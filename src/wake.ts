/** The recheck: wakes what is due, watches the switch, sends the digest. It decides nothing and touches no resource. */
import { type Incident, UNITS, type Unit } from './domain/incident.ts';
import { plus } from './domain/time.ts';
import { setDue } from './due.ts';
import { digestNotice, pauseNotice } from './notice/own.ts';
import {
  type Clock,
  type Ledger,
  type Log,
  type MailBudget,
  type Meter,
  type Notifier,
  Retryable,
  type Switch,
  type SwitchWatch,
} from './roles.ts';

export type WakeDeps = {
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly mail: MailBudget;
  readonly pause: Switch;
  readonly watch: SwitchWatch;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
  readonly mailsPerHour: number;
  readonly place: { readonly account: string; readonly region: string; readonly stage: string };
  wake(unit: Unit, keys: readonly string[], delaySeconds: number): Promise<void>;
};

/** Workers remember the switch for five seconds: what a resume wakes comes after that. */
const SWITCH_CACHE_SECONDS = 6;

/** Why the recheck runs: its clock, or an event that hurries it for one Auto Scaling group. */
export type Trigger = { readonly hurry: string | null };

const MOST_AT_ONCE = 200;
/** A woken incident is due again after this, should its message get lost. */
const AGAIN_SECONDS = 120;
/** Waiting incidents are due within minutes: far enough to find those of a group that an event tells about. */
const HURRY_HORIZON_SECONDS = 3600;

export async function wakeDue(trigger: Trigger, deps: WakeDeps): Promise<void> {
  const resumed = await watchSwitch(deps);
  const now = deps.clock.now();
  const horizon = trigger.hurry !== null || resumed ? HURRY_HORIZON_SECONDS : 0;
  const candidates = await deps.ledger.due(plus(now, horizon), MOST_AT_ONCE);
  const due = candidates.filter((incident) => isDue(incident, now) || isHurried(incident, trigger, resumed));
  // Before the messages are sent: a write while the worker decides would supersede the worker's own.
  const again = plus(deps.clock.now(), AGAIN_SECONDS);
  const marked = await Promise.allSettled(due.map((incident) => setDue(incident, again, deps)));
  for (const unit of UNITS) {
    const mine = due.filter((incident) => incident.unit === unit);
    if (mine.length > 0)
      await deps.wake(
        unit,
        mine.map(({ key }) => key),
        resumed ? SWITCH_CACHE_SECONDS : 0,
      );
  }
  if (due.length > 0) deps.log.info('woken', { incidents: due.length, hurry: trigger.hurry });
  const unmarked = marked.find((result) => result.status === 'rejected');
  if (unmarked !== undefined) throw unmarked.reason;
  await sendDigest(deps);
  await countListeners(deps);
}

/** A topic that does not let itself be counted (one of another account, say) is no reason to fail: its alarm rings. */
async function countListeners({ notifier, meter, log }: WakeDeps): Promise<void> {
  try {
    meter.count('ConfirmedSubscriptions', {}, await notifier.confirmedSubscriptions());
  } catch (error) {
    log.warn('the subscriptions of the topic cannot be counted', { why: String(error) });
  }
}

function isDue({ dueAt }: Incident, now: Date): boolean {
  return dueAt !== null && Date.parse(dueAt) <= now.getTime();
}

function isHurried({ status, guard, replacement }: Incident, { hurry }: Trigger, resumed: boolean): boolean {
  if (resumed && guard === 'paused') return true;
  return hurry !== null && status === 'waiting' && replacement?.group === hurry;
}

/** Tells each change of the switch once, whoever made it and however. @returns whether a pause just ended */
async function watchSwitch(deps: WakeDeps): Promise<boolean> {
  const { pause, watch, notifier, mail, clock, log, meter, place } = deps;
  const now = clock.now().toISOString();
  const before = await watch.last();
  let current: Awaited<ReturnType<Switch['read']>>;
  try {
    current = await pause.read(now);
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    meter.count('SwitchUnreadable', {});
    log.error('the pause switch cannot be read', { why: error.message });
    return false;
  }
  const notice = pauseNotice(current, before, { ...place, now });
  if (notice === null || !(await watch.remember(current, before))) return false;
  await notifier.publish(notice, await mail.admit(notice.subject, now, deps.mailsPerHour));
  log.info('the pause switch changed', { paused: current !== null });
  return current === null;
}

async function sendDigest({ mail, notifier, clock, log, place }: WakeDeps): Promise<void> {
  const now = clock.now().toISOString();
  const waiting = await mail.takeDigest(now);
  if (waiting.count === 0) return;
  await notifier.publish(digestNotice(waiting, { ...place, now }), true);
  log.info('digest sent', { count: waiting.count });
}
