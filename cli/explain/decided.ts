/** What is decided on one state, and what could not be. */
import { type Context, decide } from '../../src/decide.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Estate, InstanceEstate } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Answer, Setting } from './answer.ts';
import { groupUnknown } from './inventory-gaps.ts';
import { wantOf } from './undecided.ts';

export type Asked = {
  readonly change: Change;
  /** Of a recording, every rule is asked. */
  readonly policy: Policy;
  readonly setting: Setting;
  readonly context: Context;
};

export function decided(
  estate: Estate,
  { change, policy, setting, context }: Asked,
): Pick<Answer, 'decisions' | 'undecided'> {
  const assumed = setting.estate === null;
  const asTold = withAssumedRules(change, estate, assumed);
  const history = { pause: { kind: 'running' }, lastReading: null } as const;
  const all = decide(asTold, estate, assumed ? withoutImages(policy, estate) : policy, history, context);
  const unknown = estate.kind === 'instance' && setting.estate !== null ? groupUnknown(estate, setting.estate) : null;
  if (estate.kind === 'instance' && unknown !== null && all.some(({ kind }) => kind === 'hold')) {
    return { decisions: [], undecided: [{ type: 'instance', id: estate.instance.id, reason: unknown }] };
  }
  const wanted = all.map((decision) => ({ decision, want: wantOf(decision, estate, assumed ? 'event' : 'estate') }));
  return {
    decisions: wanted.flatMap(({ decision, want }) => (want === null ? [decision] : [])),
    undecided: wanted.flatMap(({ want }) => (want === null ? [] : [want])),
  };
}

/** An instance that is assumed to be in order has an image that is approved, and an age that is allowed if it is not recorded. */
function withoutImages(policy: Policy, estate: Estate): Policy {
  if (estate.kind !== 'instance') return policy;
  const { launchedAt } = estate.instance;
  return { ...policy, images: null, maxInstanceAgeDays: launchedAt === null ? null : policy.maxInstanceAgeDays };
}

/** The same instance in a group that did not opt in, if that makes a difference. */
export function notOptedIn(
  estates: readonly Estate[],
  decisions: readonly Decision[],
  asked: Asked,
): readonly Answer['otherwise'][number][] {
  const given = new Set(decisions.map(({ guard }) => guard));
  const others = estates.flatMap((estate) => {
    const closed = withoutOptIn(estate);
    return closed === null ? [] : decided(closed, asked).decisions;
  });
  const different = others.filter((decision) => decision.kind === 'hold' && decision.guard === 'not-opted-in');
  const isNew = different.length > 0 && !given.has('not-opted-in');
  return isNew ? [{ given: 'not-opted-in', decisions: worthSaying(different) }] : [];
}

function withoutOptIn(estate: Estate): Estate | null {
  if (estate.kind === 'instance' && estate.group !== null) {
    return { ...estate, group: { ...estate.group, tags: {} } } satisfies InstanceEstate;
  }
  if (estate.kind !== 'targets' || estate.meant?.kind !== 'found') return null;
  const machines = estate.meant.machines.map((it) => ({ ...it, group: it.group && { ...it.group, tags: {} } }));
  return { ...estate, meant: { ...estate.meant, machines } };
}

/** Where something is found, what else is in order is not told; the same is told once. */
export function worthSaying(decisions: readonly Decision[]): readonly Decision[] {
  const found = decisions.some(({ kind }) => kind !== 'ignore');
  const keys = decisions.map(keyOf);
  const first = decisions.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
  return first.filter((decision) => !found || decision.kind !== 'ignore' || !decision.clean);
}

function keyOf(decision: Decision): string {
  return decision.kind === 'ignore' ? decision.reason : `${decision.kind} ${decision.finding.key}`;
}

/** An assumed rule is one that the change named, although only by what it lets in. */
function withAssumedRules(change: Change, estate: Estate, assumed: boolean): Change {
  const { fact } = change;
  if (!assumed || estate.kind !== 'security-group') return change;
  if (fact.kind !== 'rules-added' && fact.kind !== 'rules-modified') return change;
  return { ...change, fact: { ...fact, ruleIds: estate.rules.map(({ id }) => id) } };
}
