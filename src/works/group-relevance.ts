import { NO_ORDER, rulesNamedBy, rulesOf, sidesOf } from '../decide/case.ts';
import type { Change, Fact } from '../domain/change.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { isCallOfSome } from '../policy/keeper-calls.ts';
import { differsByVpc } from '../policy/mode.ts';
import { type ExposureSettings, NETWORK_RULES, type Policy } from '../policy/policy.ts';
import { letsIn, openings, unreadable } from '../rules/openings.ts';
import { overlaps } from '../rules/protected.ts';
import { trafficOf } from '../rules/reach.ts';

/** Whether the rule can find anything anywhere: `off` is the most cautious mode, and wins wherever it is set. */
export function isOn(rule: (typeof NETWORK_RULES)[number], policy: Policy): boolean {
  const own = { internet: policy.internet, egress: policy.egress, 'pipeline-only': policy.pipelineOnly }[rule];
  return policy.mode !== 'off' && own.mode !== 'off';
}

/** Why no rule of the policy asks about such a change, so that nothing is read for it; null when one does. */
export function whyNoGroupIsRead(fact: Change['fact'], policy: Policy): string | null {
  const watchesChanges = isOn('pipeline-only', policy);
  switch (fact.kind) {
    case 'rules-added':
      // What a new group is seen with is compared with later: it had nothing that lets anything in.
      return fact.created ? null : whyEgressIsNothing(fact.egress, policy);
    case 'rules-described':
      return whyEgressIsNothing(fact.egress, policy);
    case 'rules-removed':
      return watchesChanges ? null : 'it opens nothing, and the rule pipeline-only is off';
    case 'prefix-list-changed':
      return fact.added?.length === 0 ? 'it adds no entry to the prefix list' : null;
    case 'unnamed':
      return whyUnnamedIsNothing(fact, policy);
    case 'rules-modified':
    case 'group-associated':
    case 'interfaces-created':
    case 'security-groups-changed':
    case 'verdict':
      return null;
    default:
      return 'it changes no security group';
  }
}

function whyEgressIsNothing(egress: boolean, policy: Policy): string | null {
  return egress && !isOn('pipeline-only', policy) && !isOn('egress', policy) ? 'egress is not watched' : null;
}

/** A call that opened nothing is reported only where each change of a rule is looked at. */
function whyUnnamedIsNothing({ unit, about }: Extract<Fact, { kind: 'unnamed' }>, policy: Policy): string | null {
  if (unit !== 'security-groups') return `the unit ${unit} reports it`;
  if (about === null) return null;
  const opens = about.kind !== 'rules-removed' && about.kind !== 'rules-described';
  return opens || isOn('pipeline-only', policy) ? whyNoGroupIsRead(about, policy) : 'it opens nothing';
}

/** Whether what a group opens may be enforced in one place and not in another, so that it matters which interfaces have it. */
export function dependsOnPlaces({ rules, prefixLists }: Open, policy: Policy): boolean {
  const mayBeOpen = (egress: boolean, settings: ExposureSettings) => {
    const side = rules.filter((rule) => rule.egress === egress);
    return letsIn(side, prefixLists, settings) || unreadable(side, prefixLists, settings).length > 0;
  };
  return (
    differsByVpc('pipeline-only', policy) ||
    (differsByVpc('internet', policy) && mayBeOpen(false, policy.internet)) ||
    (differsByVpc('egress', policy) && mayBeOpen(true, policy.egress))
  );
}

type Open = Pick<SecurityGroupEstate, 'rules' | 'prefixLists'>;

/** Whether an exemption of exposures goes by VPC. */
export function exemptsByVpc({ exemptions }: Policy): boolean {
  return exemptions.some(
    (it) =>
      it.select.vpc !== undefined && (it.rules === null || NETWORK_RULES.some((rule) => it.rules?.includes(rule))),
  );
}

/**
 * Whether the interfaces of a group can spare what it opens: by an exemption for a VPC, or as load balancers, where a rule
 * covers a port of their listeners.
 */
export function dependsOnUsers(rules: readonly SecurityGroupRule[], policy: Policy): boolean {
  const listeners = policy.internet.loadBalancers.map((ports) => ({ protocol: TCP, ports }));
  const traffic = rules.filter(({ egress }) => !egress).flatMap((rule) => trafficOf(rule) ?? []);
  return exemptsByVpc(policy) || traffic.some((one) => listeners.some((listener) => overlaps(one, listener)));
}

/**
 * Whether it matters that a service may keep the group: it is open by rules that the change does not name, or the change is a service's
 * own call. What a person has just opened is never a service's, so closing it costs no read more.
 */
export function dependsOnService(estate: Open, change: Change, policy: Policy): boolean {
  const { fact, actor, account } = change;
  if (fact.kind === 'rules-added' && isCallOfSome(actor, account)) return true;
  const named = new Set(rulesNamedBy(change, estate.rules));
  const others = estate.rules.filter(({ id }) => !named.has(id));
  return sidesOf(policy).some((side) => {
    const rules = rulesOf(side, { rules: others });
    const isJudged = isOn(side.rule, policy) && letsIn(rules, estate.prefixLists, side.settings);
    return isJudged && openings(rules, estate.prefixLists, side.settings, NO_ORDER).offending.length > 0;
  });
}

const TCP = 6;
