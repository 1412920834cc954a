import { type Actor, actorName } from '../domain/actor.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import type { Finding } from '../domain/decision.ts';
import { isExposure } from '../domain/exposure.ts';
import type { FirstFound } from '../domain/history.ts';
import type { Incident } from '../domain/incident.ts';
import { commandLine } from './command-line.ts';
import { plain } from './plain.ts';
import { utc } from './time.ts';

/** Paragraphs; a string is wrapped, a verbatim line is not. */
export type Paragraph = string | { readonly verbatim: string };
const EVIDENCE_LINES = 12;

export function whatWasWrong(incident: Incident): readonly Paragraph[] {
  const { finding, found, decision, rounds, openedAt, resource } = incident;
  return [
    plain(finding.summary, 300),
    ...(decision.places ?? []).map((line) => plain(line, 400)),
    ...(found === undefined ? evidenceLines(finding.evidence) : bothLooks(found, incident)),
    `Severity ${finding.severity}, rule ${plain(finding.rule)}.`,
    ...(rounds > 1 ? [`${again(finding, resource, rounds)}; the first was seen on ${utc(openedAt)}.`] : []),
  ];
}

function evidenceLines(evidence: readonly string[]): readonly string[] {
  const rest = evidence.length - EVIDENCE_LINES;
  return [
    ...evidence.slice(0, EVIDENCE_LINES).map((line) => plain(line, 300)),
    ...(rest > 0 ? [`and ${rest} more of this kind`] : []),
  ];
}

/** What was found first stays in sight, whatever a later look found. */
function bothLooks(found: FirstFound, { finding, decidedAt, updatedAt }: Incident): readonly string[] {
  const { at, summary, severity, evidence } = found;
  return [
    `First found on ${utc(at)}, severity ${severity}:`,
    ...(summary === finding.summary ? [] : [plain(summary, 300)]),
    ...evidenceLines(evidence),
    `Last found on ${utc(decidedAt ?? updatedAt)}:`,
    ...evidenceLines(finding.evidence),
  ];
}

function again({ rule }: Finding, resource: ResourceRef, rounds: number): string {
  if (resource.type === 'instance') return `Again: round ${rounds} of this drift`;
  const opened = isExposure({ resource }) && rule !== 'pipeline-only';
  return opened ? `Reopened: round ${rounds} of this hole` : `Again: round ${rounds} of this change`;
}

const BY = {
  cloudtrail: '',
  config: 'Config rule ',
  guardduty: 'GuardDuty finding ',
  'security-hub': 'Security Hub finding ',
} as const;

export function whoAndWhen(change: Change): readonly Paragraph[] {
  const what = `${BY[change.source]}${plain(change.name)}`;
  return [
    ...actorLines(change.actor),
    `${what} at ${plain(utc(change.at))}`,
    `account ${plain(change.account)}, Region ${plain(change.region)}`,
    `event ${plain(change.eventId)}`,
  ];
}

function actorLines(actor: Actor): readonly string[] {
  const session = /:assumed-role\/[^/]+\/(.+)$/u.exec(actor.arn ?? '')?.[1];
  return [
    actorName(actor) === 'unknown' ? 'It is not known who did it.' : plain(actorName(actor), 300),
    ...(session === undefined ? [] : [`session name ${plain(session)}`]),
    ...(actor.sourceIdentity === null ? [] : [`source identity ${plain(actor.sourceIdentity)}`]),
    ...(actor.invokedBy === null ? [] : [`through ${plain(actor.invokedBy)}`]),
  ];
}

export function whose({ about, resource }: Incident): readonly Paragraph[] {
  const name = about.name === null ? '' : ` (${plain(about.name)})`;
  return [
    `${plain(resource.id)}${name}`,
    about.owner === null ? 'owner: no tag says' : `owner by tag: ${plain(about.owner)}`,
    about.madeBy === null ? 'made by: not known' : `made by: ${plain(about.madeBy)}`,
  ];
}

export function reference(incident: Incident, stage: string | undefined): readonly Paragraph[] {
  return [
    `incident ${plain(incident.id)}`,
    ...commandLine(`incidents show ${plain(incident.id, 40)}`, incident.change.region, stage),
    `policy ${plain(incident.policyDigest)}, undrift ${plain(incident.version)}, commit ${plain(incident.commit)}`,
  ];
}

/** What the ledger lacks of this incident: an empty field must not pass for a fact. */
export function whatIsUnrecorded({ unrecorded }: Incident): readonly Paragraph[] {
  if (unrecorded === undefined) return [];
  return [
    `The ledger lacks ${unrecorded.what.map((it) => plain(it)).join(', ')}.`,
    `Why: ${plain(unrecorded.why, 300)}.`,
  ];
}
