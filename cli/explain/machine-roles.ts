/** An estate file in the place of EC2, Auto Scaling and Systems Manager, for a call that names many machines at once. */
import { deliveredTo, isAtWork } from '../../src/aws/invocations.ts';
import type { TagFilter } from '../../src/domain/change.ts';
import type { Machine } from '../../src/domain/estate.ts';
import { machinesOf, type SeenMachine, wasThere } from '../../src/domain/machine.ts';
import { carries } from '../../src/domain/tag-filter.ts';
import { type MachineQuery, Refused } from '../../src/roles.ts';
import type { readTargets } from '../../src/works/machines.ts';
import { type KnownMachines, type MachineKey, PRINTED_BY } from './machines.ts';

/** What the file does not tell is refused, with what would tell it. */
export function machineRoles(known: KnownMachines, now: Date): Parameters<typeof readTargets>[2] {
  return {
    fleet: { machines: async (by, before) => machines(known, by, before) },
    nodes: {
      reachedBy: async (commandId) => reachedBy(known, commandId),
      carrying: async (filters) => carrying(known, filters),
    },
    // Nobody looked before.
    ledger: { lastReading: async () => null, recordReading: async () => undefined },
    clock: { now: () => now },
  };
}

const ALWAYS: readonly MachineKey[] = ['Reservations', 'AutoScalingGroups'];
const THERE = 'which machines there are';

function machines(known: KnownMachines, by: MachineQuery, before: string | null): readonly Machine[] {
  refuseWithout(known, ALWAYS, THERE);
  const found = known.machines.filter((one) =>
    'ids' in by ? by.ids.includes(one.id) : by.filters.every((filter) => carries(one.tags, filter)),
  );
  return machinesOf(before === null ? found : found.filter((one) => wasThere(dated(one), before)), known.groups);
}

/** @throws Refused: who is left out for want of a date would be missed */
function dated(machine: SeenMachine): SeenMachine {
  if (machine.launchedAt !== null || machine.attachedAt.length > 0) return machine;
  throw new Refused(`the estate file does not tell since when ${machine.id} is there: it has no LaunchTime of it`);
}

function carrying(known: KnownMachines, filters: readonly TagFilter[]): readonly string[] {
  refuseWithout(known, ['InstanceInformationList', ...ALWAYS], THERE);
  const fits = known.machines.filter(({ tags }) => filters.every((filter) => carries(tags, filter)));
  return fits.map(({ id }) => id).filter((id) => known.managed.includes(id));
}

/** An empty list is one of a command that came to nobody so far; one of other commands tells nothing of this. */
function reachedBy(known: KnownMachines, id: string) {
  refuseWithout(known, ['CommandInvocations', ...ALWAYS], 'whom the command reached', id);
  const own = known.invocations.filter(({ commandId }) => commandId === id);
  if (own.length === 0 && known.invocations.length > 0) {
    const printed = printedBy('CommandInvocations', id);
    throw new Refused(`the estate file does not tell whom the command reached: it lacks what ${printed} prints`);
  }
  return { ids: deliveredTo(own), complete: own.length > 0 && !own.some(isAtWork) };
}

function refuseWithout({ has }: KnownMachines, keys: readonly MachineKey[], what: string, commandId = ''): void {
  const lacking = keys.filter((key) => !has(key)).map((key) => `no ${key}, which ${printedBy(key, commandId)} prints`);
  if (lacking.length > 0) throw new Refused(`the estate file does not tell ${what}: it has ${lacking.join(', and ')}`);
}

function printedBy(key: MachineKey, commandId: string): string {
  return key === 'CommandInvocations' ? `${PRINTED_BY[key]} --command-id ${commandId}` : PRINTED_BY[key];
}
