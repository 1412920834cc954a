import { at, type Path, type Report } from './check-parts.ts';
import { INSTANCE_RULES } from './policy.ts';

/** As in `to-policy.ts`, where a key is left out. */
const DEFAULTS = { graceMinutes: 30, maxHours: 12 } as const;

/** A grace that the maximum always cuts off would promise people time that they do not have. */
export function checkTaint(document: unknown, report: Report): void {
  const most = at(document, 'taint', 'maxHours') ?? DEFAULTS.maxHours;
  // What is no such number is a fault of its own.
  if (typeof most !== 'number' || most < 1) return;
  const check = (grace: unknown, path: Path) => {
    if (typeof grace !== 'number' || grace <= most * 60) return;
    const name = path[0] === 'taint' ? 'maxHours' : 'taint.maxHours';
    const message = `found ${grace}, which is more than the ${most * 60} minutes of ${name}; write less, or raise ${name}`;
    report.faults.push({ path, message });
  };
  check(at(document, 'taint', 'graceMinutes') ?? DEFAULTS.graceMinutes, ['taint', 'graceMinutes']);
  for (const rule of INSTANCE_RULES) {
    check(at(document, 'rules', rule, 'graceMinutes'), ['rules', rule, 'graceMinutes']);
  }
}
