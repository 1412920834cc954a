/** Reports what a change opened and somebody closed before undrift looked. Nothing is acted on. */
import type { Deps } from './deps.ts';
import type { Change } from './domain/change.ts';
import { ignore } from './domain/decision.ts';
import type { Opening } from './domain/lifecycle.ts';
import { type Passed, passedIncident } from './domain/passed.ts';
import type { Asked, Look } from './look.ts';
import { noteOpening } from './loops.ts';
import type { Report } from './proof.ts';
import { record } from './telling.ts';

/** After a look that was made when EC2 must have caught up with the change. */
export async function reportPassed(look: Look, { change, cause, history }: Asked, deps: Deps): Promise<Report> {
  const { work, account, optInTag, clock } = deps;
  if (!look.sure || cause === 'recheck' || work.passed === undefined) return [];
  const context = { account, optInTag, now: clock.now() };
  const found = await work.passed(change, look.estate, history, context);
  const reported: Report[number][] = [];
  for (const passed of found) reported.push(await report(passed, change, cause, look, deps));
  return reported;
}

async function report(passed: Passed, change: Change, cause: Asked['cause'], { estate }: Look, deps: Deps) {
  const { work, ledger, stamp, clock, meter, log } = deps;
  const { finding, closedBy } = passed;
  const decision = ignore('it was closed before undrift looked', finding.rule);
  const previous = await ledger.get(finding.key);
  const opening: Opening = { unit: work.unit, change, about: work.about(estate), stamp, now: clock.now() };
  const incident = passedIncident(previous, passed, opening);
  if (incident === null) return { decision, incident: previous };
  log.info('opened and closed before it was looked at', { incidentId: incident.id, closedBy, rule: finding.rule });
  meter.count('Findings', { rule: finding.rule, cause });
  return { decision, incident: await noteOpening(await record(incident, 'fixed', deps), deps) };
}
