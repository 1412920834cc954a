/**
 * Machines that a call named all at once. They are looked up each time anew: who was replaced is no longer there, and its
 * successor was not there before. A few at a time become incidents of their own, as many as the budgets let go at once.
 */

import { instanceKey } from '../decide/instance.ts';
import { type Fate, fatesOf, subjectOfMachine } from '../decide/machines.ts';
import { seenIn } from '../decide/targets.ts';
import type { Context } from '../decide.ts';
import type { Change, LookUp, ResourceRef } from '../domain/change.ts';
import type { Decision, GuardName } from '../domain/decision.ts';
import type { Estate, Machine, Meant, TargetsEstate } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import { allowanceFor } from '../policy/budget.ts';
import type { Policy, RuleId } from '../policy/policy.ts';
import { type Fleet, type Ledger, type ManagedNodes, Refused } from '../roles.ts';

type Tools = {
  readonly fleet: Pick<Fleet, 'machines'>;
  readonly nodes: ManagedNodes;
  readonly ledger: Pick<Ledger, 'of'>;
  readonly policy: Policy;
};

export async function readTargets(resource: ResourceRef, { at }: Change, tools: Tools): Promise<TargetsEstate> {
  const estate: TargetsEstate = { kind: 'targets', resource };
  return resource.lookUp === undefined ? estate : { ...estate, meant: await meantBy(resource.lookUp, at, tools) };
}

/** What AWS will not tell is said; what it cannot tell now is thrown. */
async function meantBy(lookUp: LookUp, at: string, { fleet, nodes }: Tools): Promise<Meant> {
  try {
    if (lookUp.by === 'command') {
      const { ids, complete } = await nodes.reachedBy(lookUp.commandId);
      return { kind: 'found', machines: await some(ids, null, fleet), complete };
    }
    const { managed, filters } = lookUp;
    const machines = managed
      ? await some(await nodes.carrying(filters), at, fleet)
      : await fleet.machines({ filters }, at);
    return { kind: 'found', machines, complete: true };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'unread', why: error.message };
    throw error;
  }
}

const some = (ids: readonly string[], before: string | null, fleet: Tools['fleet']) =>
  ids.length === 0 ? [] : fleet.machines({ ids }, before);

/** Those that are to be judged by themselves now; none where nothing of the whole may be replaced. */
export async function partsInTurn(
  estate: Estate,
  decisions: readonly Decision[],
  change: Change,
  context: Context,
  { ledger, policy }: Tools,
): Promise<readonly ResourceRef[]> {
  if (estate.kind !== 'targets' || estate.meant?.kind !== 'found') return [];
  if (!decisions.some(({ guard }) => guard === 'tainted')) return [];
  const chosen = new Set<string>();
  for (const { rule, sighting } of seenIn(change, policy)) {
    const replaceable = fatesOf(rule.id, estate.meant.machines, change, policy, context).filter(isReplaceable);
    const turn = { rule: rule.id, drift: sighting.drift, change, policy, now: context.now, ledger };
    for (const id of await inTurn(
      replaceable.map(({ machine }) => machine),
      turn,
    ))
      chosen.add(id);
  }
  return [...chosen].map((id) => ({ type: 'instance', id }));
}

const isReplaceable = ({ fate }: Fate) => fate === 'replace';

type Turn = {
  readonly rule: RuleId;
  readonly drift: string;
  readonly change: Change;
  readonly policy: Policy;
  readonly now: Date;
  readonly ledger: Tools['ledger'];
};

/** So many of a group that are held for something of their own keep the others of it: somebody should look into that. */
const MOST_HELD = 20;
/** Incidents that are asked for in one look, and those that are begun: a function has a minute, and looks again in one. */
const MOST_ASKED = 200;
const MOST_BEGUN = 25;

/**
 * Those whose turn has come, in the order of their ids: of each group as many as its budget lets be out, over all of them as
 * many as may begin in an hour. Who is on their way already takes a place; who is held for something of its own does not.
 */
async function inTurn(machines: readonly Machine[], turn: Turn): Promise<readonly string[]> {
  const begun: string[] = [];
  const places = new Map<string, { left: number; held: number }>();
  let [all, asked] = [turn.policy.budget.perHour, 0];
  for (const machine of machines) {
    const name = machine.group?.name ?? '';
    const group = places.get(name) ?? { left: allowed(machine, turn), held: 0 };
    places.set(name, group);
    if (all <= 0 || asked >= MOST_ASKED || begun.length >= MOST_BEGUN) break;
    if (group.left <= 0 || group.held >= MOST_HELD) continue;
    asked += 1;
    const place = placeOf(await incidentOf(machine, turn), turn.change);
    if (place === 'over') {
      group.held += 1;
      continue;
    }
    group.left -= 1;
    all -= 1;
    if (place === 'free') begun.push(machine.id);
  }
  return begun;
}

function allowed(machine: Machine, { rule, change, policy, now }: Turn): number {
  const desired = machine.group?.desired ?? 0;
  return allowanceFor(rule, subjectOfMachine(machine, change), desired, policy, now).limit;
}

async function incidentOf({ id }: Machine, { rule, drift, ledger }: Turn): Promise<Incident | undefined> {
  const key = instanceKey(id, rule, drift);
  return (await ledger.of(id)).find((incident) => incident.key === key);
}

/** What holds one machine, and says nothing of the others. */
const OF_ITS_OWN: readonly GuardName[] = ['state-at-risk', 'protected', 'exempted', 'unreadable', 'not-opted-in'];

function placeOf(incident: Incident | undefined, { eventId }: Change): 'free' | 'taken' | 'over' {
  if (incident === undefined || !incident.seenRounds.includes(eventId)) return 'free';
  if (incident.status === 'closed') return 'over';
  const { guard } = incident;
  return incident.status === 'held' && guard !== null && OF_ITS_OWN.includes(guard) ? 'over' : 'taken';
}
