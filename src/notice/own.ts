import type { Severity } from '../domain/decision.ts';
import type { MailKind } from '../domain/mail-hour.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import { commandLine } from './command-line.ts';
import { NOTICE_SCHEMA } from './json.ts';
import { type Listed, linesOf } from './list.ts';
import { mailKind } from './mail-kind.ts';
import type { Notice } from './notice.ts';
import { plain } from './plain.ts';
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

/** One email about many things, each of which was published to programs when it happened. */
export function digestNotice(waiting: readonly Listed[], kind: MailKind, place: Place): Notice {
  const { lines, omitted } = linesOf(waiting, kind === 'action');
  const left = omitted === 0 ? [] : [`and ${omitted} more, less severe`];
  const text = textOf([
    [TITLES[kind], [...lines, ...left]],
    [
      'To look closer',
      [
        'Each of these is an incident, or was published by itself:',
        ...commandLine('incidents', place.region, place.stage),
      ],
    ],
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

function digestSubject(waiting: readonly Listed[], kind: MailKind, { region }: Place): string {
  const [first, ...others] = waiting;
  if (first !== undefined && others.length === 0) return first.subject;
  const critical = waiting.filter(({ severity }) => severity === 'critical').length;
  const worst = critical === 0 ? '' : `, ${critical} critical`;
  const what = { action: 'Action required', finding: 'Findings', information: 'For information' }[kind];
  return `[undrift] ${what}: ${waiting.length} in ${region}${worst}`;
}

export function where({ account, region }: Place): string {
  return `account ${plain(account)}, Region ${plain(region)}`;
}

const ABOUT_ITSELF = {
  over: false,
  verdict: 'Notification',
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
    email: { ...ABOUT_ITSELF, kind: mailKind(outcome, { severity, guard: null, exposure: false }) },
  };
}
