/** The incident of an exposure that was opened and closed before undrift looked: closed when it is recorded. */
import { blankIncident } from './blank.ts';
import { withoutValues } from './change.ts';
import type { Closing } from './closing.ts';
import { type Finding, ignore, revokedIds } from './decision.ts';
import { earlierWith } from './history.ts';
import type { ClosedBy, Incident } from './incident.ts';
import type { Opening } from './lifecycle.ts';
import { close } from './settling.ts';

export type Passed = {
  readonly finding: Finding;
  /** `seen`: what the look found in its place. */
  readonly seen: string;
  readonly closedBy: ClosedBy;
  /** Null where no event says who closed it. */
  readonly closing: Closing | null;
};

const OVER = 'it was closed before undrift looked: nothing was left to do';
/** Calls that are known again, newest last. */
const KEPT = 200;

/** Null where this call was recorded before. */
export function passedIncident(previous: Incident | null, passed: Passed, opening: Opening): Incident | null {
  const { finding, seen, closedBy, closing } = passed;
  const { unit, change, about, stamp, now } = opening;
  if (previous?.seenRounds.includes(finding.round)) return null;
  const at = now.toISOString();
  const {
    closing: _before,
    closedWith: _with,
    found: _found,
    ...known
  } = previous ?? blankIncident({ unit, finding, about, change, at, stamp });
  const { kind, rule: _rule, guard, reason, remediation } = ignore(OVER);
  const incident: Incident = {
    ...known,
    ...earlierWith(previous),
    finding,
    foundAt: at,
    decidedAt: at,
    about,
    change: withoutValues(change),
    decision: { kind, rule: finding.rule, guard, reason, remediation },
    since: change.at,
    round: finding.round,
    rounds: known.rounds + 1,
    seenRounds: [...known.seenRounds, finding.round].slice(-KEPT),
    ...(closing !== null && { closing }),
    ...stamp,
  };
  return close(incident, { kind: 'already-done', seen }, closedBy, now);
}

/** An exposure that undrift saw only when it was over. */
export function isPassed({ outcome, decision }: Incident): boolean {
  return outcome?.kind === 'already-done' && decision.kind === 'ignore';
}

/** Ids of the rules that an exposure is about: those that would go, or that its call opened. */
export function rulesOf({ decision, change }: Incident): readonly string[] {
  if (decision.remediation !== null) return revokedIds(decision.remediation);
  return 'ruleIds' in change.fact ? change.fact.ruleIds : [];
}

/** Closed by somebody, and no event has said by whom yet. */
export function lacksCloser({ status, closedBy, closing }: Incident): boolean {
  return status === 'closed' && closedBy === 'another' && closing === undefined;
}
