/** `undrift taint`: what a person on call may do about an instance that is left alone before it is replaced. */
import type { Incident } from '../src/domain/incident.ts';
import { isWhole } from '../src/domain/part.ts';
import { isAboutEntering, taintOf } from '../src/domain/taint.ts';
import { clear, isTainted, prolong, whyNotByHand } from '../src/domain/taint-by-hand.ts';
import { openSince } from '../src/domain/urgency.ts';
import { shown } from '../src/notice/plain.ts';
import { utc } from '../src/notice/time.ts';
import { type Ledger, Superseded } from '../src/roles.ts';
import { noteExtended } from '../src/works/extended.ts';
import { releaseSlot } from '../src/works/slots.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { findIncident } from './incidents/find.ts';
import { heldIncidents } from './incidents/held.ts';
import { jsonText } from './incidents/show.ts';
import { type OpenLedger, realLedger } from './incidents.ts';
import { inOneLine, stackName } from './stack.ts';
import { type ChangeArguments, HELP, type ListArguments, taintArguments } from './taint/arguments.ts';
import { clearParts } from './taint/parts.ts';
import { whoAmI } from './who.ts';

/** What the command needs of the world: the ledger of a stage, and who is at the keyboard. */
export type TaintWorld = { readonly open: OpenLedger; user(): string };

export function taintWith(world: TaintWorld): Command {
  return {
    name: 'taint',
    summary: 'list instances that are left alone for a while, keep one for longer, or clear it',
    help: HELP,
    run: async (args, io) => {
      const wanted = taintArguments(args, io.env);
      const ledger = await world.open(wanted.stage, io.env);
      return inOneLine(stackName(wanted.stage), () =>
        wanted.verb === 'list' ? list(ledger, wanted, io) : change(ledger, wanted, world.user(), io),
      );
    },
  };
}

export const taintCommand = taintWith({ open: realLedger, user: whoAmI });

async function list(ledger: Ledger, { json }: ListArguments, io: Io): Promise<number> {
  const held = await heldIncidents(ledger, null);
  const tainted = held.filter((incident) => isTainted(incident) && incident.guard !== 'observe');
  if (json) io.out(jsonText(tainted));
  else if (tainted.length === 0) io.out('No instance is tainted.');
  else for (const incident of tainted) for (const line of linesOf(incident)) io.out(line);
  return 0;
}

function linesOf(incident: Incident): readonly string[] {
  const { id, resource, finding, guard, dueAt, decision } = incident;
  const prolonged = taintOf(incident)?.until ?? null;
  return [
    `${shown(id)}  ${shown(resource.id)}  ${shown(finding.rule)}  held: ${guard ?? 'failed'}  since ${utc(openSince(incident))}`,
    `  looked at again: ${dueAt === null ? 'never' : utc(dueAt)}${prolonged === null ? '' : `; prolonged until ${utc(prolonged)}`}`,
    `  ${shown(decision.reason, 300)}`,
  ];
}

async function change(ledger: Ledger, wanted: ChangeArguments, by: string, io: Io): Promise<number> {
  const incident = await findIncident(ledger, wanted);
  // What a list shows may lag behind.
  const current = (await ledger.get(incident.key)) ?? incident;
  const now = io.now();
  const refusal = whyNotByHand(current, now);
  if (refusal !== null) throw new UsageError(refusal);
  const entry = { by, reason: wanted.reason, at: now.toISOString() };
  if (wanted.verb === 'clear') {
    await write(ledger, clear(current, { ...entry, until: null }, now));
    await releaseSlot(current, null, ledger);
    io.out(`Incident ${shown(current.id)} is closed: ${subjectOf(current)} is not replaced for this.`);
  } else {
    const until = untilOf(current, wanted.seconds, now);
    if (!isWhole(current) && !(await noteExtended(current, now, ledger))) {
      throw new UsageError(
        `the extension of incident ${current.id} was not recorded; check this computer's clock, and try again`,
      );
    }
    await write(ledger, prolong(current, { ...entry, until }, now));
    io.out(`For incident ${shown(current.id)}, ${subjectOf(current)} is left alone until ${utc(until)} at least.`);
  }
  if (wanted.verb === 'clear' && isWhole(current)) {
    const { cleared, left } = await clearParts(ledger, current, { ...entry, until: null }, now);
    io.out(`Incidents of its instances that are closed with it: ${cleared}. No further one is begun.`);
    if (left > 0) io.out(`Replacements that are under way, and cannot be called back: ${left}.`);
  }
  io.out(`Recorded in the incident as ${shown(by)} (local user).`);
  for (const line of await others(ledger, current, wanted.verb)) io.out(line);
  return 0;
}

/** @throws UsageError beyond the maximum of the policy that is deployed, as undrift wrote it into the incident */
function untilOf({ id, guard, latest }: Incident, seconds: number, now: Date): string {
  if (latest === undefined) {
    throw new UsageError(
      `incident ${id} has nothing replaced as it stands (held: ${guard ?? 'failed'}), so there is nothing to prolong`,
    );
  }
  const until = now.getTime() + seconds * 1000;
  if (until <= Date.parse(latest)) return new Date(until).toISOString();
  throw new UsageError(
    `--for: that is beyond ${utc(latest)}, when it is replaced at the latest (taint.maxHours of the policy that is deployed); ask for less, or clear it`,
  );
}

async function write(ledger: Ledger, incident: Incident): Promise<void> {
  try {
    await ledger.put(incident);
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
    throw new UsageError(`undrift wrote incident ${incident.id} at the same moment: nothing was changed, try again`);
  }
}

const subjectOf = (incident: Incident): string =>
  isWhole(incident)
    ? `what is left of the instances named by ${shown(incident.resource.id)}`
    : shown(incident.resource.id);

/** Each entry and each alteration is an incident of its own: the machine may be replaced for another one. */
async function others(ledger: Ledger, current: Incident, verb: 'prolong' | 'clear'): Promise<readonly string[]> {
  const { key, resource } = current;
  const open = (await ledger.of(resource.id)).filter(
    (it) => it.key !== key && it.status !== 'closed' && it.guard !== 'observe',
  );
  return open.map(({ id, finding }) => {
    const named = `incident ${shown(id)} (${shown(finding.rule)})`;
    const both = isAboutEntering(current.finding.rule) && isAboutEntering(finding.rule);
    return verb === 'prolong' && both
      ? `It counts for ${named} as well, another entry on it.`
      : `It does not count for ${named}, which is open on it, too, and may have it replaced all the same: ${verb} that as well.`;
  });
}
