import type { Incident, NoticeKind } from '../domain/incident.ts';
import { incidentJson } from './json.ts';
import type { Notice } from './notice.ts';
import { incidentSubject } from './subject.ts';
import { incidentText } from './text.ts';
import { noticeOutcome } from './verdict.ts';

/** What people and machines are told about an incident. `now` is the instant of telling, ISO 8601, UTC. */
export function incidentNotice(incident: Incident, kind: NoticeKind, context: { readonly now: string }): Notice {
  const outcome = noticeOutcome(incident, kind);
  const subject = incidentSubject(incident, outcome);
  const text = incidentText(incident, outcome, context.now);
  const { account, region } = incident.change;
  const { severity, rule } = incident.finding;
  return {
    subject,
    text,
    json: incidentJson(incident, kind, { subject, text, outcome, now: context.now }),
    attributes: { outcome, severity, rule, account, region },
  };
}
