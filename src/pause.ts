/** The pause flag between its parameter, the copy and the workers. A worker reads: the copy; SSM where the copy is older than three minutes; else what it read last. */
import { isCurrent, type PauseFlag, type PauseReading, pauseValue } from './domain/pause.ts';
import type { Clock, Log, Meter, PauseCopy, PauseFlagReader, PauseParameter } from './roles.ts';
import type { Steps } from './steps.ts';

type Parts = {
  readonly copy: Pick<PauseCopy, 'read'>;
  readonly parameter: Pick<PauseParameter, 'read'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
};

/** Milliseconds for which SSM is not asked again, whatever it answered: a flood of events shares its calls. */
const ASKED = 5_000;

type Answer = { readonly reading: PauseReading } | { readonly why: string };

/** Never throws. The copy is read each time, and SSM at most once in five seconds. */
export function pauseFlagReader(parts: Parts): PauseFlagReader {
  const ask = askingRarely(parts);
  let known: PauseReading | null = null;
  return {
    read: async (now) => {
      const copied = await answerOf(() => parts.copy.read());
      if ('reading' in copied) known = newer(copied.reading, known);
      if ('reading' in copied && isCurrent(copied.reading, now)) return pauseValue(copied.reading.value, now);
      const asked = await ask();
      if ('reading' in asked) {
        known = newer(asked.reading, known);
        return pauseValue(asked.reading.value, now);
      }
      return unreadable(`${staleness(copied)}; ${asked.why}`, known, now, parts);
    },
  };
}

function askingRarely({ parameter, clock }: Parts): () => Promise<Answer> {
  let last: { readonly answer: Answer; readonly at: number } | null = null;
  return async () => {
    const at = clock.now().getTime();
    if (last === null || at - last.at >= ASKED) last = { at, answer: await answerOf(() => parameter.read()) };
    return last.answer;
  };
}

async function answerOf(read: () => Promise<PauseReading | null>): Promise<Answer> {
  try {
    const reading = await read();
    return reading === null ? { why: 'there is no copy' } : { reading };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

function newer(a: PauseReading, b: PauseReading | null): PauseReading {
  return b === null || Date.parse(a.readAt) >= Date.parse(b.readAt) ? a : b;
}

function staleness(copied: Answer): string {
  return 'reading' in copied ? `the copy is of ${copied.reading.readAt}` : copied.why;
}

function unreadable(why: string, known: PauseReading | null, now: string, { meter, log }: Parts): PauseFlag {
  meter.count('SwitchUnreadable', {});
  log.error('the pause flag cannot be read', { why });
  return { kind: 'unreadable', why, last: known === null ? null : pauseValue(known.value, now) };
}

/** The scheduler's part: what the parameter says is copied for the workers. Where SSM does not answer, a young copy counts. */
export async function copyPause(
  parts: Omit<Parts, 'copy'> & { readonly copy: PauseCopy },
  steps: Steps,
): Promise<PauseFlag> {
  const { parameter, copy, clock, log } = parts;
  const now = clock.now().toISOString();
  const asked = await answerOf(() => parameter.read());
  if ('reading' in asked) {
    await steps.run('write the copy of the pause flag', () => copy.write(asked.reading));
    return pauseValue(asked.reading.value, now);
  }
  log.warn('the parameter of the pause flag cannot be read', { why: asked.why });
  const copied = await answerOf(() => copy.read());
  if (!('reading' in copied)) return unreadable(`${copied.why}; ${asked.why}`, null, now, parts);
  if (isCurrent(copied.reading, now)) return pauseValue(copied.reading.value, now);
  return unreadable(`${staleness(copied)}; ${asked.why}`, copied.reading, now, parts);
}
