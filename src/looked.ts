/** What a look at the Region found for a call that named nothing: judged like any exposure, and then the call is settled. */
import { held } from './act.ts';
import { decideAmbiguous } from './decide/unnamed.ts';
import type { Deps } from './deps.ts';
import { UNKNOWN_ACTOR } from './domain/actor.ts';
import type { Change, Irrelevant } from './domain/change.ts';
import type { Incident } from './domain/incident.ts';
import { isSettled } from './domain/region-look.ts';
import { close } from './domain/settling.ts';
import { setDue } from './due.ts';
import type { FoundMessage, LookedMessage } from './inbound/looked.ts';
import type { Report } from './proof.ts';
import { remediate } from './remediate.ts';
import type { Run } from './run.ts';
import { record } from './telling.ts';

/** The group is judged as if the record of the call had named it, with its exemptions, its mode and its owner. */
export async function judgeFound(found: FoundMessage, run: Run, deps: Deps): Promise<Report | Irrelevant> {
  const incident = await unnamedIncident(found.incident, deps);
  if (incident === null) return { irrelevant: 'the call that it was looked for is not on record' };
  const { egress, rules: ruleIds, group, shared } = found;
  const change: Change = {
    ...incident.change,
    fact: { kind: 'rules-added', egress, ruleIds },
    resources: [{ type: 'security-group', id: group }],
    ...(shared && { actor: UNKNOWN_ACTOR }),
  };
  return remediate(change, run, deps);
}

/** A further call that came meanwhile waits for a look of its own; it does not keep people from hearing of this one. */
export async function settleLooked(looked: LookedMessage, deps: Deps): Promise<void> {
  const incident = await unnamedIncident(looked.incident, deps);
  if (incident === null || incident.status === 'closed') return;
  const { work, stamp, clock } = deps;
  const { change, about, resource } = incident;
  const further = incident.round !== looked.round || !isSettled(change.at, new Date(looked.startedAt));
  if (looked.count === 0) return further ? lookAgain(incident, deps) : settled(incident, deps);
  const opening = { unit: work.unit, change, about, stamp, now: clock.now() };
  const decision = decideAmbiguous(change, looked, further);
  await held(decision, opening, { kind: 'missing', resource }, deps, 'escalated');
}

async function lookAgain(incident: Incident, { ledger, clock, log }: Deps): Promise<void> {
  log.info('a further call waits for a look of its own', { incidentId: incident.id });
  await setDue(incident, clock.now().toISOString(), { ledger, clock });
}

async function settled(incident: Incident, deps: Deps): Promise<void> {
  await record(close(incident, { kind: 'already-done', seen: SEEN }, 'undrift', deps.clock.now()), null, deps);
}

const SEEN =
  'every group of the Region was compared with what was seen of it before: what was opened since has an incident of its own';

async function unnamedIncident(key: string, { ledger }: Deps): Promise<Incident | null> {
  const incident = await ledger.get(key);
  return incident?.change.fact.kind === 'unnamed' ? incident : null;
}
