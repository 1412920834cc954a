/** The list of calls that the local AWS keeps: one line of JSON for each call, appended while tests read. */
import { readFileSync } from 'node:fs';

export type RecordedCall = {
  readonly at: string;
  readonly service: string;
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly userAgent: string;
  readonly requestId: string;
  readonly status: number;
  /** Which fault answered, or took the answer's place, before the call reached an emulator. */
  readonly fault?: string;
};

/** Oldest first. A line without its end is still being written, and is not among them. */
export function recordedCalls(file: string): readonly RecordedCall[] {
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as RecordedCall);
}
