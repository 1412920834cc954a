/** Of the machines that a call named at once, a few at a time become incidents of their own, as the budgets let them go. */
import { instanceKey } from '../decide/instance.ts';
import { fatesOf, subjectOfMachine } from '../decide/machines.ts';
import type { Context } from '../decide.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import type { Decision, GuardName } from '../domain/decision.ts';
import type { Estate, Machine } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { wholeKey } from '../domain/part.ts';
import { allowanceFor } from '../policy/budget.ts';
import type { Policy, RuleId } from '../policy/policy.ts';
import type { Ledger } from '../roles.ts';
import { seenIn } from '../rules/instance-rules.ts';
import { noteCleared } from './machines.ts';

type Incidents = Pick<Ledger, 'get' | 'of'>;
type Tools = Parameters<typeof noteCleared>[2] & { readonly ledger: Incidents; readonly policy: Policy };

/** Those that are to be judged by themselves now; none where nothing of the whole may be replaced. */
export async function partsInTurn(
  estate: Estate,
  decisions: readonly Decision[],
  change: Change,
  context: Context,
  tools: Tools,
): Promise<readonly ResourceRef[]> {
  if (estate.kind !== 'targets' || estate.meant?.kind !== 'found') return [];
  const [seen] = seenIn(change.fact, tools.policy);
  const key = wholeKey(estate.resource, change);
  if (seen === undefined || key === null || !decisions.some(({ guard }) => guard === 'tainted')) return [];
  const rule = seen.rule.id;
  const fates = fatesOf(rule, estate.meant.machines, change, tools.policy, context);
  const machines = fates.filter(({ fate }) => fate === 'replace').map(({ machine }) => machine);
  const turn = { rule, drift: seen.sighting.drift, change, policy: tools.policy, now: context.now };
  const { begun, cleared } = await inTurn(machines, turn, tools.ledger);
  if (cleared.length > 0) await noteCleared(key, cleared, tools);
  return begun.map((id) => ({ type: 'instance', id }));
}

type Turn = {
  readonly rule: RuleId;
  readonly drift: string;
  readonly change: Change;
  readonly policy: Policy;
  readonly now: Date;
};

/** So many of a group that are held for something of their own keep the others of it: somebody should look into that. */
const MOST_HELD = 20;
/** Incidents that are asked for in one look, and those that are begun: a function has a minute, and looks again in one. */
const MOST_ASKED = 200;
const MOST_BEGUN = 25;

/**
 * Those whose turn has come, in the order of their ids, or of their groups where there are many: of each group as many as its
 * budget lets be out, over all of them as many as may begin in an hour. Who waits for a slot, or is being replaced, takes a place;
 * who is held for something of its own does not; and what holds one for its group holds the group.
 */
async function inTurn(machines: readonly Machine[], turn: Turn, ledger: Incidents) {
  const [begun, cleared]: [string[], string[]] = [[], []];
  const groups = new Map<string, { left: number; held: number }>();
  let [all, asked] = [turn.policy.budget.perHour, 0];
  for (const machine of fromAnother(machines, turn.now)) {
    const name = machine.group?.name ?? '';
    const group = groups.get(name) ?? { left: allowed(machine, turn), held: 0 };
    groups.set(name, group);
    if (all <= 0 || asked >= MOST_ASKED || begun.length >= MOST_BEGUN) break;
    if (group.left <= 0 || group.held >= MOST_HELD) continue;
    asked += 1;
    const place = await placeOf(machine, turn, ledger);
    if (place === 'free') begun.push(machine.id);
    if (place === 'cleared') cleared.push(machine.id);
    if (place === 'held') group.held += 1;
    if (place === 'group') group.left = 0;
    if (place !== 'free' && place !== 'taken') continue;
    group.left -= 1;
    all -= 1;
  }
  return { begun, cleared };
}

const TURN_MILLISECONDS = 300_000;

/** As many groups as one look gets through, should all of them have their fill of held machines. */
const GROUPS_IN_A_LOOK = MOST_ASKED / MOST_HELD;

/**
 * Where there are more than are asked for in one look, each look begins with other groups: the machines of those that come
 * first may all be held for something of their own.
 */
function fromAnother(machines: readonly Machine[], now: Date): readonly Machine[] {
  if (machines.length <= MOST_ASKED) return machines;
  const names = [...new Set(machines.map(({ group }) => group?.name))];
  const first = (Math.floor(now.getTime() / TURN_MILLISECONDS) * GROUPS_IN_A_LOOK) % names.length;
  const inOrder = [...names.slice(first), ...names.slice(0, first)];
  return inOrder.flatMap((name) => machines.filter(({ group }) => group?.name === name));
}

function allowed(machine: Machine, { rule, change, policy, now }: Turn): number {
  const desired = machine.group?.desired ?? 0;
  return allowanceFor(rule, subjectOfMachine(machine, change), desired, policy, now).limit;
}

/** Who waits for its turn, as the others do. */
const WAITING: readonly GuardName[] = ['tainted', 'budget', 'blast-radius', 'paused'];
/** What holds one machine holds every other of its group. */
const OF_GROUP: readonly GuardName[] = [
  'single-instance',
  'launch-suspended',
  'refresh-running',
  'baseline-changed',
  'unhealthy-peers',
  'fight',
];

type Place = 'free' | 'taken' | 'held' | 'group' | 'cleared';

async function placeOf({ id }: Machine, { rule, drift, change }: Turn, ledger: Incidents): Promise<Place> {
  const incident = await ledger.get(instanceKey(id, rule, drift));
  if (incident?.seenRounds.includes(occurrenceOf(change.eventId))) return placeByItself(incident);
  // Whatever it is to be replaced for: a hundred commands do not make a hundred incidents on it.
  return (await ledger.of(id)).some(isInLine) ? 'taken' : 'free';
}

function placeByItself(incident: Incident): Place {
  if (incident.status === 'closed') return incident.closedBy === 'operator' ? 'cleared' : 'held';
  if (isInLine(incident)) return 'taken';
  return incident.guard !== null && OF_GROUP.includes(incident.guard) ? 'group' : 'held';
}

/** It waits for its turn, or is being replaced. */
function isInLine({ status, guard, decision }: Incident): boolean {
  if (status === 'closed' || decision.remediation === null) return false;
  return status !== 'held' || guard === null || WAITING.includes(guard);
}
