/** Which rules a decision takes away, which it leaves, and why. */
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import { isOpen, type Reach } from './reach.ts';

export type Fates = {
  readonly change: Change;
  /** The rules of the state are taken from the event itself: the change is about all of them. */
  readonly assumed: boolean;
  /** Rule ids of the last clean reading; null when there was none. */
  readonly lastClean: ReadonlySet<string> | null;
  /** Those about this direction of traffic. */
  readonly decisions: readonly Decision[];
  /** Only load balancers use the group, and the policy lets them be public on the ports of this reach. */
  readonly balanced: (reach: Reach) => boolean;
};

/** `goes: the change added it`, `stays: …`; empty where there is nothing to say. */
export function fateOf(rule: SecurityGroupRule, reach: Reach, fates: Fates): string {
  const exemption = holding(rule, fates).find(({ guard }) => guard === 'exempted');
  if (exemption !== undefined) return `stays: ${exemption.reason}`;
  const act = goingIn(rule, fates);
  if (act !== null) return act;
  if (!isOpen(reach)) return '';
  if (fates.balanced(reach)) return 'stays: load balancers may be public here';
  const others = reach.rules.some((other) => goingIn(other.rule, fates) !== null);
  return others ? 'stays: without the others it is within the limit' : 'stays: nothing was decided about it';
}

/** The holds whose act is about the rule. */
function holding(rule: SecurityGroupRule, { decisions }: Fates): readonly Decision[] {
  return decisions.filter(({ kind, remediation }) => {
    return kind === 'hold' && remediation?.action === 'revoke-rules' && remediation.ruleIds.includes(rule.id);
  });
}

function goingIn(rule: SecurityGroupRule, fates: Fates): string | null {
  for (const { kind, guard, rule: judge, remediation } of fates.decisions) {
    if (remediation === null || guard === 'exempted') continue;
    const goes = kind === 'hold' ? 'would go' : 'goes';
    switch (remediation.action) {
      case 'revoke-rules':
        if (remediation.ruleIds.includes(rule.id)) {
          return `${goes}: ${judge === 'pipeline-only' ? 'added past the pipeline' : whyThis(rule, fates)}`;
        }
        break;
      case 'detach-groups':
        if (remediation.groupIds.includes(rule.groupId)) return `${goes}: with ${rule.groupId}, which is taken off`;
        break;
      case 'remove-entries':
        if (rule.source.kind === 'prefix-list' && rule.source.id === remediation.prefixListId) {
          return `stays: its list ${kind === 'hold' ? 'would lose' : 'loses'} ${remediation.cidrs.join(', ')}`;
        }
        break;
      default:
    }
  }
  return null;
}

/** The order in which rules are taken: those of the change, those that are new, of the rest the widest. */
function whyThis(rule: SecurityGroupRule, { change, assumed, lastClean }: Fates): string {
  const { fact } = change;
  if (fact.kind === 'rules-added' && (assumed || fact.ruleIds.includes(rule.id))) return 'the change added it';
  if (fact.kind === 'rules-modified' && (assumed || fact.ruleIds.includes(rule.id))) return 'the change modified it';
  const { source } = rule;
  const lists = fact.kind === 'prefix-list-changed' ? change.resources.map(({ id }) => id) : [];
  if (source.kind === 'prefix-list' && lists.includes(source.id)) return 'its prefix list was changed';
  if (lastClean !== null && !lastClean.has(rule.id)) return 'newer than the last clean reading';
  return 'of the rest, the widest go first';
}
