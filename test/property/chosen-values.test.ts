/**
 * No value that somebody without permissions on undrift can choose turns an act into anything else, unless a key of a selector
 * reads it, and the table of who chooses what (docs/policy.md) says why that is allowed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide.ts';
import { type Decision, ignore } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import type { Policy, Selector } from '../../src/policy/policy.ts';
import type { SelectorKey } from '../../src/policy/selector-keys.ts';
import { WHO_CHOOSES } from '../../src/policy/who-chooses.ts';
import { CONTEXT } from '../unit/decide/perfect.ts';
import {
  type Altering,
  anyAltering,
  anyOpening,
  anyPolicy,
  type Chosen,
  changeOf,
  GROUP,
  OF_GROUP,
  OF_INSTANCE,
  OPENED,
  type Opening,
} from './chosen-values.ts';

const RUNS = { numRuns: 300 };

type Situation = Opening | Altering;
type Decide = typeof decide;

function decisionsOn({ event, estate, history }: Situation, policy: Policy, by: Decide): readonly Decision[] | string {
  const change = changeOf(event);
  return typeof change === 'string' ? change : by(change, estate, policy, history, CONTEXT);
}

/** Whether what is open is closed where undrift enforces, or the instance replaced. */
function isPutRight(decisions: readonly Decision[] | string, estate: Estate): boolean {
  if (typeof decisions === 'string') return false;
  const acts = decisions.flatMap((decision) => (decision.kind === 'remediate' ? [decision.remediation] : []));
  if (estate.kind === 'instance') return acts.some((act) => act.action === 'replace-instance');
  const revoked = acts.some((act) => act.action === 'revoke-rules' && act.ruleIds.includes(OPENED));
  const off = acts.some(
    (act) => act.action === 'detach-groups' && act.interfaceId === 'eni-1' && act.groupIds.includes(GROUP),
  );
  return revoked || off;
}

const selectorsOf = ({ exemptions, modes }: Policy): readonly Selector[] =>
  [...exemptions, ...modes].flatMap(({ select }) => (select === null ? [] : [select]));

/** Why an entry may do less by a value of this key that somebody can choose; null where the table does not say so. */
function whyAllowed(key: SelectorKey): string | null {
  const rows = WHO_CHOOSES.filter((row) => row.key === key && row.alone === 'allowed' && row.by.includes('anyone who'));
  return rows.length === 0 ? null : rows.map(({ why }) => why).join('; ');
}

/** An entry of the policy asks for the very value, and the table says who can choose it, and why that is allowed. */
const isAskedFor = (feeds: readonly SelectorKey[], policy: Policy) =>
  selectorsOf(policy).some((select) => feeds.some((key) => select[key] !== undefined && whyAllowed(key) !== null));

/** @throws with the value that turns the act into something else */
function holds<Of extends Situation>(chosen: Chosen<Of>, situations: fc.Arbitrary<Of>, by: Decide = decide): void {
  const given = situations.chain((before) => fc.tuple(fc.constant(before), chosen.change(before)));
  const property = fc.property(anyPolicy, given, (policy, [before, after]) => {
    fc.pre(isPutRight(decisionsOn(before, policy, by), before.estate));
    const decisions = decisionsOn(after, policy, by);
    if (isPutRight(decisions, after.estate) || isAskedFor(chosen.feeds, policy)) return;
    throw new Error(typeof decisions === 'string' ? decisions : reasonsOf(decisions));
  });
  const { failed, errorInstance, counterexample } = fc.check(property, RUNS);
  if (!failed) return;
  const became = errorInstance instanceof Error ? errorInstance.message : 'too few situations that undrift acts on';
  throw new Error(`${chosen.what} turns the act into something else: ${became}\n${fc.stringify(counterexample)}`);
}

const reasonsOf = (decisions: readonly Decision[]) =>
  decisions.map(({ kind, guard, reason }) => `${kind} ${guard ?? ''} ${reason}`).join('; ');

describe('no value that an attacker can choose keeps a port open', () => {
  it.each(OF_GROUP.map((chosen) => [chosen.what, chosen] as const))('%s', (_what, chosen) => holds(chosen, anyOpening));
});

describe('no value that an attacker can choose keeps a modified instance, but by a key that the policy reads', () => {
  it.each(OF_INSTANCE.map((chosen) => [chosen.what, chosen] as const))('%s', (_what, chosen) =>
    holds(chosen, anyAltering),
  );
});

describe('the values', () => {
  it('start from situations that undrift acts on, whatever the policy', () => {
    const seen = fc.sample(fc.tuple(anyPolicy, fc.oneof(anyOpening, anyAltering)), 200);
    for (const [policy, at] of seen) expect(isPutRight(decisionsOn(at, policy, decide), at.estate)).toBe(true);
  });

  it('that may stop an act are in the table of who chooses what, with the reason', () => {
    const excused = [...OF_GROUP, ...OF_INSTANCE].filter(({ feeds }) => feeds.length > 0);
    expect(excused.map(({ what, feeds }) => [what, feeds.map(whyAllowed).every((why) => why !== null)])).toEqual([
      ['the Auto Scaling group that they attach it to', true],
      ['the role, if they can assume it', true],
    ]);
  });
});

/** Deciders with one hole each: what the property is for. */
const HOLES: readonly (readonly [string, (estate: Estate, actor: string) => boolean])[] = [
  ['the name of the group', (estate) => estate.kind === 'security-group' && estate.group.name.startsWith('legacy-')],
  [
    'the tags of the group',
    (estate) => estate.kind === 'security-group' && estate.group.tags['undrift:exempt'] !== undefined,
  ],
  ['the name of the session', (_estate, actor) => actor.endsWith('/deploy')],
  ['the path of a role that they created', (_estate, actor) => /assumed-role\/AWSServiceRoleFor/u.test(actor)],
  [
    'an interface that they create with the group, in any VPC',
    (estate) =>
      estate.kind === 'security-group' &&
      estate.surroundings?.interfaces.some(({ vpcId }) => vpcId === 'vpc-1ab00000') === true,
  ],
  [
    'the descriptions of its rules',
    (estate) =>
      estate.kind === 'security-group' && estate.rules.every(({ description }) => description === 'eks.amazonaws.com'),
  ],
];

describe('a decider with a hole', () => {
  it.each(HOLES)('is found by the property, which names the value: %s', (what, isHole) => {
    const chosen = OF_GROUP.find((one) => one.what === what);
    if (chosen === undefined) throw new Error(`nobody chooses ${what}`);
    const withHole: Decide = (change, estate, ...rest) =>
      isHole(estate, change.actor.arn ?? '') ? [ignore('exempt')] : decide(change, estate, ...rest);
    expect(() => holds(chosen, anyOpening, withHole)).toThrow(
      `${what} turns the act into something else: ignore  exempt`,
    );
  });
});
