/** Looks at what is live until the look can be trusted, and decides on it. Nothing is written here. */
import { decide, type History } from './decide.ts';
import { type Cause, ComeBack, type Deps, isYoung } from './deps.ts';
import type { Change } from './domain/change.ts';
import { type Decision, uncounted } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import { isExposure } from './domain/exposure.ts';
import { instead } from './domain/instead.ts';
import { LOOK_AGAIN_AFTER } from './domain/time.ts';
import type { Work } from './work.ts';

export const DOUBT_SECONDS = 15;

/** `doubt`: why the reading may be older than the change, where something had to be done all the same. */
export type Look = {
  readonly estate: Estate;
  readonly decisions: readonly Decision[];
  readonly doubt: string | null;
  /** It was read when EC2 must have caught up with the change: what it lacks is gone. */
  readonly sure: boolean;
  /** How many further decisions are left for another look. */
  readonly left?: number;
};

/** What every look at one resource is made with. */
export type Asked = { readonly change: Change; readonly cause: Cause; readonly history: History };

/**
 * Reads until the reading can be trusted to be younger than the change: at once, after 1, 2 and 4 s, or another time.
 * @param settled what was carried out before, and is left out
 */
export async function readAndDecide(
  read: () => Promise<Estate>,
  settled: readonly Decision[],
  asked: Asked,
  deps: Deps,
): Promise<Look> {
  const { change, cause } = asked;
  const { work, clock } = deps;
  const known = new Set(settled.map(keyOf));
  const judge = (estate: Estate) =>
    judged(estate, asked, deps).filter((it) => it.kind === 'ignore' || !known.has(keyOf(it)));
  for (const wait of [...LOOK_AGAIN_AFTER, null]) {
    const sure = !isYoung(change, clock);
    const { estate, decisions } = await closerBeforeActs(await read(), change, judge, deps);
    const all = [...settled, ...decisions];
    const undoing = cause === 'recheck' ? null : ((await work.undoing?.(change, estate, all)) ?? null);
    const doubt = cause === 'recheck' ? null : (undoing ?? (await work.doubt(change, estate, all, clock.now())));
    // What stands open is closed at once, whatever else the change may have done; the rest is looked at afterwards.
    const urgent = (it: Decision) => cannotWait(it) || (undoing === null && isClosing(it));
    if (doubt === null || decisions.some(urgent)) return { estate, decisions, doubt, sure };
    if (wait === null && sure) return { estate, decisions, doubt: null, sure };
    if (wait === null) throw new ComeBack(DOUBT_SECONDS, doubt);
    await clock.sleep(wait);
  }
  throw new Error('unreachable');
}

/** What this unit makes of a reading. */
export function judged(estate: Estate, { change, cause, history }: Asked, deps: Deps): readonly Decision[] {
  const { work, policy, account, optInTag, clock } = deps;
  const alone = cause === 'recheck' ? { alone: true as const } : {};
  const decisions = decide(change, estate, policy, history, { account, optInTag, now: clock.now(), ...alone });
  return decisions.map((decision) => ofThisUnit(decision, work));
}

const keyOf = (decision: Decision) => (decision.kind === 'ignore' ? null : decision.finding.key);

/** What only an act needs to know is read only before one that may get a slot, and decided upon again. */
async function closerBeforeActs(
  first: Estate,
  change: Change,
  judge: (estate: Estate) => readonly Decision[],
  { work, clock }: Deps,
) {
  const judgedFirst = judge(first);
  if (work.beforeAct === undefined) return { estate: first, decisions: judgedFirst };
  const decisions = await Promise.all(judgedFirst.map((it) => unlessRefused(it, first, work, clock.now())));
  if (!decisions.some(({ kind }) => kind === 'remediate')) return { estate: first, decisions };
  const estate = await work.beforeAct(first, change);
  return { estate, decisions: judge(estate) };
}

async function unlessRefused(decision: Decision, estate: Estate, work: Work, now: Date): Promise<Decision> {
  if (decision.kind !== 'remediate') return decision;
  const refused = await work.refused?.(decision, estate, now);
  return refused ? instead(decision, refused) : decision;
}

const isClosing = (decision: Decision) => decision.kind === 'remediate' && isExposure(decision.finding);

/** What is open by itself. What groups open together may yet be undone by whoever sees which one was attached. */
export function cannotWait(decision: Decision): boolean {
  return decision.kind === 'remediate' && decision.finding.resource.type === 'security-group';
}

/** What another unit does is that unit's to do, to hold and to tell: it is woken by the same event. */
function ofThisUnit(decision: Decision, work: Work): Decision {
  const act = decision.remediation?.action;
  return act === undefined || work.acts.includes(act) ? decision : uncounted(`${act} is another unit's`, decision.rule);
}
