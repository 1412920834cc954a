import type { Incident, NoticeKind } from '../domain/incident.ts';
import { emailFacts } from './email-facts.ts';
import { incidentJson } from './json.ts';
import type { Notice } from './notice.ts';
import { incidentSubject } from './subject.ts';
import { incidentText } from './text.ts';
import { noticeOutcome } from './verdict.ts';

/** `now` is the instant of telling, ISO 8601, UTC; `stage` the deployment that tells, for the commands in the text. */
type Telling = { readonly now: string; readonly stage?: string };

/** What people and machines are told about an incident. */
export function incidentNotice(incident: Incident, kind: NoticeKind, context: Telling): Notice {
  const outcome = noticeOutcome(incident, kind);
  const subject = incidentSubject(incident, outcome);
  const text = incidentText(incident, outcome, context.now, context.stage);
  const { account, region } = incident.change;
  const { severity, rule } = incident.finding;
  return {
    subject,
    text,
    json: incidentJson(incident, kind, { subject, text, outcome, now: context.now }),
    attributes: { outcome, severity, rule, account, region },
    email: emailFacts(incident, outcome),
  };
}
