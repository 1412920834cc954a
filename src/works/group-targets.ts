/** Which resources are to be judged because of a change. */

import type { Known } from '../decide.ts';
import { ComeBack, isYoung } from '../deps.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import type { Reading } from '../domain/reading.ts';
import { differsByVpc } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, Ledger, SecurityGroups } from '../roles.ts';
import { isOn } from './group-relevance.ts';

type Tools = {
  readonly securityGroups: SecurityGroups;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly policyDigest: string;
};

/** The group of the change, the groups that name a list, or what an interface has. */
export async function targetsOf(change: Change, tools: Tools): Promise<readonly ResourceRef[]> {
  const { securityGroups, ledger, policy } = tools;
  const { fact, resources } = change;
  // What a group opens on an interface is that interface's finding where the modes of places differ.
  const byPlace = differsByVpc('internet', policy) || differsByVpc('egress', policy);
  switch (fact.kind) {
    case 'prefix-list-changed':
      return asGroups(await groupsNaming(resources, tools));
    case 'interfaces-created': {
      // Nothing about these groups has changed, and every change of their rules is judged: one that this policy found clean
      // for everyone would be found so again, but for what may change without an event.
      const groupIds = await groupsGiven(change, fact.groupIds, tools);
      const readings = await Promise.all(groupIds.map((id) => ledger.lastReading(id)));
      const groups = asGroups(groupIds.filter((_id, index) => !wasClean(readings[index] ?? null, tools.policyDigest)));
      // An interface that a service made keeps its groups: there, rules go.
      const byService = change.name === 'CreateNetworkInterface' && groupIds.length > 1;
      // Where all of several may be open, one stays on the interface, and its rules go.
      const noneClean = groups.length > 1 && groups.length === groupIds.length;
      const whole = byService || noneClean || (byPlace && groups.length > 0);
      return whole ? [...groups, ...(await interfacesNamed(change, securityGroups, tools.clock))] : groups;
    }
    case 'security-groups-changed': {
      const interfaces = await interfacesNamed(change, tools.securityGroups, tools.clock);
      const groups = fact.groupIds.length > 0 ? fact.groupIds : await groupsOn(interfaces, securityGroups);
      return [...asGroups(groups), ...(groups.length > 1 || byPlace ? interfaces : [])];
    }
    default:
      return resources.slice(0, 1);
  }
}

/** Of an interface also what its groups were: newer rules go first, and a service keeps only what was there first. */
export async function knownOf({ type, id }: ResourceRef, { fact }: Change, ledger: Ledger): Promise<Known> {
  const attaches = fact.kind === 'security-groups-changed' || fact.kind === 'interfaces-created';
  const groupIds = type === 'network-interface' && attaches ? fact.groupIds : [];
  const [lastReading, ...readings] = await Promise.all([id, ...groupIds].map((one) => ledger.lastReading(one)));
  const known = groupIds.flatMap((group, index) => {
    const reading = readings[index] ?? null;
    return reading === null ? [] : [[group, reading] as const];
  });
  return { lastReading: lastReading ?? null, ofGroups: Object.fromEntries(known) };
}

/** A list that no watched rule names costs one call for each direction that the policy watches. */
async function groupsNaming(lists: readonly ResourceRef[], { securityGroups, policy }: Tools) {
  const egress = isOn('egress', policy);
  return (await Promise.all(lists.map(({ id }) => securityGroups.namingList(id, egress)))).flat();
}

const asGroups = (ids: readonly string[]): readonly ResourceRef[] =>
  [...new Set(ids)].map((id) => ({ type: 'security-group', id }));

/** The last clean reading is kept beside a later one that was not: what only listened for load balancers, say. */
const wasClean = (reading: Reading | null, policyDigest: string): boolean =>
  reading?.kind === 'security-group' &&
  reading.cleanUnder === policyDigest &&
  reading.foreignLists === undefined &&
  reading.open === undefined;

/** Those that the event names; where it names none that can be read, those that the interfaces have. */
async function groupsGiven(change: Change, named: readonly string[], { securityGroups, clock }: Tools) {
  if (named.length > 0) return named;
  return [...new Set(await groupsOn(await interfacesNamed(change, securityGroups, clock), securityGroups))];
}

async function groupsOn(interfaces: readonly ResourceRef[], securityGroups: SecurityGroups): Promise<string[]> {
  const estates = await Promise.all(interfaces.map(({ id }) => securityGroups.readInterface(id)));
  return estates.flatMap((estate) => (estate.kind === 'missing' ? [] : estate.networkInterface.groupIds));
}

/** The interfaces of a change; those of an instance are asked of EC2. @throws ComeBack while EC2 may not show them yet */
export async function interfacesNamed(
  change: Change,
  reads: Pick<SecurityGroups, 'interfacesOf'>,
  clock: Clock,
): Promise<readonly ResourceRef[]> {
  const found: ResourceRef[] = [];
  for (const resource of change.resources) {
    if (resource.type === 'network-interface') found.push(resource);
    if (resource.type !== 'instance') continue;
    const ids = await reads.interfacesOf(resource.id);
    if (ids.length === 0 && isYoung(change, clock)) {
      throw new ComeBack(15, `EC2 shows no interface of ${resource.id}`);
    }
    found.push(...ids.map((id): ResourceRef => ({ type: 'network-interface', id })));
  }
  return found;
}
