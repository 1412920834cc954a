/** One event → what the policy makes of it. Pure: the policy, the estate and the time come in. */

import { decideUnnamed } from '../../src/decide/unnamed.ts';
import { decide } from '../../src/decide.ts';
import type { Change, Irrelevant } from '../../src/domain/change.ts';
import { type Decision, type DecisionRecord, decisionRecord, ignore } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import {
  isConfigInvocation,
  isConfigItem,
  parseConfigInvocation,
  parseConfigItem,
} from '../../src/inbound/config-item.ts';
import { parseInbound } from '../../src/inbound/index.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import { field, isAbsent, root } from '../../src/inbound/reader.ts';
import { type Policy, RULES } from '../../src/policy/policy.ts';
import { type Trusted, trustedBy } from '../../src/policy/trust.ts';
import { whyNoGroupIsRead } from '../../src/works/group-relevance.ts';
import { assumedEstate, type Implied } from './assume.ts';
import { despiteWords } from './despite-words.ts';
import { driftWords, type PlaceOf } from './drift-words.ts';
import type { EstateFile } from './estate-file.ts';
import type { Input } from './input.ts';
import { lookUp } from './look-up.ts';
import { type MeantMachine, machineRecord, machinesMeant, machineWords } from './meant.ts';
import { exposureWords } from './words.ts';

export type Setting = {
  readonly policy: Policy;
  /** Where a value stands in the policy; without it entries are named by their numbers alone. */
  readonly placeOf?: PlaceOf;
  readonly estate: EstateFile | null;
  readonly now: Date;
  readonly optInTag: { readonly key: string; readonly value: string };
};

/** What is printed for people; `toJson` of it is what is printed for machines. */
export type Answer = {
  readonly input: string;
  readonly index: number;
  readonly change: Change | null;
  readonly trusted: Trusted | null;
  readonly irrelevant: string | null;
  /** Why the event could not be read, or not all of it: then there are decisions about the rest. */
  readonly error: { readonly message: string } | null;
  readonly assumedEstate: boolean;
  /** What was judged, one after the other. */
  readonly estates: readonly Estate[];
  readonly decisions: readonly Decision[];
  /** Those behind an expression, where they could be looked up. */
  readonly machines: readonly MeantMachine[];
  /** Lines for people: what becomes of many machines, who gets through which rules, how instances differ from their templates. */
  readonly words: readonly string[];
};

export async function answer(input: Input, setting: Setting): Promise<Answer> {
  const empty: Answer = {
    input: input.file,
    index: input.index,
    change: null,
    trusted: null,
    irrelevant: null,
    error: null,
    assumedEstate: false,
    estates: [],
    decisions: [],
    machines: [],
    words: [],
  };
  if ('fault' in input.event) return { ...empty, error: { message: input.event.fault } };
  try {
    const read = interpret(input.event.raw);
    if ('irrelevant' in read) return { ...empty, ...read };
    const { unread } = read.change;
    const error = unread === undefined ? null : { message: unread.join('; ') };
    return { ...empty, ...(await judge(read, setting)), error };
  } catch (error) {
    if (error instanceof MalformedEvent) return { ...empty, error: { message: error.message } };
    throw error;
  }
}

/** The one schema, in a fixed order of keys. `machines` only where a call named many at once, and an estate tells of them. */
export function toJson(answer: Answer): Readonly<Record<string, unknown>> {
  const { input, index, change, trusted, irrelevant, error, decisions } = answer;
  const told = change && {
    source: change.source,
    name: change.name,
    resources: change.resources.map(({ type, id }) => ({ type, id })),
    actor: { arn: change.actor.arn, trusted: trusted !== null },
    at: change.at,
    eventId: change.eventId,
  };
  const records: readonly DecisionRecord[] = decisions.map(decisionRecord);
  return {
    input,
    index,
    change: told,
    irrelevant,
    error,
    assumedEstate: answer.assumedEstate,
    decisions: records,
    ...(answer.machines.length > 0 && { machines: answer.machines.map(machineRecord) }),
  };
}

type Read = {
  readonly change: Change;
  readonly implied: Implied;
  /** A recording of Config is no verdict: every rule is asked. */
  readonly everyRule: boolean;
};

function interpret(raw: unknown): Read | Irrelevant {
  const event = root(raw);
  const recorded = isConfigInvocation(raw)
    ? parseConfigInvocation(event)
    : isConfigItem(raw)
      ? parseConfigItem(event)
      : null;
  if (recorded === null) return interpretInbound(raw);
  if ('irrelevant' in recorded) return recorded;
  const { change, item, configuration } = recorded;
  const implied: Implied = configuration === null ? { kind: 'nothing' } : { kind: 'recording', item, configuration };
  return { change, implied, everyRule: true };
}

function interpretInbound(raw: unknown): Read | Irrelevant {
  const parsed = parseInbound(raw);
  if ('irrelevant' in parsed) return parsed;
  const detail = field(root(raw), 'detail');
  const record = isAbsent(detail) ? root(raw) : detail;
  const implied: Implied = parsed.source !== 'config' ? { kind: 'call', record } : { kind: 'nothing' };
  return { change: parsed, implied, everyRule: false };
}

async function judge({ change, implied, everyRule }: Read, setting: Setting): Promise<Partial<Answer>> {
  const { policy, now, optInTag } = setting;
  const trusted = trustedBy(change, policy);
  const onInstance =
    change.fact.kind === 'signal' ||
    change.fact.kind === 'baseline-changed' ||
    (change.fact.kind === 'unnamed' && change.fact.unit === 'instances') ||
    change.resources.some(({ type }) => type === 'instance' || type === 'targets');
  const unasked = onInstance ? null : whyNoGroupIsRead(change.fact, policy);
  if (unasked !== null) return { change, trusted, decisions: [ignore(unasked)] };
  if (change.fact.kind === 'unnamed') return { change, trusted, decisions: [decideUnnamed(change, policy)] };
  const estates = setting.estate === null ? estatesAssumed(change, implied) : await lookUp(setting.estate, change, now);
  const known = { change, trusted, estates, assumedEstate: setting.estate === null };
  if (estates.length === 0) return { ...known, decisions: [ignore(UNTOLD)] };
  const asked: Policy = everyRule ? { ...policy, configVerdicts: [{ configRule: '*', means: RULES }] } : policy;
  const context = { account: change.account, now, optInTag };
  const decisions = estates.flatMap((estate) => {
    if (estate.kind === 'missing') return [ignore(`${estate.resource.id} is not in the estate`)];
    const asTold = withAssumedRules(change, estate, known.assumedEstate);
    return decide(asTold, estate, asked, { pause: { kind: 'running' }, lastReading: null }, context);
  });
  const found = worthSaying(decisions);
  const machines = machinesMeant({ change, estates, decisions, policy: asked, context });
  return {
    ...known,
    decisions: found,
    machines,
    words: [
      ...machineWords(machines),
      ...exposureWords({ change, estates, decisions, policy: asked, assumed: known.assumedEstate }),
      ...driftWords(change, estates, policy, setting.placeOf ?? null),
      ...despiteWords({ change, estates, decisions, policy, placeOf: setting.placeOf ?? null }),
    ],
  };
}

/** Where something is found, what else is in order is not told; the same is told once. */
function worthSaying(decisions: readonly Decision[]): readonly Decision[] {
  const found = decisions.some(({ kind }) => kind !== 'ignore');
  const keys = decisions.map(keyOf);
  const first = decisions.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
  return first.filter((decision) => !found || decision.kind !== 'ignore' || !decision.clean);
}

function keyOf(decision: Decision): string {
  return decision.kind === 'ignore' ? decision.reason : `${decision.kind} ${decision.finding.key}`;
}

function estatesAssumed(change: Change, implied: Implied): readonly Estate[] {
  const each = change.resources.map((resource) => assumedEstate({ ...change, resources: [resource] }, implied));
  return each.filter((estate) => estate !== null);
}

/** A verdict names a resource and no more. */
const UNTOLD = 'the event tells nothing of the state that undrift would look at: give it with --estate FILE';

/** An assumed rule is one that the change named, although only by what it lets in. */
function withAssumedRules(change: Change, estate: Estate, assumed: boolean): Change {
  const { fact } = change;
  if (!assumed || estate.kind !== 'security-group') return change;
  if (fact.kind !== 'rules-added' && fact.kind !== 'rules-modified') return change;
  return { ...change, fact: { ...fact, ruleIds: estate.rules.map(({ id }) => id) } };
}
