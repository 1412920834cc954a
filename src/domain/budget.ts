import type { AutoScalingGroup, GroupMember } from './estate.ts';
import { capacityOf, carriesLoad } from './member-state.ts';

/** How many instances of a group may be out at once: a count, or a per cent of the group such as "10%". */
export type Share = number | string;

/** What a budget comes to for one group, and the setting that says so, as a path into `policy.yml`. */
export type Allowance = { readonly limit: number; readonly because: string };

/**
 * What the live group shows of everybody but the altered instance, in instances of its size: how many the group should
 * have with it, how many of the others it lacks, and who serves. `warming` are in service and do not carry load yet;
 * `sizes` are those of who serves and is larger than the altered instance.
 */
export type Peers = {
  readonly total: number;
  readonly missing: number;
  readonly serving: readonly string[];
  readonly warming?: readonly string[];
  readonly sizes?: Readonly<Record<string, number>>;
};

/**
 * A per cent is rounded up, as Karpenter does: "allowed_disruptions = roundup(total * percentage)" (Karpenter,
 * Disruption, NodePool Disruption Budgets). So 1% of a group is one instance. What is neither a count nor a per cent is a
 * broken budget, and comes to none.
 */
export function shareOf(share: Share, total: number): number {
  if (typeof share === 'number') return Number.isSafeInteger(share) && share >= 0 ? share : 0;
  const [, digits] = /^(\d{1,3})%$/.exec(share) ?? [];
  const percent = Number(digits);
  if (!(percent <= 100) || !Number.isSafeInteger(total) || total < 0) return 0;
  return Math.ceil((total * percent) / 100);
}

/** @param idle members that took the place of others, and warm up or are not healthy in a target group */
export function peersOf(
  { desired, members }: AutoScalingGroup,
  { id, weight }: GroupMember,
  idle: readonly string[] = [],
): Peers {
  const warming = idle.filter((it) => it !== id);
  const serving = members.filter((peer) => peer.id !== id && carriesLoad(peer) && !warming.includes(peer.id));
  const missing = Math.ceil((desired - weight - capacityOf(serving)) / weight);
  const larger = serving.filter((peer) => peer.weight > weight);
  return {
    total: Math.floor(desired / weight),
    missing: Math.max(0, missing),
    serving: serving.map((it) => it.id),
    ...(warming.length > 0 && { warming }),
    ...(larger.length > 0 && { sizes: Object.fromEntries(larger.map((it) => [it.id, Math.ceil(it.weight / weight)])) }),
  };
}

/**
 * How many of the others are out, or about to be. A slot whose instance still serves is not missing yet, and counts by its
 * size; one whose instance does not is perhaps what is missing, and not counted twice.
 * @param holders instances that hold a slot of the group, without the altered one
 */
export function outOf(holders: readonly string[], peers: Peers): number {
  const leaving = holders.filter((id) => peers.serving.includes(id));
  const size = leaving.reduce((sum, id) => sum + (peers.sizes?.[id] ?? 1), 0);
  return size + Math.max(holders.length - leaving.length, peers.missing);
}

/** How many of the others are out, and not by us. */
export function outByThemselves(holders: readonly string[], peers: Peers): number {
  const ours = holders.filter((id) => !peers.serving.includes(id)).length;
  return Math.max(0, peers.missing - ours);
}
