/** Whether what EC2 answered may be older than the change: its reads are eventually consistent. */
import { goneRules } from '../decide/passed.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, revokedIds } from '../domain/decision.ts';
import type { InterfaceEstate, PrefixList, SecurityGroupEstate } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import { secondsBetween } from '../domain/time.ts';
import type { Ledger } from '../roles.ts';

/** What is changed in place keeps its id, so a harmless reading this soon after the change may be the one before it. */
const SETTLES_SECONDS = 30;
const TOO_SOON = 'the answer of EC2 may be older than the change';

export async function groupDoubt(
  change: Change,
  estate: SecurityGroupEstate,
  decisions: readonly Decision[],
  ledger: Ledger,
  now: Date,
): Promise<string | null> {
  const { fact } = change;
  const present = new Set(estate.rules.map((rule) => rule.id));
  switch (fact.kind) {
    case 'rules-added':
    case 'rules-modified': {
      // A new group lets nothing in: what is added to it has events of its own.
      if (fact.kind === 'rules-added' && fact.created) return null;
      const gone = goneRules(change, estate).map(({ id }) => id);
      const lacking = fact.ruleIds.filter((id) => !present.has(id) || gone.includes(id));
      if (lacking.length > 0) return lackingDoubt(lacking, estate, ledger);
      const proven = change.recorded !== undefined && fact.ruleIds.length === change.recorded.length;
      const telling = proven || (fact.kind === 'rules-added' && fact.ruleIds.length > 0);
      return !telling && isTooSoon(change, decisions, now) ? TOO_SOON : null;
    }
    case 'prefix-list-changed': {
      const list = estate.prefixLists.find(({ id }) => change.resources.some((resource) => resource.id === id));
      return listDoubt(change, fact.added, list, decisions, now);
    }
    default:
      return null;
  }
}

/** Why what groups open together may be undone at this moment, so that no rule of another one should go for it. */
export async function undoingDoubt(
  { fact }: Change,
  estate: SecurityGroupEstate,
  decisions: readonly Decision[],
  ledger: Ledger,
): Promise<string | null> {
  const attaching = await attachDoubt(estate, decisions, ledger);
  if (attaching !== null || fact.kind !== 'rules-removed') return attaching;
  const left = fact.ruleIds.filter((id) => estate.rules.some((rule) => rule.id === id));
  return left.length > 0 ? `EC2 still shows ${left.join(', ')}` : null;
}

/**
 * Groups that an interface did not have when it was last seen were attached a moment ago. The event of that comes, too,
 * and the group comes off again: no rule has to go.
 */
async function attachDoubt({ surroundings }: SecurityGroupEstate, decisions: readonly Decision[], ledger: Ledger) {
  for (const decision of decisions) {
    if (decision.kind === 'ignore' || decision.finding.resource.type !== 'network-interface') continue;
    const { id } = decision.finding.resource;
    const reading = await ledger.lastReading(id);
    const groupIds = surroundings?.interfaces.find((one) => one.id === id)?.groupIds ?? [];
    const known = reading?.kind === 'network-interface' ? reading.groupIds : groupIds;
    if (groupIds.some((group) => !known.includes(group))) return `a group was just attached to ${id}`;
  }
  return null;
}

/** Rules that acts of ours took away: their absence is no stale read. */
async function lackingDoubt(lacking: readonly string[], { group }: SecurityGroupEstate, ledger: Ledger) {
  const incidents = await ledger.of(group.id);
  const acted = incidents.filter(({ attempts }) => attempts.length > 0);
  const revoked = new Set(acted.flatMap(revokedLast));
  return lacking.every((id) => revoked.has(id)) ? null : `EC2 does not show ${lacking.join(', ')}`;
}

/** Of the last occurrence. An event of an earlier one that comes again is read again until it is no longer young. */
function revokedLast({ decision }: Incident): readonly string[] {
  return revokedIds(decision.remediation);
}

function isTooSoon(change: Change, decisions: readonly Decision[], now: Date): boolean {
  const harmless = decisions.every(({ kind }) => kind === 'ignore');
  return harmless && secondsBetween(change.at, now) < SETTLES_SECONDS;
}

/** A list that shows what the change added is the one after the change. */
export function listDoubt(
  change: Change,
  added: readonly string[] | null,
  list: PrefixList | undefined,
  decisions: readonly Decision[],
  now: Date,
): string | null {
  const told = added !== null && added.length > 0 && list !== undefined;
  const shown = told && added.every((cidr) => list.cidrs.includes(cidr));
  return !shown && isTooSoon(change, decisions, now) ? TOO_SOON : null;
}

/** Groups that an act of ours took off are no stale read either. */
export async function interfaceDoubt(change: Change, { networkInterface }: InterfaceEstate, ledger: Ledger) {
  const { fact } = change;
  if (fact.kind !== 'security-groups-changed') return null;
  const lacking = fact.groupIds.filter((id) => !networkInterface.groupIds.includes(id));
  if (lacking.length === 0) return null;
  const incidents = await ledger.of(networkInterface.id);
  const detached = incidents.flatMap(({ attempts, decision }) =>
    attempts.length > 0 && decision.remediation?.action === 'detach-groups' ? decision.remediation.groupIds : [],
  );
  return lacking.every((id) => detached.includes(id))
    ? null
    : `EC2 does not show ${lacking.join(', ')} on the interface`;
}
