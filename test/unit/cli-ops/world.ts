import { type Command, type Io, UsageError } from '../../../cli/command.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Ledger } from '../../../src/roles.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command as `cli/main.ts` does: input that the user can mend is one line and exit code 2. */
export async function run(command: Command, ...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const io: Io = {
    out: (line) => out.push(line),
    err: () => {},
    env: {},
    now: () => new Date('2026-05-01T12:10:00.000Z'),
  };
  try {
    return { code: await command.run(args, io), out: out.join('\n'), err: '' };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, out: out.join('\n'), err: error.message };
  }
}

/** A ledger that holds these incidents, newest first, and can only be read. */
export function readOnlyLedger(incidents: readonly Incident[]): Ledger {
  const refuse = () => Promise.reject(new Error('the command only reads'));
  return {
    get: async (key) => incidents.find((incident) => incident.key === key) ?? null,
    of: async (resourceId) => incidents.filter((incident) => incident.resource.id === resourceId),
    recent: async (limit) => incidents.slice(0, limit),
    due: refuse,
    put: refuse,
    knowsRequest: refuse,
    lastCleanReading: refuse,
    recordCleanReading: refuse,
    takeSlot: refuse,
    releaseSlot: refuse,
    pairedSuccessors: refuse,
  };
}
