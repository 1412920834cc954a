/** A principal opens ports again and again: undrift closes each of them, and only people can stop it at its source. */
import type { Incident } from '../domain/incident.ts';
import { isAddition, LOOP_SECONDS, type Loop } from '../domain/loop.ts';
import { emailFacts } from './email-facts.ts';
import { incidentJson } from './json.ts';
import type { Notice } from './notice.ts';
import { ascii, plain } from './plain.ts';
import { type Paragraph, reference, whoAndWhen, whose } from './sections.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import { utc } from './time.ts';

/** @param incident the last of the openings; it is closed, and stays so */
export function loopNotice(incident: Incident, loop: Loop, now: string, stage: string): Notice {
  const subject = subjectOf(`[undrift] Action required: ${shortest(incident, loop)}`);
  const text = textOf([
    ['What happened', loopWords(incident, loop)],
    ['What to do', WHAT_TO_DO],
    ['Who made the last change, and when', whoAndWhen(incident.change)],
    ['Whose it is', whose(incident)],
    ['To look closer', reference(incident, stage)],
  ]);
  const { account, region } = incident.change;
  const { severity, rule } = incident.finding;
  const words = { subject, text, outcome: 'escalated', now };
  return {
    subject,
    text,
    json: { ...incidentJson(incident, 'escalated', words), loop },
    attributes: { outcome: 'escalated', severity, rule, account, region },
    email: { ...emailFacts(incident, 'escalated'), verdict: 'Action required', apart: true },
  };
}

/** What a subject has room for: fewer than 100 characters. */
const ROOM = 99 - '[undrift] Action required: '.length;

function shortest(incident: Incident, loop: Loop): string {
  const { about, resource } = incident;
  const others = new Set(loop.openings.map((it) => it.resource)).size - 1;
  const where = `${ascii(resource.id, 30)}${others > 0 ? ` and ${others} more` : ''}`;
  const named = about.name === null ? where : `${where} (${ascii(about.name, 20)})`;
  const verb = isAddition(incident) ? 'added rules to' : 'opened ports on';
  const what = (place: string) => ` ${verb} ${place} ${loop.openings.length} times in ${LOOP_SECONDS / 60} min`;
  const who = loop.principal === null ? 'somebody unknown' : ascii(shortName(loop.principal), 40);
  const forms = [`${what(named)}; stop it at its source`, `${what(named)}; stop it`, `${what(where)}; stop it`];
  const fits = [...forms, what(where)].find((form) => who.length + form.length <= ROOM) ?? what(where);
  return `${ascii(who, Math.max(8, ROOM - fits.length))}${fits}`;
}

/** `arn:aws:iam::123456789012:role/ci` → `role/ci`. */
const shortName = (principal: string) => principal.split(':').slice(5).join(':') || principal;

/** Who opened what, and when. */
export function loopWords(incident: Incident, { principal, openings }: Loop): readonly Paragraph[] {
  const who = principal === null ? 'Somebody unknown' : plain(principal, 300);
  const what = isAddition(incident) ? 'added rules past the pipeline' : 'opened ports';
  return [
    `${who} ${what} ${openings.length} times within ${LOOP_SECONDS / 60} minutes. undrift acted on each of them, or found it closed already.`,
    ...openings.map((it) => `${utc(it.at)} on ${plain(it.resource)}`),
    'Connections that were made meanwhile may live on.',
  ];
}

const WHAT_TO_DO: readonly Paragraph[] = [
  'Stop it at its source: find out what makes these calls, and correct or disable it. If the ports have to be open, add an exemption to policy.yml.',
  'While it lasts, undrift reports it once an hour.',
  'docs/runbook.md#ports-are-opened-again-and-again has the commands.',
];
