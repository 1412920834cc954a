/**
 * Looks at every group of the Region, page by page and over as many runs of the scheduler as it takes. What stands open and was
 * not there before is put to the security-groups unit, which judges and closes it like any exposure. Nothing is closed here.
 */
import { type FoundOpen, foundOpen, isExempted, isOpen } from './decide/found-open.ts';
import type { Incident } from './domain/incident.ts';
import {
  type Awaiting,
  beginLook,
  directionsOf,
  earliestOf,
  fromTheStart,
  groupsOf,
  isSettled,
  type RegionLook,
  withPage,
} from './domain/region-look.ts';
import { plus } from './domain/time.ts';
import { setDue } from './due.ts';
import type { FoundMessage, LookedMessage } from './inbound/looked.ts';
import type { Policy } from './policy/policy.ts';
import { type Clock, type Ledger, type Log, type LookPage, type LookState, Refused, type Region } from './roles.ts';

export type LookDeps = {
  readonly region: Region;
  readonly looks: LookState;
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly place: { readonly account: string; readonly region: string };
  readonly clock: Clock;
  readonly log: Log;
  remaining(): number;
  /** Puts messages on the queue of the security-groups unit. */
  tell(messages: readonly (FoundMessage | LookedMessage)[]): Promise<void>;
};

/** Milliseconds that must be left for a further page. */
const KEPT = 20_000;
/** For so long nobody else goes on with the look: longer than a run of the scheduler (50 s). */
const LEASE_SECONDS = 60;
/** A call that was looked for is looked for again after this, should the message get lost that says what was found. */
const AGAIN_SECONDS = 300;

/** The look as it is stored; `version` tells whether somebody else wrote since. */
type Taken = { readonly look: RegionLook; readonly version: number };

/** Goes on with the look that is under way, or begins one for what waits. One look at a time. */
export async function lookAtRegion(waiting: readonly Incident[], deps: LookDeps): Promise<void> {
  let taken = await take(waiting, deps);
  while (taken !== null && deps.remaining() > KEPT) taken = await lookAtPage(taken, deps);
  // The next run need not wait for the lease.
  if (taken !== null) await deps.looks.write({ look: taken.look, until: null }, taken.version);
}

async function take(waiting: readonly Incident[], { looks, clock, log }: LookDeps): Promise<Taken | null> {
  const now = clock.now();
  const stored = await looks.read();
  if (stored.until !== null && Date.parse(stored.until) > now.getTime()) return null;
  const awaiting = waiting.map(awaitingOf).filter(({ since }) => isSettled(since, now));
  if (stored.look === null && awaiting.length === 0) return null;
  const look = stored.look ?? beginLook(awaiting, now);
  if (stored.look === null) log.info('looking at the Region', { calls: look.awaiting.length });
  return write({ look, version: stored.version }, look, { looks, clock });
}

function awaitingOf({ key, round, change, since }: Incident): Awaiting {
  const { fact } = change;
  const about = fact.kind === 'unnamed' ? fact.about : null;
  const egress = about?.kind === 'rules-added' ? about.egress : null;
  return { incident: key, round, since: since ?? change.at, egress };
}

/** Null when another run was faster: then that one goes on. */
async function write(taken: Taken, look: RegionLook, { looks, clock }: Pick<LookDeps, 'looks' | 'clock'>) {
  const until = plus(clock.now(), LEASE_SECONDS);
  return (await looks.write({ look, until }, taken.version)) ? { look, version: taken.version + 1 } : null;
}

async function lookAtPage(taken: Taken, deps: LookDeps): Promise<Taken | null> {
  const { look } = taken;
  const page = await pageOf(look, deps);
  if (page === null) return write(taken, fromTheStart(look), deps);
  const found = await foundIn(page, look, deps);
  await deps.tell(found.filter(({ unseen }) => !unseen).map((one) => foundMessage(one, look)));
  const next = withPage(look, found.filter(({ unseen }) => unseen).map(bare), page.next);
  if (page.next !== null) return write(taken, next, deps);
  await conclude(next, deps);
  await deps.looks.write({ look: null, until: null }, taken.version);
  return null;
}

const bare = ({ groupId, egress, ruleIds }: FoundOpen) => ({ groupId, egress, ruleIds });

/** Null where EC2 does not take the token of an earlier run any more. */
async function pageOf({ cursor }: RegionLook, { region, log }: LookDeps): Promise<LookPage | null> {
  try {
    return await region.page(cursor);
  } catch (error) {
    if (!(error instanceof Refused) || cursor === null) throw error;
    log.warn('EC2 does not go on from where the look stopped; it begins again', { why: error.message });
    return null;
  }
}

/** An exempted group is no candidate: people name those that are meant to be open, and one of the others was opened. */
async function foundIn({ groups, prefixLists }: LookPage, look: RegionLook, deps: LookDeps) {
  const { ledger, policy, place, clock } = deps;
  const egress = directionsOf(look);
  const open = groups.filter((group) => isOpen(group, prefixLists, egress, policy));
  const readings = await Promise.all(open.map(({ group }) => ledger.lastReading(group.id)));
  const since = earliestOf(look);
  const now = clock.now();
  return open.flatMap((group, at) =>
    foundOpen(group, prefixLists, readings[at] ?? null, since, egress, policy).filter(
      (one) => !(one.unseen && isExempted(one, group, prefixLists, { policy, place, now })),
    ),
  );
}

/** Where several callers' calls share the look, nobody knows whose it was: none of them may be the reason to spare it. */
function foundMessage(found: Omit<FoundOpen, 'unseen'>, { awaiting }: RegionLook): FoundMessage {
  const { groupId, egress, ruleIds } = found;
  const incident = awaiting[0]?.incident ?? '';
  return { undrift: 'found', incident, group: groupId, egress, rules: ruleIds, shared: awaiting.length > 1 };
}

/** One call changes one group: the only one that was not seen before is the one. Of several, nobody can tell. */
async function conclude(look: RegionLook, { ledger, clock, log, tell }: LookDeps): Promise<void> {
  const ambiguous = look.unseenCount > 1;
  log.info('looked at the Region', { calls: look.awaiting.length, unseen: look.unseenCount });
  if (!ambiguous) await tell(look.unseen.map((one) => foundMessage(one, look)));
  const again = plus(clock.now(), AGAIN_SECONDS);
  for (const { incident } of look.awaiting) await setDue({ key: incident }, again, { ledger, clock });
  const candidates = ambiguous ? groupsOf(look.unseen) : [];
  const count = ambiguous ? look.unseenCount : 0;
  const { startedAt } = look;
  await tell(
    look.awaiting.map(({ incident, round }) => ({ undrift: 'looked', incident, round, startedAt, candidates, count })),
  );
}
