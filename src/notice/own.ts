import type { Pause } from '../roles.ts';
import { commandLine } from './command-line.ts';
import { NOTICE_SCHEMA } from './json.ts';
import type { Notice } from './notice.ts';
import { plain } from './plain.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import { utc } from './time.ts';
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
const DIGEST_LINES = 100;

/** The subjects that waited while the mails of the hour were used up. `count` may exceed what was kept. */
export function digestNotice(
  waiting: { readonly subjects: readonly string[]; readonly count: number },
  place: Place,
): Notice {
  const { subjects, count } = waiting;
  const shown = subjects.slice(0, DIGEST_LINES).map((subject) => plain(subject, 120));
  const rest = count - shown.length;
  const text = textOf([
    [
      'These were not mailed one by one',
      ['There were more notices than mails allowed in an hour. No act was left out.'],
    ],
    ['What happened', [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])]],
    ['To look closer', [where(place), ...commandLine('incidents', place.region, place.stage)]],
  ]);
  const subject = subjectOf(`[undrift] Digest: ${count} notice${count === 1 ? '' : 's'} in ${place.region}`);
  return systemNotice('digest', 'medium', { subject, text, place, more: { count, subjects: shown } });
}

/** A change of the pause switch; null when it did not change. */
export function pauseNotice(pause: Pause | null, previous: Pause | null, place: Place): Notice | null {
  if (pause !== null) return samePause(pause, previous) ? null : paused(pause, previous, place);
  return previous === null ? null : resumed(previous, place);
}

function samePause(pause: Pause, previous: Pause | null): boolean {
  return previous !== null && pause.until === previous.until && pause.at === previous.at && pause.by === previous.by;
}

function paused(pause: Pause, previous: Pause | null, place: Place): Notice {
  const text = textOf([
    [
      previous === null ? 'undrift is paused' : 'The pause was changed',
      [
        `until ${utc(pause.until)}`,
        `by ${plain(pause.by, 300)}, on ${utc(pause.at)}`,
        `because: ${plain(pause.reason, 300)}`,
      ],
    ],
    [
      'What that means',
      [
        'Changes are still seen, decided, recorded and told. Nothing is revoked, detached, removed or replaced meanwhile.',
      ],
    ],
    ['To end it now', [...commandLine('resume', place.region, place.stage), where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Paused until ${utc(pause.until)} in ${place.region} by ${shortName(pause.by)}`);
  return systemNotice('paused', 'high', { subject, text, place, more: { pause, previous } });
}

function resumed(previous: Pause, place: Place): Notice {
  const ended = Date.parse(previous.until) <= Date.parse(place.now);
  const how = ended ? 'The pause ended by itself' : 'Somebody ended the pause';
  const was = `It was set by ${plain(previous.by, 300)}, on ${utc(previous.at)}, until ${utc(previous.until)}.`;
  const text = textOf([
    [how, [was, `Its reason: ${plain(previous.reason, 300)}`]],
    ['What that means', ['undrift acts again. What was held meanwhile is looked at within minutes.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Resumed in ${place.region}: ${how.toLowerCase()}`);
  return systemNotice('resumed', 'medium', { subject, text, place, more: { pause: null, previous, ended } });
}

function shortName(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

export function where({ account, region }: Place): string {
  return `account ${plain(account)}, Region ${plain(region)}`;
}

/** A notice about undrift itself, of no incident. */
export function systemNotice(
  outcome: NoticeOutcome,
  severity: 'medium' | 'high',
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
  };
}
