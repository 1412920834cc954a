import type { Actor } from '../domain/actor.ts';
import type { Finding } from '../domain/decision.ts';
import type { EarlierOccurrence } from '../domain/history.ts';
import type { Incident, NoticeKind, Outcome } from '../domain/incident.ts';
import { restoreOf } from './former.ts';
import { clean } from './plain.ts';
import { putBackOf, undoOf } from './put-back.ts';
import { ranJson } from './ran.ts';
import { replacementNow } from './verdict.ts';

export const NOTICE_SCHEMA = 'undrift.notice/1';

/** What a machine gets, schema 1, described in `docs/decisions/0004-notices.md`. Fields may be added, none change. */
export function incidentJson(
  incident: Incident,
  kind: NoticeKind,
  words: { readonly subject: string; readonly text: string; readonly outcome: string; readonly now: string },
): Record<string, unknown> {
  const { finding, change, decision, outcome, about } = incident;
  return {
    schema: NOTICE_SCHEMA,
    kind,
    subject: words.subject,
    text: words.text,
    at: words.now,
    incident: incidentOf(incident),
    change: changeOf(incident),
    decision: { ...decision, reason: clean(decision.reason, 500) },
    outcome: { notice: words.outcome, act: actOf(outcome) },
    secondsToFix: outcome?.kind === 'done' ? outcome.secondsToFix : null,
    resource: incident.resource,
    finding: {
      summary: clean(finding.summary, 500),
      evidence: finding.evidence.slice(0, 50).map((line) => clean(line, 500)),
    },
    found: foundOf(incident),
    earlier: (incident.earlier ?? []).map(earlierOf),
    members: incident.members ?? null,
    closing: closingOf(incident),
    about: { name: text(about.name), owner: text(about.owner), madeBy: text(about.madeBy) },
    ran: ranJson(incident.ran),
    successor: replacementNow(incident)?.successor ?? null,
    successorRan: ranJson(replacementNow(incident)?.successorRan),
    unrecorded: incident.unrecorded ?? null,
    undo: commandOf(undoOf(incident)),
    putBack: putBackJson(incident),
    restore: commandOf(restoreOf(incident)),
    policyDigest: incident.policyDigest,
    commit: incident.commit,
    version: incident.version,
    account: change.account,
    region: change.region,
  };
}

type CommandJson = { readonly command: string; readonly from?: Finding['from'] };

export function commandOf(command: string | null): CommandJson | null {
  return command === null ? null : { command };
}

/** `from`: where values are from that undrift had not read itself. */
function putBackJson(incident: Incident): ReturnType<typeof commandOf> {
  const { from } = incident.finding;
  const command = commandOf(putBackOf(incident));
  return command === null || from === undefined ? command : { ...command, from };
}

function incidentOf(incident: Incident): Record<string, unknown> {
  const { id, key, status, rounds, openedAt, closedAt, closedBy, closedWith = null, dueAt, guard, finding } = incident;
  const { rule, severity } = finding;
  return { id, key, rule, severity, status, rounds, openedAt, closedAt, closedBy, closedWith, dueAt, guard };
}

/** What was found first, where a later look found something else. */
function foundOf({ found }: Incident): Record<string, unknown> | null {
  if (found === undefined) return null;
  const { at, severity, summary, evidence } = found;
  return {
    ...{ at, severity, summary: clean(summary, 500) },
    evidence: evidence.slice(0, 50).map((line) => clean(line, 500)),
  };
}

function earlierOf({ preImage: _internal, ...one }: EarlierOccurrence): EarlierOccurrence {
  const { call, actor, summary } = one;
  return { ...one, call: clean(call, 200), actor: clean(actor, 2048), summary: clean(summary, 500) };
}

function changeOf({ change }: Incident): Record<string, unknown> {
  const { source, name, at, eventId, requestId, actor } = change;
  return {
    source,
    name: clean(name, 200),
    at,
    eventId,
    requestId,
    actor: actorOf(actor),
  };
}

function actorOf(actor: Actor): Actor {
  return {
    arn: text(actor.arn),
    type: text(actor.type),
    issuerArn: text(actor.issuerArn),
    sourceIdentity: text(actor.sourceIdentity),
    instanceId: text(actor.instanceId),
    invokedBy: text(actor.invokedBy),
  };
}

/** The call that closed it, where somebody else than undrift did. */
function closingOf({ closing }: Incident): Record<string, unknown> | null {
  if (closing === undefined) return null;
  const { at, name, eventId, actor } = closing;
  return { at, name: clean(name, 200), eventId, actor: actorOf(actor) };
}

function actOf(outcome: Outcome | null): Outcome | null {
  if (outcome === null || outcome.kind === 'observed') return outcome;
  return 'why' in outcome
    ? { ...outcome, why: clean(outcome.why, 500) }
    : { ...outcome, seen: clean(outcome.seen, 500) };
}

function text(value: string | null): string | null {
  return value === null ? null : clean(value, 2048);
}
