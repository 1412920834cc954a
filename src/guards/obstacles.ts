import { deviceName } from '../domain/drift-path.ts';
import type { Drift, Volume } from '../domain/estate.ts';
import type { Obstacle, ObstacleWord, Told } from '../domain/obstacle.ts';
import type { InstanceCase } from './guard.ts';

/**
 * All that speaks against replacing this instance and that policy can lift. What is read only before an act is no
 * obstacle until it is read.
 */
export function obstaclesOf(subject: InstanceCase): readonly Obstacle[] {
  return [...protections(subject), ...outage(subject), ...atRisk(subject)];
}

/** Those that no entry of `replaceDespite` lifts. */
export function standingObstacles(subject: InstanceCase): readonly Obstacle[] {
  return obstaclesOf(subject).filter(({ what }) => subject.despite[what] === undefined);
}

/** For the objection of one guard: surely there, of these words, and not lifted. */
export function objectionsIn(subject: InstanceCase, words: readonly ObstacleWord[]): readonly string[] {
  const surely = standingObstacles(subject).filter(({ what, unread }) => words.includes(what) && unread === undefined);
  return surely.map(({ why }) => why);
}

/** A protection does not shield the machine from the very finding that somebody set it. */
function protections({ instance, member, ties, rule }: InstanceCase): readonly Obstacle[] {
  const scaleIn = member.protectedFromScaleIn && rule !== 'scale-in-protection-changed';
  const termination = rule === 'termination-protection-changed' ? undefined : ties?.terminationProtection;
  return [
    ...(scaleIn ? [{ what: 'scale-in-protection', why: `${instance.id} is protected from scale-in` } as const] : []),
    ...byTold(termination, 'termination-protection', {
      asked: `${instance.id} is protected from termination`,
      why: `${instance.id} is protected from termination; the rule termination-protection-changed is about who sets that by hand, and is not held by it`,
    }),
  ];
}

function outage({ group, member, remediation }: InstanceCase): readonly Obstacle[] {
  if (group.desired > member.weight || remediation.how === 'launch-first') return [];
  const why = `${group.name} has a desired capacity of ${group.desired}: replacing would be an outage`;
  return [{ what: 'single-instance', why }];
}

function atRisk({ instance, drift, ties }: InstanceCase): readonly Obstacle[] {
  const { interfaces, rootDevice } = instance;
  const isRoot = ({ device }: Volume) => rootDevice !== null && deviceName(device) === deviceName(rootDevice);
  const volumes = instance.volumes.flatMap((volume) => volumeAtRisk(volume, isRoot(volume), drift) ?? []);
  const store = instance.rootInStore === true ? true : ties?.instanceStore;
  return [
    ...volumes.map((why) => ({ what: 'further-volumes', why }) as const),
    ...interfaces
      .filter(({ deviceIndex }) => deviceIndex > 0)
      .map(({ id }) => ({ what: 'further-interfaces', why: `interface ${id} is attached as a further one` }) as const),
    ...interfaces
      .filter(({ elasticIp }) => elasticIp)
      .map(({ id }) => ({ what: 'elastic-ip', why: `interface ${id} holds an Elastic IP` }) as const),
    ...byTold(store, 'instance-store', {
      asked: `${instance.id} has instance store`,
      why: 'what is on its instance store would be lost',
    }),
  ];
}

/** The root volume came with the instance. Of any other that is not known to have, it counts as known that it has not. */
function volumeAtRisk({ id, device, deleteOnTermination }: Volume, root: boolean, drift: Drift | null): string | null {
  const name = `volume ${id} (${device})`;
  if (!deleteOnTermination) return `${name} would outlive it`;
  if (root) return null;
  if (drift?.kind !== 'compared') return `whether ${name} came with it is not known`;
  const path = `block-devices/${deviceName(device)}`;
  if (drift.differences.some((it) => it.path === path && it.expected === 'none')) {
    return `${name} did not come with it, and would be lost`;
  }
  const unknown = (drift.untold ?? []).some((it) => it.path === path);
  return unknown ? `whether ${name} came with it is not known` : null;
}

type Words = { readonly asked: string; readonly why: string };

function byTold(told: Told | undefined, what: ObstacleWord, { asked, why }: Words): readonly Obstacle[] {
  if (told === undefined || told === false) return [];
  if (told === true) return [{ what, why }];
  return [{ what, why: `whether ${asked} could not be read: ${told.unread}`, unread: true }];
}
