/** The arithmetic of disruption slots: what two records say, and what they say afterwards. Pure; the ledger stores it. */
import type { SlotRequest } from '../roles.ts';

type Held = { readonly incidentKey: string; readonly until: string };
/** The slots of one Auto Scaling group by instance, and the successors that were paired, oldest first. */
export type GroupSlots = { readonly slots: Readonly<Record<string, Held>>; readonly paired: readonly string[] };
/** When replacements of the account and Region began, within the last hour. */
export type Begun = { readonly begun: readonly string[] };

export const NO_SLOTS: GroupSlots = { slots: {}, paired: [] };
export const NONE_BEGUN: Begun = { begun: [] };

export type Take =
  | { readonly kind: 'full'; readonly why: string }
  /** `begun` is null when a slot was renewed, which counts as no new replacement. */
  | { readonly kind: 'taken'; readonly group: GroupSlots; readonly begun: Begun | null };

const HOUR = 3_600_000;
const PAIRED_KEPT = 100;

/** A slot is free once `until` has come. */
function living(slots: GroupSlots['slots'], now: string): GroupSlots['slots'] {
  const at = Date.parse(now);
  return Object.fromEntries(Object.entries(slots).filter(([, { until }]) => Date.parse(until) > at));
}

/** Anything but a non-negative whole number is a misconfigured budget, and counts as none. */
export function budgetOf(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

export function take(group: GroupSlots, account: Begun, request: SlotRequest): Take {
  const slots = living(group.slots, request.now);
  const held = slots[request.instanceId];
  const mine: Held = { incidentKey: request.incidentKey, until: request.until };
  const taken = { ...group, slots: { ...slots, [request.instanceId]: mine } };
  if (held?.incidentKey === request.incidentKey) return { kind: 'taken', group: taken, begun: null };
  if (held !== undefined) return full(`${request.instanceId} is already being replaced for another incident`);
  const out = Object.keys(slots).length;
  const perGroup = budgetOf(request.perGroup);
  if (out >= perGroup)
    return full(`${out} of ${perGroup} instances of ${request.group} that may be out at once are out`);
  const begun = lastHour(account.begun, request.now);
  const perHour = budgetOf(request.perHour);
  if (begun.length >= perHour) return full(`${begun.length} of ${perHour} replacements an hour have begun`);
  return { kind: 'taken', group: taken, begun: { begun: [...begun, request.now] } };
}

/** Instants of the hour before `now`: one that is exactly an hour old is over. */
export function lastHour(instants: readonly string[], now: string): string[] {
  const from = Date.parse(now) - HOUR;
  return instants.filter((instant) => Date.parse(instant) > from);
}

/** The group without the slot, and with the successor; null when that changes nothing. */
export function release(group: GroupSlots, instanceId: string, successor: string | null): GroupSlots | null {
  const { [instanceId]: held, ...slots } = group.slots;
  const isNew = successor !== null && !group.paired.includes(successor);
  if (held === undefined && !isNew) return null;
  return { slots, paired: isNew ? [...group.paired, successor].slice(-PAIRED_KEPT) : group.paired };
}

function full(why: string): Take {
  return { kind: 'full', why };
}
