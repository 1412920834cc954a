/** Notices about a message of a queue: one that keeps failing, and one that was dead-lettered. */
import type { Unit } from '../domain/incident.ts';
import type { Notice } from './notice.ts';
import { type Place, systemNotice, where } from './own.ts';
import { plain } from './plain.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import { duration, utc } from './time.ts';

/** What a message is about, as far as it can be read: `AuthorizeSecurityGroupIngress on sg-…`, and lines with more. */
export type MessageAbout = { readonly title: string; readonly lines: readonly string[] };

export type MessageReport = {
  readonly id: string;
  readonly unit: Unit;
  readonly about: MessageAbout;
  /** Why the last try failed. */
  readonly reason: string;
  readonly receives: number;
  /** Seconds since it was sent; null when that is not known. */
  readonly age: number | null;
};

/** @param until when the message is given up (ISO 8601, UTC) */
export function delayedNotice(report: MessageReport, until: string, place: Place): Notice {
  const text = textOf([
    ['A change could not be handled yet', whatFailed(report)],
    [
      'What happens next',
      [
        `undrift tries again until ${utc(until)}, and is then dead-lettered.`,
        'Until it succeeds, what this change opened may still be open.',
        'docs/runbook.md#old-messages says what to check.',
      ],
    ],
    ['To look closer', references(report, place)],
  ]);
  return messageNotice('delayed', 'Delayed', { report, text, place, more: { until } });
}

export function deadLetterNotice(report: MessageReport, place: Place): Notice {
  const text = textOf([
    ['A change was not handled', whatFailed(report)],
    [
      'What happens next',
      [
        'undrift does not try again: the message is moved to the dead-letter queue of its unit.',
        'Check the resource yourself. What this change opened may still be open.',
        'docs/runbook.md#dead-letters says how to read the message and how to send it again.',
      ],
    ],
    ['To look closer', references(report, place)],
  ]);
  return messageNotice('dead-lettered', 'Dead-lettered', { report, text, place, more: {} });
}

function whatFailed({ about, reason, receives, age }: MessageReport): readonly string[] {
  const since = age === null ? '' : `, over ${duration(age)}`;
  return [
    plain(about.title, 200),
    ...about.lines.map((line) => plain(line, 200)),
    `Tried ${receives === 1 ? 'once' : `${receives} times`}${since}. The last error:`,
    plain(reason, 500),
  ];
}

function references({ id, unit }: MessageReport, place: Place): readonly string[] {
  return [`message ${plain(id, 100)} of unit ${unit}`, where(place)];
}

function messageNotice(
  outcome: 'delayed' | 'dead-lettered',
  verdict: string,
  words: {
    readonly report: MessageReport;
    readonly text: string;
    readonly place: Place;
    readonly more: Readonly<Record<string, unknown>>;
  },
): Notice {
  const { report, text, place, more } = words;
  const { id, unit, about, receives, age } = report;
  const subject = subjectOf(`[undrift] ${verdict}: ${about.title} (${unit})`);
  const reason = plain(report.reason, 500);
  const message = { id, unit, about: plain(about.title, 200), reason, receives, ageSeconds: age };
  return systemNotice(outcome, unit === 'instances' ? 'medium' : 'high', {
    subject,
    text,
    place,
    more: { message, ...more },
  });
}
