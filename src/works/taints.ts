/** What the ledger and Systems Manager know of an instance that is left alone for a while. */

import { keysSighted } from '../decide/instance.ts';
import type { Change, Fact } from '../domain/change.ts';
import type { InstanceEstate } from '../domain/estate.ts';
import { wholeOf } from '../domain/part.ts';
import { isAboutEntering, type Sessions, taintOf } from '../domain/taint.ts';
import { plus } from '../domain/time.ts';
import { leavesAltered } from '../policy/grace.ts';
import type { Policy } from '../policy/policy.ts';
import { type Ledger, Refused, Retryable, type SessionLog } from '../roles.ts';
import { extendedOf } from './extended.ts';

/**
 * Only where somebody entered it, or the policy has a grace for something else: nothing else waits. What a person said of the
 * whole expression that named it counts for it, too.
 */
export async function withTaints(
  estate: InstanceEstate,
  change: Change,
  ledger: Ledger,
  policy: Policy,
  now: Date,
): Promise<InstanceEstate> {
  if (estate.group === null || !(isEntering(change.fact) || leavesAltered(policy))) return estate;
  const { id } = estate.instance;
  const key = wholeOf({ resource: { type: 'instance', id }, change });
  // By key: whoever opens enough incidents on the instance would hide the one that counts from a list of them.
  const own = keysSighted(change, estate, policy, { account: change.account, now });
  const [extended, whole, ...found] = await Promise.all([
    extendedOf(id, ledger),
    key === null ? null : ledger.get(key),
    ...own.map((one) => ledger.get(one)),
  ]);
  const incidents = [...found, ...extended.filter((it) => !own.includes(it.key)), whole];
  return {
    ...estate,
    taints: incidents.map((it) => (it === null ? null : taintOf(it))).filter((taint) => taint !== null),
    ...(whole?.closedBy === 'operator' && { clearedWith: whole.id }),
  };
}

/** Did somebody enter the instance, as the channel vouches for? */
function isEntering(fact: Fact): boolean {
  return isAboutEntering(fact.kind === 'signal' ? fact.signal : fact.kind);
}

const HOUR = 3600;

/** A session that began longer ago than the maximum keeps nothing any more, so it is not asked about. */
export async function withSessions(
  estate: InstanceEstate,
  { fact }: Change,
  log: SessionLog,
  maxHours: number,
  now: Date,
): Promise<InstanceEstate> {
  if (!isEntering(fact)) return estate;
  return { ...estate, sessions: await read(estate.instance.id, plus(now, -maxHours * HOUR), log) };
}

/** An answer that does not come is no reason to replace the machine under somebody's hands, nor to keep it for ever. */
async function read(instanceId: string, since: string, log: SessionLog): Promise<Sessions> {
  try {
    return { kind: 'read', sessions: await log.sessionsOn(instanceId, since) };
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    return { kind: 'unread', why: error.message };
  }
}
