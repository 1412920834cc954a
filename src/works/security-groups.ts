import type { Change } from '../domain/change.ts';
import type { Incident } from '../domain/incident.ts';
import { secondsBetween } from '../domain/time.ts';
import type { Clock, Ledger, SecurityGroups } from '../roles.ts';
import type { Proof, Work } from '../work.ts';
import { aboutByTags, NOBODY } from './about.ts';

const LOOK_AGAIN_AFTER = [1000, 2000, 4000];
/** A modified rule keeps its id, so a harmless reading this soon after the change may be the one before it. */
const MODIFY_SETTLES_SECONDS = 30;
const OVERDUE_SECONDS = 300;

export type SecurityGroupTools = {
  readonly securityGroups: SecurityGroups;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly ownerTags: readonly string[];
};

/** Revoking opened rules: no budget, and proof within seconds. */
export function securityGroupWork({ securityGroups, ledger, clock, ownerTags }: SecurityGroupTools): Work {
  async function openAfterAct(incident: Incident): Promise<readonly string[]> {
    const { remediation } = incident.decision;
    if (remediation?.action !== 'revoke-rules') return [];
    const estate = await securityGroups.read(remediation.groupId);
    if (estate.kind === 'missing') return [];
    const present = new Set(estate.rules.map((rule) => rule.id));
    return remediation.ruleIds.filter((id) => present.has(id));
  }

  return {
    unit: 'security-groups',
    read: (change) => securityGroups.read(groupIdOf(change)),

    async doubt(change, estate, decisions, now) {
      if (change.fact.kind !== 'ingress-changed') return null;
      if (estate.kind !== 'security-group') return 'the group that the event names is not in the answer of EC2';
      const { ruleIds } = change.fact;
      const present = new Set(estate.rules.map((rule) => rule.id));
      const lacking = ruleIds.filter((id) => !present.has(id));
      if (lacking.length > 0) {
        const revoked = await revokedBefore(ledger, estate.group.id);
        return lacking.every((id) => revoked.has(id)) ? null : `EC2 does not show ${lacking.join(', ')}`;
      }
      const telling = ruleIds.length > 0 && change.name !== 'ModifySecurityGroupRules';
      const harmless = decisions.every((decision) => decision.kind === 'ignore');
      const young = secondsBetween(change.at, now) < MODIFY_SETTLES_SECONDS;
      return !telling && harmless && young ? 'the answer of EC2 may be older than the change' : null;
    },

    about: (estate) =>
      estate.kind === 'security-group' ? aboutByTags(estate.group.name, estate.group.tags, ownerTags) : NOBODY,

    plan({ remediation }, estate) {
      if (remediation.action !== 'revoke-rules' || estate.kind !== 'security-group') return NO_PLAN;
      const rules = estate.rules.filter((rule) => remediation.ruleIds.includes(rule.id));
      return { inverse: { action: 'authorize-rules', rules }, replacement: null };
    },

    exclusive: (estate) => (estate.kind === 'security-group' ? estate.group.id : null),

    // An open door is closed every time: no budget stands before it.
    reserve: async () => ({ kind: 'taken' }),
    release: async () => {},

    async act({ remediation }) {
      if (remediation.action !== 'revoke-rules') throw new Error(`this unit cannot ${remediation.action}`);
      return securityGroups.revoke(remediation.groupId, remediation.ruleIds);
    },

    async prove(incident, now): Promise<Proof> {
      let open = await openAfterAct(incident);
      for (const wait of LOOK_AGAIN_AFTER) {
        if (open.length === 0) break;
        await clock.sleep(wait);
        open = await openAfterAct(incident);
      }
      if (open.length === 0)
        return { kind: 'proven', seen: seenClosed(incident), closedBy: 'undrift', successor: null };
      const since = secondsBetween(incident.attempts.at(-1)?.at ?? incident.updatedAt, now);
      const why = `${open.join(', ')} still there`;
      if (since > OVERDUE_SECONDS) return { kind: 'undone', why };
      return { kind: 'pending', why, retryAfter: 15, overdue: false };
    },

    async noteClean(estate, before, now) {
      if (estate.kind !== 'security-group') return;
      const ids = estate.rules
        .filter((rule) => !rule.egress)
        .map((rule) => rule.id)
        .sort();
      if (before?.join() === ids.join()) return;
      await ledger.recordCleanReading(estate.group.id, ids, now.toISOString());
    },
    lastClean: (change) => ledger.lastCleanReading(groupIdOf(change)),
  };
}

const NO_PLAN = { inverse: null, replacement: null };

function groupIdOf(change: Change): string {
  const group = change.resources.find(({ type }) => type === 'security-group');
  if (group === undefined) throw new Error(`${change.name} names no security group`);
  return group.id;
}

/** Rule ids that acts of ours took away: their absence is no stale read. */
async function revokedBefore(ledger: Ledger, groupId: string): Promise<ReadonlySet<string>> {
  const incidents = await ledger.of(groupId);
  const acted = incidents.filter(({ attempts }) => attempts.length > 0);
  return new Set(acted.flatMap(({ seenRounds }) => seenRounds.flatMap((round) => round.split(','))));
}

function seenClosed({ decision }: Incident): string {
  const { remediation } = decision;
  if (remediation?.action !== 'revoke-rules') return 'closed';
  return `${remediation.groupId} read again: ${remediation.ruleIds.join(', ')} gone`;
}
