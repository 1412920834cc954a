import { at, type Report } from './check-parts.ts';

/** As in `to-policy.ts`, where a key is left out. */
const DEFAULTS = { graceMinutes: 30, maxHours: 12 } as const;

/** A grace that the maximum always cuts off would promise people time that they do not have. */
export function checkTaint(document: unknown, { faults }: Report): void {
  const grace = at(document, 'taint', 'graceMinutes') ?? DEFAULTS.graceMinutes;
  const most = at(document, 'taint', 'maxHours') ?? DEFAULTS.maxHours;
  // What is no such number is a fault of its own.
  if (typeof grace !== 'number' || typeof most !== 'number' || most < 1 || grace <= most * 60) return;
  faults.push({
    path: ['taint', 'graceMinutes'],
    message: `found ${grace}, which is more than the ${most * 60} minutes of maxHours; write less, or raise maxHours`,
  });
}
