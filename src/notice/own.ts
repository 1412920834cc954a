import type { Severity } from '../domain/decision.ts';
import type { MailKind } from '../domain/mail-hour.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import { commandLine } from './command-line.ts';
import { NOTICE_SCHEMA } from './json.ts';
import { type Listed, linesOf } from './list.ts';
import { mailKind } from './mail-kind.ts';
import type { Notice } from './notice.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import type { NoticeOutcome } from './verdict.ts';

/** Where and when a notice about undrift itself is sent. */
export type Place = {
  readonly account: string;
  readonly region: string;
  readonly now: string;
  readonly stage?: string;
};
/** The attribute `rule` of a notice that no rule brought about. */
const NO_RULE = 'none';
/** A digest for programs has the lines once more as its text, while that leaves room for the email. */
const TEXT_FOR_PROGRAMS = 40_000;

/** The incidents of so many are read again right before a list of them is sent. */
export const READ_AGAIN = 50;

/** One email about many things, each of which was published to programs when it happened. */
export function digestNotice(waiting: readonly Listed[], kind: MailKind, place: Place): Notice {
  const { lines, omitted } = linesOf(waiting, kind === 'action');
  const left = omitted === 0 ? [] : [`and ${omitted} more, less severe`];
  const text = textOf([
    [titleOf(waiting, kind), [...lines, ...left]],
    ['To look closer', closer(waiting.length, place)],
    ['Where', [where(place)]],
  ]);
  const subject = subjectOf(digestSubject(waiting, kind, place));
  const severity = SEVERITIES.find((each) => waiting.some((it) => it.severity === each)) ?? 'medium';
  const more = { asks: kind, count: waiting.length, omitted, subjects: lines };
  const notice = systemNotice('digest', severity, { subject, text, place, more });
  if (text.length <= TEXT_FOR_PROGRAMS) return notice;
  return {
    ...notice,
    json: { ...notice.json, text: `${waiting.length} notifications, each published by itself.\n`, subjects: [] },
  };
}

const TITLES: Readonly<Record<MailKind, string>> = {
  action: 'What is open, failed or needs a person',
  finding: 'What else was found',
  information: 'For your information',
};

/** What asked for action stays in its list when it is over: then nobody has to do anything. */
function titleOf(waiting: readonly Listed[], kind: MailKind): string {
  const over = waiting.filter((it) => it.over).length;
  if (kind !== 'action' || over === 0) return TITLES[kind];
  return over === waiting.length ? 'What was open, and is over' : `${TITLES.action}; at the end, what is over`;
}

function closer(count: number, { region, stage }: Place): readonly Paragraph[] {
  const [show, stageWords] = commandLine('incidents show ID', region, stage);
  const rest = 'Only the most urgent were read again before this was sent. The others are as they were last reported.';
  return [
    'What happened, what to do, and how to undo it, for the id of an incident:',
    ...(show === undefined ? [] : [show]),
    'All incidents, with their ids (--resource ID: those of one resource):',
    ...commandLine('incidents', region, stage).slice(0, 1),
    ...(stageWords === undefined ? [] : [stageWords]),
    ...(count > READ_AGAIN ? [rest] : []),
  ];
}

function digestSubject(waiting: readonly Listed[], kind: MailKind, { region }: Place): string {
  const [first, ...others] = waiting;
  if (first !== undefined && others.length === 0) return first.subject;
  const open = waiting.filter(({ over }) => !over);
  if (kind === 'action' && open.length === 0) return `[undrift] Over by now: ${waiting.length} in ${region}`;
  const counted = kind === 'action' ? open : waiting;
  const critical = counted.filter(({ severity }) => severity === 'critical').length;
  const worst = critical === 0 ? '' : `, ${critical} critical`;
  const what = { action: 'Action required', finding: 'Findings', information: 'For information' }[kind];
  return `[undrift] ${what}: ${counted.length} in ${region}${worst}`;
}

export function where({ account, region }: Place): string {
  return `account ${plain(account)}, Region ${plain(region)}`;
}

const ABOUT_ITSELF = {
  over: false,
  principal: null,
  group: null,
  resource: null,
  incidentId: null,
  waitsFor: null,
};

/** A notice about undrift itself, of no incident. */
export function systemNotice(
  outcome: NoticeOutcome,
  severity: Severity,
  words: {
    readonly subject: string;
    readonly text: string;
    readonly place: Place;
    readonly more: Readonly<Record<string, unknown>>;
  },
): Notice {
  const { subject, text, place, more } = words;
  const { account, region, now } = place;
  return {
    subject,
    text,
    json: { schema: NOTICE_SCHEMA, kind: outcome, subject, text, at: now, account, region, ...more },
    attributes: { outcome, severity, rule: NO_RULE, account, region },
    email: {
      ...ABOUT_ITSELF,
      verdict: verdictIn(subject),
      kind: mailKind(outcome, { severity, guard: null, exposure: false }),
    },
  };
}

/** `Delayed` of `[undrift] Delayed: …` */
function verdictIn(subject: string): string {
  return subject.replace('[undrift] ', '').split(':')[0] ?? '';
}
