/** What happened, and what may begin, within an hour: in the account and Region, and of that in one Auto Scaling group. Pure. */

/** A replacement that began. `group` is empty where it was recorded before groups were. */
export type BegunReplacement = { readonly at: string; readonly group: string };

const HOUR = 3_600_000;

/** Anything but a non-negative whole number is a misconfigured budget, and counts as none. */
export function budgetOf(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** What happened in the hour before `now`: what is exactly an hour old is over. */
export function ofLastHour<T extends { readonly at: string }>(all: readonly T[], now: string): readonly T[] {
  const from = Date.parse(now) - HOUR;
  return all.filter(({ at }) => Date.parse(at) > from);
}

/** Whoever modifies enough instances of one group must not keep every other group waiting: one of the hour is left to these. */
export function shareOfGroup(perHour: number): number {
  const most = budgetOf(perHour);
  return most > 1 ? most - 1 : most;
}

/** How many further replacements may begin in this group now. */
export function roomIn(group: string, hour: readonly BegunReplacement[], perHour: number): number {
  const own = hour.filter((it) => it.group === group).length;
  return Math.max(0, Math.min(budgetOf(perHour) - hour.length, shareOfGroup(perHour) - own));
}
