/** Who closed a rule: noted when the event of the call comes, and looked up when a rule is found gone. */
import type { Deps } from './deps.ts';
import type { Change } from './domain/change.ts';
import { closedByCalls } from './domain/closing.ts';
import { type Decision, revokedIds } from './domain/decision.ts';
import { isExposure } from './domain/exposure.ts';
import type { Incident } from './domain/incident.ts';
import { openerOf } from './domain/opening.ts';
import { rulesOf } from './domain/passed.ts';
import type { ClosingReading } from './domain/reading.ts';
import { shortActor } from './domain/shorten.ts';
import type { Ledger } from './roles.ts';

/** Rules of one call that are noted: a call may name a thousand. */
const MOST_NOTED = 50;
/** Bytes of a name, and of an ARN. */
const ROOM = { name: 300, arn: 800 } as const;

const keyOf = (ruleId: string) => `closed#${ruleId}`;

/** Notes the call for each rule that it closed. What fails here leaves it open who closed them; no message waits for it. */
export async function noteClosing(
  change: Change,
  closed: readonly string[],
  ours: boolean,
  { ledger, log }: Pick<Deps, 'ledger' | 'log'>,
): Promise<void> {
  const { fact, at, eventId, name } = change;
  if (fact.kind !== 'rules-removed' && fact.kind !== 'rules-modified') return;
  const actor = shortActor(change.actor, ROOM.name, ROOM.arn);
  const egress = fact.kind === 'rules-removed' ? fact.egress : null;
  const reading: ClosingReading = { kind: 'closing', at, name, eventId, actor, egress, ours };
  try {
    await Promise.all(closed.slice(0, MOST_NOTED).map((id) => ledger.recordReading(keyOf(id), reading, at)));
  } catch (error) {
    log.warn('who closed rules could not be noted', { eventId, why: String(error) });
  }
}

/**
 * Of the rules that a call changed in place, those that open nothing now. What else is open in the group, or is a finding only
 * because the pipeline did not do it, says nothing of them.
 */
export function closedInPlace({ fact }: Change, decisions: readonly Decision[]): readonly string[] {
  if (fact.kind !== 'rules-modified') return [];
  const open = decisions.filter(({ kind, rule }) => kind !== 'ignore' && rule !== 'pipeline-only');
  const acts = open.map(({ remediation }) => remediation);
  if (acts.some((act) => act?.action !== 'revoke-rules')) return [];
  const left = new Set(acts.flatMap(revokedIds));
  return fact.ruleIds.filter((id) => !left.has(id));
}

/** The call that closed a rule after this change; null where no event of one came. */
export async function closingOf(
  ruleId: string,
  after: Pick<Change, 'at' | 'eventId'>,
  ledger: Pick<Ledger, 'lastReading'>,
): Promise<ClosingReading | null> {
  const reading = await ledger.lastReading(keyOf(ruleId));
  if (reading?.kind !== 'closing' || reading.eventId === after.eventId) return null;
  return Date.parse(reading.at) >= Date.parse(after.at) ? reading : null;
}

/** Of an exposure that is over without undrift: who closed it, where events say so of all its rules. */
export async function closerOf(incident: Incident, { ledger }: Deps): Promise<ReturnType<typeof closedByCalls>> {
  const ids = rulesOf(incident).slice(0, MOST_NOTED);
  if (!isExposure(incident) || ids.length === 0) return null;
  const closings = await Promise.all(ids.map((id) => closingOf(id, incident.change, ledger)));
  const [first] = closings;
  if (first && closings.every((closing) => closing?.ours)) return { closedBy: 'undrift', closing: first };
  return closedByCalls(closings, openerOf(incident));
}
