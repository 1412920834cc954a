/** A change on the state that is given or assumed → decisions, and what they rest on. */
import { decideUnnamed } from '../../src/decide/unnamed.ts';
import { meaningOf } from '../../src/decide/verdict.ts';
import { type Decision, ignore, revokedIds } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import { RULES } from '../../src/policy/policy.ts';
import { trustedBy } from '../../src/policy/trust.ts';
import { whyNoGroupIsRead } from '../../src/works/group-relevance.ts';
import type { Answer, Setting } from './answer.ts';
import { assumedEstate } from './assume.ts';
import { type Assumption, ruleIds, type Undecided } from './assumption.ts';
import { assumptionsOf, callerOf } from './assumptions.ts';
import { type Asked, decided, notOptedIn, worthSaying } from './decided.ts';
import { despiteWords } from './despite-words.ts';
import { driftWords } from './drift-words.ts';
import { gapsOf } from './inventory-gaps.ts';
import { lookUp } from './look-up.ts';
import { machinesMeant, machineWords } from './meant.ts';
import { guardsNotAsked } from './open-guards.ts';
import { passedWords } from './passed-words.ts';
import { entriesNotApplied } from './policy-entries.ts';
import type { Read } from './read.ts';
import { exposureOf, inTheRegion, notInTheEstate, notInTheEvent } from './undecided.ts';
import { exposureWords } from './words.ts';

/** The state that is judged. */
type State = {
  readonly estates: readonly Estate[];
  readonly assumed: readonly Assumption[];
  readonly undecided: readonly Undecided[];
};

export async function judge(read: Read, setting: Setting): Promise<Partial<Answer>> {
  const { change, everyRule } = read;
  const { policy, now, optInTag } = setting;
  const trusted = trustedBy(change, policy);
  const settled = withoutState(read, setting);
  if (settled !== null) return { change, trusted, decisions: [settled], undecided: inTheRegion(change, settled) };
  const state = setting.estate === null ? assumeAll(read, setting) : await lookUpAll(read, setting);
  const asked: Asked = {
    change,
    setting,
    policy: everyRule ? { ...policy, configVerdicts: [{ configRule: '*', means: RULES }] } : policy,
    context: { account: change.account, now, optInTag },
  };
  const found = state.estates.map((estate) => decided(estate, asked));
  const decisions = worthSaying(found.flatMap((one) => one.decisions));
  const undecided = [...state.undecided, ...found.flatMap((one) => one.undecided)];
  const said = wordsOf(state.estates, decisions, asked);
  const restsOnState = read.implied.kind === 'recording' || decisions.some(dependsOnState);
  const assumed = [
    ...callerOf(change),
    ...(restsOnState ? state.assumed : state.assumed.filter(isAlwaysSaid)),
    ...placeholdersIn(state.estates, decisions, said.words, read, setting),
    ...(setting.estate === null ? entriesNotApplied(decisions, state.estates, policy) : []),
  ];
  return {
    change,
    trusted,
    estates: state.estates,
    decisions,
    undecided,
    assumedEstate: setting.estate === null && assumed.length > 0,
    assumed,
    otherwise: setting.estate === null ? notOptedIn(state.estates, decisions, asked) : [],
    guardsNotAsked: guardsNotAsked(decisions, state.estates, setting.estate === null),
    ...said,
  };
}

/** Those that the answer names. */
function placeholdersIn(
  estates: readonly Estate[],
  decisions: readonly Decision[],
  words: readonly string[],
  { implied }: Read,
  { estate }: Setting,
): readonly Assumption[] {
  const acts = decisions.flatMap(({ remediation }) => revokedIds(remediation));
  const named = words.flatMap((line) => line.match(/sgr-assumed-\d+/gu) ?? []);
  const rules = estates.flatMap((it) => (it.kind === 'security-group' ? it.rules.map(({ id }) => id) : []));
  const used = [...new Set([...acts, ...named.filter((id) => rules.includes(id))])];
  if (estate !== null) return ruleIds(used, 'The estate has no SecurityGroupRules, which hold the ids');
  const byConfig = implied.kind === 'recording';
  return ruleIds(used, byConfig ? 'AWS Config records no rule ids' : 'The event does not hold every rule id');
}

/** What is decided without a look at the state: then nothing is assumed. */
function withoutState({ change, everyRule }: Read, { policy, estate }: Setting): Decision | null {
  const { fact, resources } = change;
  const onInstance =
    fact.kind === 'signal' ||
    fact.kind === 'baseline-changed' ||
    (fact.kind === 'unnamed' && fact.unit === 'instances') ||
    resources.some(({ type }) => type === 'instance' || type === 'targets');
  const unasked = onInstance ? null : whyNoGroupIsRead(fact, policy);
  if (unasked !== null) return ignore(unasked);
  if (fact.kind === 'unnamed') return decideUnnamed(change, policy);
  // An inventory may still show how the resource differs from its template.
  const meansNothing =
    estate === null && fact.kind === 'verdict' && !everyRule && meaningOf(fact.by, policy).length === 0;
  return meansNothing ? ignore(`the policy gives the Config rule ${fact.by} no meaning`) : null;
}

function assumeAll({ change, implied }: Read, { policy, optInTag }: Setting): State {
  const each = change.resources.map((resource) => {
    const estate = assumedEstate(change, resource, implied, optInTag);
    if (estate === null) return { estates: [], assumed: [], undecided: [notInTheEvent(resource, change)] };
    return {
      estates: [estate],
      assumed: assumptionsOf({ change, resource, estate, implied, policy, optInTag }),
      undecided: exposureOf(resource, change, policy),
    };
  });
  return {
    estates: each.flatMap((it) => it.estates),
    assumed: each.flatMap((it) => it.assumed),
    undecided: each.flatMap((it) => it.undecided),
  };
}

async function lookUpAll({ change }: Read, { estate, now }: Setting): Promise<State> {
  const all = estate === null ? [] : await lookUp(estate, change, now);
  const estates = all.filter(({ kind }) => kind !== 'missing');
  const undecided = all.flatMap((it) => (it.kind === 'missing' ? [notInTheEstate(it.resource)] : []));
  return { estates, assumed: estate === null ? [] : gapsOf(estate, estates, change), undecided };
}

/** Of machines that are assumed there is nothing to list. */
function wordsOf(estates: readonly Estate[], decisions: readonly Decision[], asked: Asked) {
  const { change, policy, setting, context } = asked;
  const assumed = setting.estate === null;
  const machines = assumed ? [] : machinesMeant({ change, estates, decisions, policy, context });
  return {
    machines,
    words: [
      ...machineWords(machines),
      ...(assumed ? [] : passedWords(change, estates, policy, context)),
      ...exposureWords({ change, estates, decisions, policy, assumed }),
      ...driftWords(change, estates, setting.policy, setting.placeOf ?? null),
      ...despiteWords({ change, estates, decisions, policy: setting.policy, placeOf: setting.placeOf ?? null }),
    ],
  };
}

/** Ignoring may rest on the state, too: what is within the limit is so by the rules that are there. */
const dependsOnState = (decision: Decision) =>
  decision.kind !== 'ignore' || decision.clean || decision.spared !== undefined;

/** Whose interface it is decides whether a call counts as everyday work. */
const isAlwaysSaid = ({ about }: Assumption) => about === 'interface';
