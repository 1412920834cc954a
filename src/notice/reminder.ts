/** Notices about what lasts: a unit that no events reach, and what people are reminded of every day. */
import type { DeadLetterQueue, Trouble } from '../domain/reminder.ts';
import { commandLine } from './command-line.ts';
import type { Notice } from './notice.ts';
import { type Place, systemNotice, where } from './own.ts';
import { plain } from './plain.ts';
import { subjectOf } from './subject.ts';
import { textOf } from './text.ts';
import { utc } from './time.ts';

type Silent = Extract<Trouble, { readonly kind: 'silent' }>;
type Lasting = Exclude<Trouble, Silent>;

/** @param over keys of troubles that people were notified of and that are over */
export function reminderNotices(due: readonly Trouble[], over: readonly string[], place: Place): readonly Notice[] {
  const silent = due.filter((trouble): trouble is Silent => trouble.kind === 'silent');
  const lasting = due.filter((trouble): trouble is Lasting => trouble.kind !== 'silent');
  const back = over.flatMap((key) => (key.startsWith('silent ') ? key.slice('silent '.length) : []));
  return [
    ...(silent.length > 0 ? [silentNotice(silent, place)] : []),
    ...(back.length > 0 ? [backNotice(back, place)] : []),
    ...(lasting.length > 0 ? [lastingNotice(lasting, place)] : []),
  ];
}

function silentNotice(silent: readonly Silent[], place: Place): Notice {
  const units = silent.map(({ unit }) => unit);
  const text = textOf([
    [
      'Test calls no longer come back',
      silent.map(({ unit, since }) => `${unit}: no test call since ${utc(since)} has come back`),
    ],
    [
      'What that means',
      [
        'The trail, the EventBridge rule, the queue or the function of each of these no longer works: changes there are not seen, and nothing is closed. Or the scheduler can no longer make the call: then the alarm RecheckErrors rings as well.',
      ],
    ],
    ['What to do', ['See "The heartbeat does not return" in docs/runbook.md.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Action required: no events reach ${units.join(', ')} in ${place.region}`);
  const more = { silent: silent.map(({ unit, since }) => ({ unit, since })) };
  return systemNotice('sensor-silent', 'high', { subject, text, place, more });
}

function backNotice(units: readonly string[], place: Place): Notice {
  const text = textOf([
    ['Changes reach undrift again', units],
    ['What to do', ['Look at what was changed meanwhile: undrift has not seen it.', where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Events reach ${units.join(', ')} again in ${place.region}`);
  return systemNotice('sensor-back', 'medium', { subject, text, place, more: { units } });
}

function lastingNotice(lasting: readonly Lasting[], place: Place): Notice {
  const text = textOf([
    ['These go on', lasting.map(sentence)],
    ['To look closer', [...commandLine('incidents', place.region, place.stage), where(place)]],
  ]);
  const subject = subjectOf(`[undrift] Reminder: ${lasting.map(shortly).join(', ')} in ${place.region}`);
  return systemNotice('reminder', 'high', { subject, text, place, more: { troubles: lasting } });
}

function sentence(trouble: Lasting): string {
  switch (trouble.kind) {
    case 'dead-letters':
      return `${letters(trouble.count)} in the dead-letter queue of ${trouble.queue}: see "${headingOf(trouble.queue)}" in docs/runbook.md`;
    case 'stopped':
      return `undrift is stopped, without an end (${plain(trouble.why, 300)}): see "Pause and resume" in docs/runbook.md`;
    case 'pause-unreadable':
      return 'the pause flag cannot be read: see "Unreadable pause flag" in docs/runbook.md';
    case 'alarms-unheard':
      return 'no person is subscribed to the alarms about undrift: see "Nobody is subscribed" in docs/runbook.md';
  }
}

function shortly(trouble: Lasting): string {
  switch (trouble.kind) {
    case 'dead-letters':
      return `${letters(trouble.count)} (${trouble.queue})`;
    case 'stopped':
      return 'stopped';
    case 'pause-unreadable':
      return 'pause flag unreadable';
    case 'alarms-unheard':
      return 'nobody hears alarms';
  }
}

/** Of docs/runbook.md. */
const headingOf = (queue: DeadLetterQueue) =>
  queue === 'scheduler' ? 'Dead letters of the scheduler' : 'Dead letters';

const letters = (count: number) => `${count} dead letter${count === 1 ? '' : 's'}`;
