/** The one evaluator of selectors: event path, recheck and command line ask the same function. */
import type { Actor } from '../domain/actor.ts';
import type { Tags } from '../domain/estate.ts';
import { arnMatches } from './arn.ts';
import { globMatches } from './glob.ts';
import type { RuleId, Selector } from './policy.ts';
import { SELECTOR_KEYS, type SelectorKey } from './selector-keys.ts';

/**
 * What a selector is applied to. A fact that is left out (`undefined`) could not be read; `null` is known to be
 * absent: the Auto Scaling group of a security group, say, or the security group of an instance.
 */
export type Subject = {
  readonly account: string;
  readonly region: string;
  /** Every VPC that it is in or serves: a security group may serve several. */
  readonly vpcs?: readonly string[] | null | undefined;
  /** The security group that the finding is about. */
  readonly securityGroup?: { readonly id: string; readonly name: string } | null | undefined;
  /** Name of the Auto Scaling group. */
  readonly autoScalingGroup?: string | null | undefined;
  readonly instance?: string | null | undefined;
  /** Tags of the security group or of the Auto Scaling group. */
  readonly tags?: Tags | null | undefined;
  readonly actor: Actor;
};

export type Verdict = 'yes' | 'no' | 'unknown';

export type SelectOptions = {
  /**
   * The keys that can fit a finding of the rule: `keysFor`. Any other key never holds. `port` and `range` are no facts of
   * the subject but parts of the address space, which the rules of `SPATIAL_RULES` intersect themselves.
   */
  readonly keys: ReadonlySet<SelectorKey>;
  /**
   * Whether every VPC of the subject must fit, or one is enough. An exemption for one VPC must not spare a group that
   * serves another one as well; a mode is asked for one VPC at a time.
   */
  readonly vpcs: 'every' | 'some';
};

/** The rules that measure address space: for them, `port` and `range` of an exemption have a meaning. */
export const SPATIAL_RULES = ['internet', 'egress'] as const satisfies readonly RuleId[];

/** Every key that is given must hold. One that surely does not outweighs one that cannot be told. */
export function matches(selector: Selector, subject: Subject, options: SelectOptions): Verdict {
  const given = SELECTOR_KEYS.filter((key) => selector[key] !== undefined);
  // Policy loading rejects an empty selector; should one arrive all the same, it selects nothing.
  if (given.length === 0 || given.some((key) => !options.keys.has(key))) return 'no';
  const verdicts = [
    anyFits(selector.account, [subject.account]),
    anyFits(selector.region, [subject.region]),
    vpcsFit(selector.vpc, subject.vpcs, options),
    anyFits(selector.securityGroup, groupNames(subject.securityGroup)),
    anyFits(selector.autoScalingGroup, listed(subject.autoScalingGroup)),
    anyFits(selector.instance, listed(subject.instance)),
    tagsFit(selector.tag, subject.tags),
    actorFits(selector.actor, subject.actor),
  ];
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

function anyFits(patterns: readonly string[] | undefined, facts: readonly string[] | undefined): Verdict {
  if (patterns === undefined) return 'yes';
  if (facts === undefined) return 'unknown';
  return patterns.some((pattern) => facts.some((fact) => globMatches(pattern, fact))) ? 'yes' : 'no';
}

/** What is in no VPC fits no VPC, however the question is put. */
function vpcsFit(patterns: Selector['vpc'], vpcs: Subject['vpcs'], options: SelectOptions): Verdict {
  if (patterns === undefined) return 'yes';
  if (vpcs === undefined) return 'unknown';
  if (vpcs === null || vpcs.length === 0) return 'no';
  const fits = (vpc: string) => patterns.some((pattern) => globMatches(pattern, vpc));
  return (options.vpcs === 'every' ? vpcs.every(fits) : vpcs.some(fits)) ? 'yes' : 'no';
}

function listed(fact: string | null | undefined): readonly string[] | undefined {
  if (fact === undefined) return undefined;
  return fact === null ? [] : [fact];
}

/** A name that looks like an id is none: EC2 refuses it, and it would fit where another group's id is written. */
function groupNames(group: Subject['securityGroup']): readonly string[] | undefined {
  if (group === undefined) return undefined;
  if (group === null) return [];
  return group.name.startsWith('sg-') ? [group.id] : [group.id, group.name];
}

function tagsFit(wanted: Selector['tag'], tags: Subject['tags']): Verdict {
  if (wanted === undefined) return 'yes';
  if (tags === undefined) return 'unknown';
  const every = Object.entries(wanted).every(([key, patterns]) => {
    const value = tags !== null && Object.hasOwn(tags, key) ? tags[key] : undefined;
    return value !== undefined && patterns.some((pattern) => globMatches(pattern, value));
  });
  return every ? 'yes' : 'no';
}

/** By the caller's own ARN or by the role behind the session. A service acting by itself is known to have neither. */
function actorFits(patterns: readonly string[] | undefined, actor: Actor): Verdict {
  if (patterns === undefined) return 'yes';
  const names = [actor.arn, actor.issuerArn].filter((name) => name !== null);
  if (patterns.some((pattern) => names.some((name) => arnMatches(pattern, name)))) return 'yes';
  if (actor.type === 'AWSService') return 'no';
  const roleUnread = actor.type === 'AssumedRole' && actor.issuerArn === null;
  return names.length === 0 || roleUnread ? 'unknown' : 'no';
}
