import { type Command, type Io, UsageError } from '../../../cli/command.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeLedger } from '../../fakes/ledger.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command as `cli/main.ts` does: input that the user can mend is one line and exit code 2. */
export function run(command: Command, ...args: readonly string[]): Promise<Ran> {
  return runWith({}, command, ...args);
}

/** The same with an environment. */
export async function runWith(env: Io['env'], command: Command, ...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const io: Io = {
    out: (line) => out.push(line),
    err: () => {},
    env,
    now: () => new Date('2026-05-01T12:10:00.000Z'),
  };
  try {
    return { code: await command.run(args, io), out: out.join('\n'), err: '' };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, out: out.join('\n'), err: error.message };
  }
}

/** A ledger that holds these incidents. */
export async function ledgerWith(...incidents: readonly Incident[]): Promise<FakeLedger> {
  const ledger = new FakeLedger(new FakeClock('2026-05-01T12:10:00.000Z'));
  ledger.seed(...incidents);
  return ledger;
}
