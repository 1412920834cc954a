/** The values of rules that a record has. They prove what a call opened; what cannot be read of them is not known. */
import type { RecordedRule } from '../../domain/change.ts';
import { field, oneOf, type Place, readEach } from '../reader.ts';
import { ruleOf } from '../rules.ts';
import { securityGroupRuleId } from '../values.ts';
import type { Parsed } from './call.ts';

export function withRecorded(parsed: Parsed, recorded: readonly RecordedRule[]): Parsed {
  return 'irrelevant' in parsed || recorded.length === 0 ? parsed : { ...parsed, recorded };
}

/** Answers list rules with their values since late 2021. @param ruleSet those of the call's direction */
export function answeredRules(ruleSet: readonly Place[], group: string, egress: boolean): readonly RecordedRule[] {
  const { found } = readEach(ruleSet, (rule) => {
    const id = securityGroupRuleId(field(rule, 'securityGroupRuleId'));
    return { ...ruleOf(rule, group, id), egress };
  });
  return found;
}

/** As the rules are from then on. The request says nothing of their direction. */
export function modifiedRules(listed: readonly Place[], group: string): readonly RecordedRule[] {
  const { found } = readEach(listed, (rule) => {
    const id = securityGroupRuleId(oneOf(rule, 'SecurityGroupRuleId', 'securityGroupRuleId'));
    return { ...ruleOf(oneOf(rule, 'SecurityGroupRule', 'securityGroupRule'), group, id), egress: null };
  });
  return found;
}
