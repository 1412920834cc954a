/** The slot of the disruption budgets that replacing an instance needs. */
import { subjectOf } from '../decide/instance.ts';
import { causeOf, stakesOf } from '../decide/stakes.ts';
import type { Change } from '../domain/change.ts';
import type { Remediate } from '../domain/decision.ts';
import { type Estate, memberOf } from '../domain/estate.ts';
import { type Incident, replacedIn, warmingIn } from '../domain/incident.ts';
import { shortKey } from '../domain/key.ts';
import { isDealtWith } from '../domain/lifecycle.ts';
import { plus } from '../domain/time.ts';
import type { Policy, RuleId } from '../policy/policy.ts';
import type { Full, Ledger, Slot } from '../roles.ts';

/** A slot outlives the time that a successor may take; the recheck renews it, so a dead worker's slot frees itself. */
const SLOT_SECONDS = 20 * 60;

type Tools = { readonly ledger: Ledger; readonly policy: Policy };

/** An instance of a group with what the ledger knows of the group: who is out by us, and what was replaced lately. */
export async function withRecords<E extends Estate>(estate: E, ledger: Ledger): Promise<E> {
  if (estate.kind !== 'instance' || estate.group === null) return estate;
  return { ...estate, records: await ledger.groupRecords(estate.group.name) };
}

/**
 * Why the account's hour has no room for it. What has a slot already, or was dealt with, needs none of the hour: a worker that
 * died is carried on from.
 */
export async function refusedByHour(
  { finding }: Remediate,
  estate: Estate,
  now: Date,
  { ledger, policy }: Tools,
): Promise<Full | null> {
  if (estate.kind !== 'instance' || estate.group === null) return null;
  if (estate.records?.holders.includes(estate.instance.id)) return null;
  const before = await ledger.get(finding.key);
  if (before !== null && isDealtWith(before, finding, now)) return null;
  return ledger.askHour({
    group: estate.group.name,
    incidentKey: shortKey(finding.key),
    perHour: policy.budget.perHour,
    severity: finding.severity,
    now: now.toISOString(),
  });
}

export async function reserveSlot(
  { finding, rule }: Remediate,
  estate: Estate,
  change: Change,
  now: Date,
  { ledger, policy }: Tools,
): Promise<Slot> {
  const group = estate.kind === 'instance' ? estate.group : null;
  const member = estate.kind === 'instance' ? memberOf(estate) : undefined;
  if (estate.kind !== 'instance' || group === null || member === undefined) {
    throw new Error(`${finding.resource.id} is no member of a group: there is no slot for it`);
  }
  const { allowance, peers } = stakesOf(rule as RuleId, subjectOf(change, estate), estate, group, member, policy, now);
  return ledger.takeSlot({
    group: group.name,
    instanceId: estate.instance.id,
    incidentKey: shortKey(finding.key),
    perGroup: allowance.limit,
    perHour: policy.budget.perHour,
    severity: finding.severity,
    peers,
    cause: causeOf(finding, change),
    now: now.toISOString(),
    until: plus(now, SLOT_SECONDS),
  });
}

/**
 * While the successor is awaited the slot lives on: what is out is out, whatever a budget says by now.
 * @param seen who is in service in its place, and until when that one may keep the slot
 * @returns whether that one is its own, and not the successor of another
 */
export async function renewSlot(
  incident: Incident,
  now: Date,
  { ledger, policy }: Tools,
  seen: { readonly successor: string; readonly lease: string } | null = null,
): Promise<boolean> {
  if (incident.replacement === null) return true;
  const { kind } = await ledger.takeSlot({
    group: incident.replacement.group,
    instanceId: incident.resource.id,
    incidentKey: shortKey(incident.key),
    perGroup: 0,
    perHour: policy.budget.perHour,
    severity: incident.finding.severity,
    now: now.toISOString(),
    until: later(plus(now, SLOT_SECONDS), seen?.lease ?? ''),
    underWay: true,
    ...(seen !== null && { successor: seen.successor }),
  });
  return kind === 'taken';
}

const later = (one: string, other: string) => (one < other ? other : one);

/** Also of an incident that only waited for a slot: its claim on one ends. Returns the group in which one became free. */
export async function releaseSlot(
  incident: Incident,
  successor: string | null,
  ledger: Ledger,
  nothingBegun = false,
): Promise<string | null> {
  const group = replacedIn(incident);
  if (group === null) return null;
  const { key, resource } = incident;
  const warmsUntil = warmingIn(incident)?.lease;
  const freed = await ledger.releaseSlot({
    group,
    instanceId: resource.id,
    incidentKey: shortKey(key),
    successor,
    ...(warmsUntil !== undefined && { warmsUntil }),
    ...(nothingBegun && { nothingBegun }),
  });
  return freed ? group : null;
}
