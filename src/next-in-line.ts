/**
 * A slot that came free goes to whoever waits for it, at once: the worker that freed it looks at the next ones itself. It is
 * only a look, as the recheck's: what it may do is decided anew, and claimed like anything else. Whoever it does not get to is
 * woken by the scheduler (`wake-lines.ts`).
 */
import { ComeBack, type Deps } from './deps.ts';
import { roomIn } from './domain/hour.ts';
import type { Incident } from './domain/incident.ts';
import { wholeOf } from './domain/part.ts';
import type { Report } from './proof.ts';
import { recheck } from './recheck.ts';
import { Superseded } from './roles.ts';
import { hasTime, type Run } from './run.ts';

type Remaining = Run['remaining'];

const MOST_AT_ONCE = 200;
/** So many in a row that are held, or refused by AWS: what keeps them keeps the others as well. */
const MOST_IN_VAIN = 3;

/** Where a slot became free: the Auto Scaling groups, and the keys of the wholes that whoever had it is part of. */
export type Freed = { readonly groups: Set<string>; readonly wholes: ReadonlySet<string> };

/** The same dependencies, and where slots become free while they are used. */
export function watchingSlots(deps: Deps): { readonly deps: Deps; readonly freed: Freed } {
  const [groups, wholes] = [new Set<string>(), new Set<string>()];
  const release: Deps['work']['release'] = async (incident, successor, nothingBegun) => {
    const group = await deps.work.release(incident, successor, nothingBegun);
    const whole = wholeOf(incident);
    if (group !== null) groups.add(group);
    if (group !== null && whole !== null) wholes.add(whole);
    return group;
  };
  return { deps: { ...deps, work: { ...deps.work, release } }, freed: { groups, wholes } };
}

/** Whoever waited and has its turn shows that there are slots: the next in its line may have one as well. */
export function alsoServe(looked: Report, { groups }: Freed): void {
  for (const { incident } of looked) {
    if (incident?.status === 'waiting' && incident.replacement !== null) groups.add(incident.replacement.group);
  }
}

/**
 * Looks at those who wait for a slot where one became free, until the slots are taken: first whoever has an incident, then what
 * stands for many, as some of these have none yet. Never throws: the message that freed the slot is done, whatever comes of this.
 * @param remaining milliseconds until the function is stopped
 */
export async function serveNext({ groups, wholes }: Freed, deps: Deps, remaining: Remaining): Promise<void> {
  await eachIn(groups, (group) => serve(group, deps, remaining), deps, remaining);
  await eachIn(wholes, (whole) => serveWhole(whole, deps, remaining), deps, remaining);
}

async function eachIn(
  places: ReadonlySet<string>,
  look: (place: string) => Promise<void>,
  { log }: Deps,
  remaining: Remaining,
): Promise<void> {
  for (const place of places) {
    try {
      if (hasTime({ remaining })) await look(place);
    } catch (error) {
      log.warn('who waits for the slot is left to the scheduler', { place, why: String(error) });
    }
  }
}

async function serveWhole(key: string, deps: Deps, remaining: Remaining): Promise<void> {
  const whole = await deps.ledger.get(key);
  if (whole?.status === 'held' && whole.guard === 'tainted') await look(whole, deps, remaining);
}

async function serve(group: string, deps: Deps, remaining: Remaining): Promise<void> {
  const { ledger, policy, log } = deps;
  const hour = await ledger.begunLately();
  if (roomIn(group, hour, policy.budget.perHour) === 0)
    return log.info('the hour has no room: the scheduler wakes the next one when it has', { group });
  const refused = new Set<string>();
  let inVain = 0;
  for (const incident of await line(group, deps)) {
    // Budgets may differ by rule: whoever is held again speaks for its own.
    if (refused.has(incident.finding.rule)) continue;
    if (inVain === MOST_IN_VAIN || !hasTime({ remaining })) return log.info('the scheduler wakes the rest', { group });
    log.info('next in line', { group, incidentId: incident.id });
    const after = await lookOrPass(incident, deps, remaining);
    if (after === 'failed') inVain += 1;
    if (after === null || after === 'failed') continue;
    if (after.guard === 'blast-radius') return;
    if (after.guard === 'budget') refused.add(incident.finding.rule);
    inVain = after.status === 'held' ? inVain + 1 : 0;
  }
}

/** A look that fails again and again must not keep the others of its line waiting. */
async function lookOrPass(incident: Incident, deps: Deps, remaining: Remaining): Promise<Incident | 'failed' | null> {
  try {
    return await look(incident, deps, remaining);
  } catch (error) {
    deps.log.warn('passed over: the look failed', { incidentId: incident.id, why: String(error) });
    return 'failed';
  }
}

/** One for each instance, and none whose instance is being replaced already. */
async function line(group: string, { ledger }: Deps): Promise<readonly Incident[]> {
  const [waiting, { holders }] = await Promise.all([ledger.line(group, MOST_AT_ONCE), ledger.groupRecords(group)]);
  const taken = new Set(holders);
  return waiting.filter(({ resource }) => !taken.has(resource.id) && taken.add(resource.id));
}

/**
 * How it stands after the look; null where nothing was decided. Another worker at it, or a person, is no harm: then that one
 * is further.
 */
async function look({ key, id }: Incident, deps: Deps, remaining: Remaining): Promise<Incident | null> {
  try {
    const report = await recheck(key, deps, { remaining });
    return report.find(({ incident }) => incident?.key === key)?.incident ?? null;
  } catch (error) {
    if (!(error instanceof ComeBack || error instanceof Superseded)) throw error;
    deps.log.info('somebody else is at it', { incidentId: id, why: error.message });
    return null;
  }
}
