import { commandLine } from './command-line.ts';
import { NOTICE_SCHEMA } from './json.ts';
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
