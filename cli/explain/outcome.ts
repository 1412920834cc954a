/** What became of an event as a whole, of many events together, and the exit code. */
import type { Decision, GuardName, Hold, Remediate, Severity } from '../../src/domain/decision.ts';
import type { Answer } from './answer.ts';

/** In this order: an event counts as the first that applies. */
export const OUTCOMES = ['remediate', 'later', 'unreadable', 'undecided', 'hold', 'ignore', 'irrelevant'] as const;
/** `later`: held by `tainted` alone, so replaced when the instance has been left alone for its time. */
export type Outcome = (typeof OUTCOMES)[number];

export function outcomeOf(answer: Answer): Outcome {
  const { decisions, error, undecided, irrelevant } = answer;
  if (decisions.some(({ kind }) => kind === 'remediate')) return 'remediate';
  if (decisions.some(({ guard }) => guard === 'tainted')) return 'later';
  if (error !== null) return 'unreadable';
  if (undecided.length > 0) return 'undecided';
  if (decisions.some(({ kind }) => kind === 'hold')) return 'hold';
  return irrelevant === null ? 'ignore' : 'irrelevant';
}

/** 1 if anything would be remediated; else 2 if an event could not be read or decided, or not all of it; else 0. */
export function exitCode(answers: readonly Answer[]): 0 | 1 | 2 {
  if (answers.some(({ decisions }) => decisions.some(isDue))) return 1;
  return answers.some(({ error, undecided }) => error !== null || undecided.length > 0) ? 2 : 0;
}

type Where = { readonly input: string; readonly index: number };
type Due = Where & {
  readonly severity: Severity;
  readonly rule: string;
  readonly resource: { readonly type: string; readonly id: string };
  readonly later: boolean;
  readonly summary: string;
};

export type Summary = {
  readonly events: number;
  /** Events; their sum is the number of events. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Decisions that are held, by guard. */
  readonly holds: Readonly<Partial<Record<GuardName, number>>>;
  /** The most severe first. */
  readonly wouldBeRemediated: readonly Due[];
  /** Ids in it that stand for what the events do not name, not always for the same. */
  readonly placeholders: readonly string[];
  /** Also those of which only a part could not be decided, or read. */
  readonly undecided: readonly Where[];
  readonly unreadable: readonly Where[];
};

export function summaryOf(answers: readonly Answer[]): Summary {
  const outcomes = answers.map(outcomeOf);
  const due = answers.flatMap(dueOf).sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const assumed = answers.flatMap((answer) => answer.assumed.flatMap(({ placeholders = [] }) => placeholders));
  const guards = answers.flatMap(({ decisions }) => decisions.flatMap(({ guard }) => guard ?? []));
  return {
    events: answers.length,
    outcomes: counted(OUTCOMES, outcomes) as Record<Outcome, number>,
    holds: counted([...new Set(guards)].sort(), guards),
    wouldBeRemediated: due,
    placeholders: [...new Set(assumed)].filter((id) =>
      due.some((it) => it.resource.id === id || it.summary.includes(id)),
    ),
    undecided: answers.filter(({ undecided }) => undecided.length > 0).map(whereOf),
    unreadable: answers.filter(({ error }) => error !== null).map(whereOf),
  };
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

function counted<K extends string>(names: readonly K[], found: readonly K[]): Partial<Record<K, number>> {
  const pairs = names.map((name) => [name, found.filter((one) => one === name).length] as const);
  return Object.fromEntries(pairs) as Partial<Record<K, number>>;
}

const whereOf = ({ input, index }: Where): Where => ({ input, index });

const isDue = (decision: Decision): decision is Remediate | Hold =>
  decision.kind === 'remediate' || decision.guard === 'tainted';

function dueOf(answer: Answer): readonly Due[] {
  return answer.decisions.filter(isDue).map(({ kind, finding }) => ({
    ...whereOf(answer),
    severity: finding.severity,
    rule: finding.rule,
    resource: { type: finding.resource.type, id: finding.resource.id },
    later: kind === 'hold',
    summary: finding.summary,
  }));
}
