/** What an email list says of an incident, and what its place in the list depends on. */

import { principalOf } from '../domain/actor.ts';
import type { GuardName } from '../domain/decision.ts';
import { isExposure } from '../domain/exposure.ts';
import { type Incident, replacedIn } from '../domain/incident.ts';
import { lineOf } from '../domain/line.ts';
import type { MailKind } from '../domain/mail-hour.ts';
import { isPassed } from '../domain/passed.ts';
import { mailKind } from './mail-kind.ts';
import { ascii } from './plain.ts';
import { type NoticeOutcome, PIPELINE_ONLY, verdictWord } from './verdict.ts';

export type EmailFacts = {
  readonly kind: MailKind;
  /** It has a line of its own beside that of its incident. */
  readonly apart?: true;
  /** Nothing is left to do. */
  readonly over: boolean;
  /** The first words of the subject: findings with the same verdict, rule and severity may share a line. */
  readonly verdict: string;
  /** Null about undrift itself. */
  readonly principal: string | null;
  /** The security group or the Auto Scaling group; else the resource. */
  readonly group: string | null;
  readonly resource: string | null;
  readonly incidentId: string | null;
  /** What instances of one Auto Scaling group wait for together; null for anything else. */
  readonly waitsFor: GuardName | null;
};

/** With a comma it fits a line of an email: an id is not broken. */
const RESOURCE_LENGTH = 70;

export function emailFacts(incident: Incident, outcome: NoticeOutcome): EmailFacts {
  const { finding, guard, resource, change, id } = incident;
  // A rule that was added past the pipeline may have opened nothing: where it has, `internet` or `egress` says so.
  const exposure = isExposure(incident) && finding.rule !== PIPELINE_ONLY;
  const fleet = replacedIn(incident);
  const isTainted = guard === 'tainted' && fleet !== null;
  return {
    // It was open until somebody closed it, and a connection of that time may live on.
    kind: isPassed(incident) ? 'finding' : mailKind(outcome, { severity: finding.severity, guard, exposure }),
    over: outcome === 'done' || outcome === 'already-done',
    verdict: verdictWord(incident, outcome),
    // What nobody is known to have done counts as done by one.
    principal: principalOf(change.actor) ?? 'unknown',
    group: fleet ?? resource.id,
    resource: ascii(resource.id, RESOURCE_LENGTH),
    incidentId: id,
    waitsFor: outcome === 'held' && (isTainted || lineOf(incident) !== null) ? guard : null,
  };
}
