/** What the scheduler tells the security-groups unit of a look at the Region. */
import { field, isTrue, items, malformed, type Place, text } from './reader.ts';
import { firstInstant, instantOf, securityGroupId, securityGroupRuleId } from './values.ts';

/** These rules of the group stand open, and the call that the incident is about may have added them. */
export type FoundMessage = {
  readonly undrift: 'found';
  readonly incident: string;
  readonly group: string;
  readonly egress: boolean;
  readonly rules: readonly string[];
  /** Calls of several incidents share the look. */
  readonly shared: boolean;
};

/** The look is over. `candidates`: groups of which nobody can tell whether the call opened them, some of `count`. */
export type LookedMessage = {
  readonly undrift: 'looked';
  readonly incident: string;
  readonly round: string;
  readonly startedAt: string;
  readonly candidates: readonly string[];
  readonly count: number;
};

/** @throws MalformedEvent */
export function parseFound(event: Place): FoundMessage {
  return {
    undrift: 'found',
    incident: text(field(event, 'incident')),
    group: securityGroupId(field(event, 'group')),
    egress: isTrue(field(event, 'egress')),
    rules: items(field(event, 'rules')).map(securityGroupRuleId),
    shared: isTrue(field(event, 'shared')),
  };
}

/** @throws MalformedEvent */
export function parseLooked(event: Place): LookedMessage {
  const count = field(event, 'count');
  if (typeof count.value !== 'number') throw malformed(count, 'a number');
  return {
    undrift: 'looked',
    incident: text(field(event, 'incident')),
    round: text(field(event, 'round')),
    startedAt: firstInstant(instantOf, field(event, 'startedAt')),
    candidates: items(field(event, 'candidates')).map(securityGroupId),
    count: count.value,
  };
}
