/**
 * "Security groups are changed by trusted actors alone." What somebody else added is revoked, whatever it opens. What was
 * changed or removed is told with its previous value: putting it back needs the right to open, which undrift does not have.
 */
import { type Decision, decidedAt, type Finding, type Hold, type Remediation, uncounted } from '../domain/decision.ts';
import type { SecurityGroupEstate } from '../domain/estate.ts';
import { DAY } from '../guards/guard.ts';
import { NETWORK_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { trustedBy } from '../policy/trust.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { type Case, circumstances, subjectOf } from './case.ts';
import { changesByHand, RULE } from './changes-by-hand.ts';
import { usersOf } from './exposure.ts';
import { ownedGroup } from './owned.ts';
import { whereExposed } from './places.ts';
import { shieldOf } from './shield.ts';
import { vpcsOf } from './users.ts';

/** @param others what other rules decided: a rule that one of them revokes is not revoked twice */
export function judgePipelineOnly(
  estate: SecurityGroupEstate,
  others: readonly Decision[],
  given: Case,
): readonly Decision[] {
  const { change, policy, context } = given;
  if (!CHANGES.has(change.fact.kind)) return [];
  const users = usersOf(estate);
  const subject = subjectOf(given, estate, vpcsOf(users ?? []));
  const { mode, words } = whereExposed(RULE, estate.group, users, given);
  if (mode.mode === 'off') return [];
  const trusted = trustedBy(change, policy);
  if (trusted !== null) return [uncounted(`made by a trusted actor: ${trusted.id}`, RULE)];
  const seen = changesByHand(estate, others, given);
  const shield = shieldOf(estate.group, users, estate.rules, given);
  const isOfService = (act: Remediation) =>
    act.action === 'revoke-rules' &&
    estate.rules.filter(({ id }) => act.ruleIds.includes(id)).every((rule) => shield.covers(rule));
  const exemptions = exemptionsFor(RULE, subject, policy, context.now);
  const decideOn = ({ finding, act }: (typeof seen)[number]): Decision => {
    if (exemptions.unreadable.length > 0) {
      return hold('unreadable', unreadableExemption(exemptions.unreadable), finding, act);
    }
    if (exemptions.granted.length > 0) {
      return hold('exempted', exempted(exemptions.granted, context.now), finding, act);
    }
    if (act === null) return told(finding);
    const owned = ownedGroup(estate.group, isOfService(act) ? shield.by : null);
    return ask(NETWORK_GUARDS, circumstances(given, mode, act, owned, []), finding, act);
  };
  return seen.map((one) => decidedAt(decideOn(one), words));
}

const CHANGES: ReadonlySet<string> = new Set(['rules-added', 'rules-modified', 'rules-described', 'rules-removed']);

function told(finding: Finding): Hold {
  const reason = 'undrift can only tell: putting it back needs the right to open, which it does not have';
  return hold('observe', { reason, retryAfter: DAY }, finding, null);
}
