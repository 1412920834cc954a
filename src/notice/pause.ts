/** Notices about the pause flag. */
import { isDeepStrictEqual } from 'node:util';
import { type Pause, type PauseFlag, type PauseValue, saysStop } from '../domain/pause.ts';
import { commandLine } from './command-line.ts';
import type { Notice } from './notice.ts';
import { type Place, systemNotice, where } from './own.ts';
import { plain } from './plain.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import { utc } from './time.ts';

/** A change of what the pause flag says; null when it did not change. */
export function pauseNotice(value: PauseValue, previous: PauseValue, place: Place): Notice | null {
  if (isDeepStrictEqual(value, previous)) return null;
  switch (value.kind) {
    case 'running':
      return resumed(previous, place);
    case 'paused':
      return paused(value, previous, place);
    case 'stopped':
      return stopped(value.why, previous, place);
  }
}

const MEANWHILE =
  'Changes are still seen, decided, recorded and told. Nothing is revoked, detached, removed or replaced meanwhile.';

function paused(pause: Pause, previous: PauseValue, place: Place): Notice {
  const text = textOf([
    [
      previous.kind === 'paused' ? 'The pause was changed' : 'undrift is paused',
      [
        `until ${utc(pause.until)}`,
        `by ${plain(pause.by, 300)}, on ${utc(pause.at)}`,
        `because: ${plain(pause.reason, 300)}`,
      ],
    ],
    ['What that means', [MEANWHILE]],
    ['To end it now', [...commandLine('resume', place.region, place.stage), where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Paused until ${utc(pause.until)} in ${place.region} by ${shortName(pause.by)}`);
  const more = { pause: pauseOf(pause), stopped: null, previous: pauseOf(previous) };
  return systemNotice('paused', 'high', { subject, text, place, more });
}

function stopped(why: string, previous: PauseValue, place: Place): Notice {
  const text = textOf([
    [
      'undrift is stopped, without an end',
      [`The value of the pause parameter is neither a pause nor {"paused":false}: ${plain(why, 300)}.`],
    ],
    ['What that means', [MEANWHILE]],
    ['To end it', [...commandLine('resume', place.region, place.stage), where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Stopped in ${place.region} by the value of the pause parameter`);
  return systemNotice('paused', 'high', {
    subject,
    text,
    place,
    more: { pause: null, stopped: why, previous: pauseOf(previous) },
  });
}

function resumed(previous: PauseValue, place: Place): Notice {
  const ended = previous.kind === 'paused' && Date.parse(previous.until) <= Date.parse(place.now);
  const byHand = previous.kind === 'stopped' ? 'The stop was ended' : 'Somebody ended the pause';
  const how = ended ? 'The pause ended by itself' : byHand;
  const text = textOf([
    [how, whatWas(previous)],
    ['What that means', ['undrift acts again. What was held meanwhile is looked at within minutes.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Resumed in ${place.region}: ${how.toLowerCase()}`);
  const more = { pause: null, stopped: null, previous: pauseOf(previous), ended };
  return systemNotice('resumed', 'medium', { subject, text, place, more });
}

function whatWas(previous: PauseValue): readonly string[] {
  switch (previous.kind) {
    case 'running':
      return [];
    case 'paused':
      return [
        `It was set by ${plain(previous.by, 300)}, on ${utc(previous.at)}, until ${utc(previous.until)}.`,
        `Its reason: ${plain(previous.reason, 300)}`,
      ];
    case 'stopped':
      return [`undrift was stopped by the value of the pause parameter: ${plain(previous.why, 300)}.`];
  }
}

/** For programs: the pause alone, as it was written. */
function pauseOf(value: PauseValue | Pause): Pause | null {
  if ('kind' in value && value.kind !== 'paused') return null;
  const { until, reason, by, at } = value as Pause;
  return { until, reason, by, at };
}

/** Whether the pause flag can be read at all, where that has changed. */
export function pauseReadableNotice(flag: Unreadable | null, place: Place): Notice {
  return flag === null ? readable(place) : unreadable(flag, place);
}

type Unreadable = Extract<PauseFlag, { kind: 'unreadable' }>;

function unreadable(flag: Unreadable, place: Place): Notice {
  const { why } = flag;
  const stops = saysStop(flag);
  const text = textOf([
    ['The pause flag cannot be read', [plain(why, 300)]],
    [
      'What that means',
      stops
        ? ['The last known value says stop: nothing is revoked, detached, removed or replaced.']
        : ['Exposed ports are still closed. Every other action is on hold ("unreadable") until the flag can be read.'],
    ],
    ['What to do', ['See "Unreadable pause flag" in docs/runbook.md.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Action required: the pause flag cannot be read in ${place.region}`);
  return systemNotice('pause-unreadable', 'high', { subject, text, place, more: { why } });
}

function readable(place: Place): Notice {
  const text = textOf([
    ['The pause flag can be read again', ['What was on hold for it is looked at within minutes.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] The pause flag can be read again in ${place.region}`);
  return systemNotice('pause-readable', 'medium', { subject, text, place, more: {} });
}

function shortName(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
