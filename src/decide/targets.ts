/**
 * Machines that a call names by a tag, by `*`, or by something that nobody could look up. It is one incident on the
 * expression, however many machines it means. Where they could be looked up and may be replaced, it holds them together:
 * they are replaced a few at a time, each by an incident of its own (`works/parts.ts`).
 */
import type { Context } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { cleanReading, type Decision, type Finding, type Hold, uncounted } from '../domain/decision.ts';
import type { Meant, TargetsEstate } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { wholeKey } from '../domain/part.ts';
import { latestOf } from '../domain/taint.ts';
import { DAY, HOUR, MINUTE } from '../guards/guard.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { graceOf } from '../policy/grace.ts';
import { modeFor } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { trustedBy } from '../policy/trust.ts';
import { type InstanceRule, type Sighting, seenIn } from '../rules/instance-rules.ts';
import { everydayWork } from '../rules/own-work.ts';
import { exempted, hold, unreadableExemption } from './ask.ts';
import { type Fate, fatesOf } from './machines.ts';

export function decideTargets(
  change: Change,
  estate: TargetsEstate,
  policy: Policy,
  context: Context,
): readonly Decision[] {
  const trusted = trustedBy(change, policy);
  if (trusted !== null) return [uncounted(`made by a trusted actor: ${trusted.id}`)];
  const everyday = everydayWork(change, null);
  if (everyday !== null) return [uncounted(everyday)];
  const found = seenIn(change.fact, policy).map(({ rule, sighting }) => {
    const finding = findingOf(rule, sighting, change, estate);
    return estate.meant === undefined
      ? onlyTold(rule, finding, estate, change, policy, context)
      : withLatest(decideTogether(rule, finding, estate.meant, change, policy, context), change, policy);
  });
  return found.length > 0 ? found : [uncounted(`no rule is about ${change.name}`)];
}

function onlyTold(
  rule: InstanceRule,
  finding: Finding,
  { resource }: TargetsEstate,
  change: Change,
  policy: Policy,
  { now }: Context,
): Decision {
  const { account, region, actor } = change;
  // Which group, VPC or instance it is about is not known.
  const subject: Subject = { account, region, actor };
  const mode = modeFor(rule.id, subject, policy);
  if (mode.mode === 'off') return uncounted(`the rule is off (${mode.because})`, rule.id);
  const { unreadable, granted } = exemptionsFor(rule.id, subject, policy, now);
  if (unreadable.length > 0) return hold('unreadable', unreadableExemption(unreadable), finding, null);
  if (granted.length > 0) return hold('exempted', exempted(granted, now), finding, null);
  const reason = resource.lookUp === undefined ? ONLY_TOLD : NOT_ASKED;
  return hold('observe', { reason, retryAfter: DAY }, finding, null);
}

const ONLY_TOLD = 'undrift only tells: the call does not say which instances it means, and they were not looked up';
/** `explain` asks nobody. */
const NOT_ASKED = 'which machines it means is looked up when the event arrives, and was not here';

function decideTogether(
  rule: InstanceRule,
  finding: Finding,
  meant: Meant,
  change: Change,
  policy: Policy,
  context: Context,
): Decision {
  if (meant.kind === 'unread') {
    const reason = `which machines it means could not be read: ${meant.why}`;
    return hold('unreadable', { reason, retryAfter: 2 * MINUTE }, finding, null);
  }
  const fates = fatesOf(rule.id, meant.machines, change, policy, context);
  const counted = fates.filter(({ fate }) => fate !== 'off');
  if (counted.length === 0) return nobody(rule, finding, meant, fates);
  const of = (wanted: Fate['fate']) => counted.filter(({ fate }) => fate === wanted).length;
  const [replaceable, ending] = [of('replace'), of('ending')];
  if (replaceable === 0 && ending > 0) return hold('tainted', lastOnes(ending), finding, null);
  if (replaceable === 0) return lasting(counted, finding, context.now);
  const reason = `${someOf(replaceable, counted.length)} tainted: each is replaced when it was left alone for its time, as many at once as the budgets allow`;
  const retryAfter = Math.max(LOOK_AGAIN, leftAlone(rule, meant, change, policy, context));
  return hold('tainted', { reason, retryAfter }, finding, null);
}

function someOf(some: number, all: number): string {
  if (all === 1) return 'the only machine that it means is';
  return some === all
    ? `the ${all} machines that it means are`
    : `${some} of the ${all} machines that it means ${some === 1 ? 'is' : 'are'}`;
}

/** A person may prolong all of them at once, and no further than each by itself. */
function withLatest(decision: Decision, { at }: Change, { taint }: Policy): Decision {
  if (decision.kind === 'ignore') return decision;
  return { ...decision, latest: new Date(latestOf({ since: at }, taint)).toISOString() };
}

/** Seconds until the first of them may be replaced; a command that goes on is looked at meanwhile. */
function leftAlone(
  { id }: InstanceRule,
  { complete }: Extract<Meant, { kind: 'found' }>,
  { at }: Change,
  policy: Policy,
  { now }: Context,
): number {
  const until = Date.parse(at) + graceOf(id, policy) * MINUTE * 1000;
  const left = Math.ceil((until - now.getTime()) / 1000);
  return complete ? left : Math.min(left, LOOK_AGAIN);
}

const lastOnes = (count: number) => ({
  reason: `the last of them, ${machines(count)}, ${count === 1 ? 'is' : 'are'} on the way out`,
  retryAfter: MINUTE,
});

/** Nobody is left, or nobody was reached yet. */
function nobody(
  rule: InstanceRule,
  finding: Finding,
  { complete }: Extract<Meant, { kind: 'found' }>,
  fates: readonly Fate[],
): Decision {
  const id = finding.resource.id;
  if (fates.length > 0) return uncounted(`the rule is off for every machine that ${id} means`, rule.id);
  if (complete) return cleanReading(`no machine that ${id} meant is there (any more)`, rule.id);
  return hold(
    'observe',
    { reason: 'no machine that it has reached is there, and it is not over', retryAfter: LOOK_AGAIN },
    finding,
    null,
  );
}

/** From the reason that a person should know of first. */
const LASTING = ['unreadable', 'observe', 'not-opted-in', 'exempted'] as const;

/** None of them may be replaced: told as what stands in the way of the most telling one. */
function lasting(fates: readonly Fate[], finding: Finding, now: Date): Hold {
  const guard = LASTING.find((name) => fates.some(({ fate }) => fate === name)) ?? 'observe';
  const concerned = fates.filter(({ fate }) => fate === guard);
  const exemptions = [...new Set(concerned.flatMap((it) => it.exemptions))];
  if (guard === 'unreadable') return hold(guard, unreadableExemption(exemptions), finding, null);
  if (guard === 'exempted') return hold(guard, exempted(exemptions, now), finding, null);
  const why = guard === 'observe' ? 'the policy observes' : 'no group has opted in to replace';
  const reason = `${why} ${concerned.length} of the ${machines(fates.length)} that it means`;
  return hold(guard, { reason, retryAfter: guard === 'observe' ? 6 * HOUR : HOUR }, finding, null);
}

/** To look a thousand machines up takes dozens of calls; a slot that comes free has them looked at sooner anyway. */
const LOOK_AGAIN = 5 * MINUTE;

const machines = (count: number) => (count === 1 ? '1 machine' : `${count} machines`);

function findingOf(
  rule: InstanceRule,
  { summary, drift }: Sighting,
  change: Change,
  { resource, meant }: TargetsEstate,
): Finding {
  return {
    // What nobody looks up is one incident, however often it is said.
    key: wholeKey(resource, change) ?? keyOf(['targets', resource.id, rule.id], drift),
    round: occurrenceOf(change.eventId),
    resource: { type: resource.type, id: resource.id },
    rule: rule.id,
    severity: rule.severity,
    summary: `${summary}: the machines named by ${resource.id}`,
    evidence: [`${change.name} named them so, and not by their ids`, ...whoIsMeant(meant)],
  };
}

const NAMED_GROUPS = 8;
const NAMED_MACHINES = 5;

/** How many are left in each group, and some of them by their ids. */
function whoIsMeant(meant: Meant | undefined): readonly string[] {
  if (meant?.kind !== 'found') return [];
  const names = [...new Set(meant.machines.map(({ group }) => group?.name ?? null))];
  const lines = names.map((name) => {
    const members = meant.machines.filter(({ group }) => (group?.name ?? null) === name);
    const ids = members.map(({ id }) => id);
    return `${name === null ? 'in no Auto Scaling group' : `in ${name}`}: ${firstOf(ids, NAMED_MACHINES)}`;
  });
  return [
    `${machines(meant.machines.length)} that it meant ${meant.machines.length === 1 ? 'is' : 'are'} there${meant.complete ? '' : ', and further ones may come'}`,
    ...lines.slice(0, NAMED_GROUPS),
    ...(lines.length > NAMED_GROUPS ? [`and ${lines.length - NAMED_GROUPS} groups more`] : []),
  ];
}
