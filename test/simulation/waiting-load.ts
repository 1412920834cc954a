/** How much work waiting instances make: looks and calls of a minute, and how long a new modification waits for its own. */
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const TAGS = { 'undrift:replace': 'allowed' };
/** Workers of the instances queue. */
const WORKERS = 2;
/** Seconds that a call takes: about 0.15 for each that the adapter makes to EC2 or Auto Scaling, 0.01 for one to the ledger. */
const SECONDS: Readonly<Record<string, number>> = {
  'fleet.read': 0.3,
  'fleet.drift': 0.3,
  'fleet.launchCheck': 0.6,
  'fleet.ties': 0.3,
  fleet: 0.15,
  ledger: 0.01,
};
const isFleet = (label: string) => label.startsWith('fleet.');

/** One modified instance for each of `groups`, or `waiting` in one; they have been on hold for an hour. */
export async function waitingWorld(waiting: number, groups: number, policy = shippedPolicy('enforce')) {
  const at = new World(policy);
  const ids = Array.from({ length: groups }, (_, n) => `web-${n}`).flatMap((name) => {
    const desired = Math.ceil(waiting / groups);
    return at.fleet.addGroup({ name, desired, max: desired * 2, tags: TAGS }, BASELINE);
  });
  at.fleet.addGroup({ name: 'other', desired: 10, max: 20, tags: TAGS }, BASELINE);
  takeAsLong(at);
  for (const id of ids) modify(at, id);
  await at.run(3600);
  return { at, ids };
}

/** Groups that opted in, with so many instances each; their ids by group. */
export function fleetOf(groups: Readonly<Record<string, number>>, change: Partial<Policy> = {}) {
  const at = new World(shippedPolicy('enforce', change));
  const ids = Object.entries(groups).map(([name, desired]) => [
    name,
    at.fleet.addGroup({ name, desired, max: desired * 2, tags: TAGS }, BASELINE),
  ]);
  return { at, ids: Object.fromEntries(ids) as Readonly<Record<string, readonly string[]>> };
}

export function modify(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

/** Each message takes as long as its calls, and two are worked on at once. */
function takeAsLong(at: World) {
  let seen = 0;
  const cost = () => {
    const calls = at.calls.slice(seen);
    seen = at.calls.length;
    return calls.reduce((sum, it) => sum + (SECONDS[it] ?? SECONDS[it.split('.')[0] ?? ''] ?? 0.02), 0);
  };
  Object.defineProperty(at, 'secondsPerMessage', { get: () => cost() / WORKERS });
}

/** What an hour costs, and the seconds until a modification in a group of its own was decided. */
export async function measure(at: World) {
  const before = at.calls.length;
  const looks = () => at.log.lines.filter(({ message }) => message === 'decided').length;
  const looked = looks();
  await at.run(3600);
  const calls = at.calls.slice(before);
  const other = (await at.fleet.group('other'))?.members[0]?.id ?? '';
  const sentAt = at.clock.now().getTime();
  modify(at, other);
  let seconds = 0;
  const decided = () => at.ledger.incidents.some(({ resource }) => resource.id === other);
  while (!decided() && seconds < 3600) {
    await at.run(1);
    seconds = (at.clock.now().getTime() - sentAt) / 1000;
  }
  return {
    looksPerMinute: (looks() - looked) / 60,
    fleetCallsPerMinute: calls.filter(isFleet).length / 60,
    ledgerCallsPerMinute: calls.filter((it) => it.startsWith('ledger.')).length / 60,
    secondsToDecide: Math.round(seconds * 10) / 10,
  };
}
