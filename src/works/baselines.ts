/** What successors are launched from: who changed it last, and what is open about it. */
import { baselineKeys } from '../decide/baseline.ts';
import { launchSourceKey, unreadLaunchSource } from '../decide/unnamed.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import type { AutoScalingGroup, BaselineEstate, Estate } from '../domain/estate.ts';
import type { Reading } from '../domain/reading.ts';
import type { Policy, RuleId } from '../policy/policy.ts';
import { trustedBy } from '../policy/trust.ts';
import type { Ledger } from '../roles.ts';

const RULE: RuleId = 'baseline-changed';

export function isBaseline({ type }: ResourceRef): boolean {
  return type === 'launch-template' || type === 'auto-scaling-group';
}

export function baselineEstate(resource: ResourceRef, change: Change, policy: Policy): BaselineEstate {
  const { fact, at } = change;
  const accepts = fact.kind === 'baseline-changed' && trustedBy(change, policy) !== null;
  return { kind: 'baseline', resource, ...(accepts ? { accepted: { what: fact.what, at } } : {}) };
}

/** Remembers a change by a trusted actor: it accepts what others did of the same kind before. */
export async function noteBaseline(estate: Estate, before: Reading | null, now: Date, ledger: Ledger): Promise<void> {
  if (estate.kind !== 'baseline' || estate.accepted === undefined) return;
  const { what, at } = estate.accepted;
  const known = before?.kind === 'baseline' ? before.accepted : {};
  if (Date.parse(known[what] ?? '') >= Date.parse(at)) return;
  const reading: Reading = { kind: 'baseline', accepted: { ...known, [what]: at } };
  await ledger.recordReading(estate.resource.id, reading, now.toISOString());
}

/** Open findings on the group's own choice, on every template that it launches from, and on what may be either, in words. */
export async function openBaselineChanges(
  group: AutoScalingGroup,
  region: string,
  now: Date,
  ledger: Ledger,
): Promise<readonly string[]> {
  const templates = group.launchesFrom.flatMap((source) => (source.kind === 'template' ? [source.id] : []));
  // By key: other incidents on the group, which anyone can open who may suspend its processes, must hide none of these.
  const keys = [
    ...baselineKeys({ type: 'auto-scaling-group', id: group.name }),
    ...[...new Set(templates)].flatMap((id) => baselineKeys({ type: 'launch-template', id })),
  ];
  const [unread = null, ...incidents] = await Promise.all(
    [launchSourceKey(region), ...keys].map((key) => ledger.get(key)),
  );
  const open = incidents.flatMap((incident) => {
    const counts = incident !== null && incident.status !== 'closed' && incident.guard === RULE;
    return counts ? incident.finding.summary : [];
  });
  const unknown = unreadLaunchSource(unread, now);
  return unknown === null ? open : [...open, unknown];
}
