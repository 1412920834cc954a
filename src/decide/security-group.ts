import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, uncounted } from '../domain/decision.ts';
import type { GroupWithRules, SecurityGroupEstate } from '../domain/estate.ts';
import { NETWORK_RULES, type Policy } from '../policy/policy.ts';
import { type Case, sidesOf } from './case.ts';
import { judgeNeighbours } from './combinations.ts';
import { judgeGroup } from './exposure.ts';
import { judgePipelineOnly } from './pipeline-only.ts';
import { ATTACHING } from './places.ts';
import { meaningOf } from './verdict.ts';

/** A group by itself, together with others on the interfaces that have it, and who may change it at all. */
export function decideSecurityGroup(
  change: Change,
  estate: SecurityGroupEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const { fact } = change;
  const meant: readonly string[] = fact.kind === 'verdict' ? meaningOf(fact.by, policy) : NETWORK_RULES;
  const sides = sidesOf(policy).filter(({ rule }) => meant.includes(rule));
  if (sides.length === 0) {
    return [uncounted(`the policy gives the Config rule ${change.name} no meaning for security groups`)];
  }
  const given: Case = { change, policy, history, context };
  const decisions = sides.flatMap((side) => {
    const { decisions: own, offending } = judgeGroup(side, estate, given);
    const rest: GroupWithRules = { ...estate, rules: estate.rules.filter((rule) => !offending.includes(rule)) };
    return ATTACHING.has(fact.kind) ? own : [...own, ...judgeNeighbours(side, estate, rest, given)];
  });
  const all = [...decisions, ...judgePipelineOnly(estate, decisions, given)];
  const found = all.filter((it) => it.kind !== 'ignore' || it.spared !== undefined);
  if (found.some(({ kind }) => kind !== 'ignore')) return found;
  return all.length > 0 ? all : [uncounted('every rule about security groups is off here')];
}
