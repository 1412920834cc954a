/** An incident that is due, or that a change is news for: it is verified, or decided again. */
import { held } from './act.ts';
import { closerOf } from './closings.ts';
import { isStanding } from './decide/stakes.ts';
import { isReportOver } from './decide/unnamed.ts';
import type { Deps } from './deps.ts';
import type { Change } from './domain/change.ts';
import { isCarried } from './domain/coming-back.ts';
import { type Decision, type Hold, type Ignore, ignore } from './domain/decision.ts';
import { isExposure } from './domain/exposure.ts';
import { type Incident, warmingIn } from './domain/incident.ts';
import type { Opening } from './domain/lifecycle.ts';
import { lacksCloser } from './domain/passed.ts';
import { isBlind, lacksAct } from './domain/unrecorded.ts';
import { goneBy, settleGone } from './ending.ts';
import { afterClosing, isAttempted, type Report, recordProof } from './proof.ts';
import { remediate } from './remediate.ts';
import { hasTime, type Run } from './run.ts';
import { record } from './telling.ts';
import { lookAtReplacement } from './warming.ts';

/** Rechecks the incidents that a change is news for, such as the end of a session. The change itself is no finding. */
export async function recheckNews(change: Change, remaining: Run['remaining'], deps: Deps): Promise<void> {
  for (const key of (await deps.work.newsFor?.(change)) ?? []) {
    if (!hasTime({ remaining }))
      return deps.log.info('the others are looked at when they are due', { because: change.name });
    deps.log.info('looked at again before it is due', { key, because: change.name });
    await recheck(key, deps, { remaining });
  }
}

/**
 * Looks at a due incident again. Returns what was decided; nothing where only a verification was due.
 * @param wokenAt when the scheduler asked for it, if this is the first look because of that
 * @throws ComeBack, and what AWS or the ledger refuses
 */
export async function recheck(
  key: string,
  deps: Deps,
  run: Pick<Run, 'remaining' | 'turn'>,
  wokenAt: Date | null = null,
): Promise<Report> {
  const incident = await deps.ledger.get(key);
  if (incident === null) {
    deps.log.warn('the incident is gone', { key });
    return [];
  }
  if (isCarried(incident, wokenAt)) {
    deps.log.info('another message carries on with this incident', { incidentId: incident.id });
    return [];
  }
  if (incident.status === 'closed') {
    await recheckClosed(incident, deps);
    return [];
  }
  if (isReportOver(incident, deps.clock.now())) {
    await settleGone(incident, { closedBy: 'expired', seen: REPORT_OVER }, deps);
    return [];
  }
  if (isBlind(incident)) return [await keep(incident, { ...ignore(UNKNOWN_BEFORE), unread: true }, deps)];
  if ((incident.status === 'waiting' || incident.status === 'unverified') && !lacksAct(incident)) {
    const proof = await deps.work.prove(incident, deps.clock.now());
    if (proof.kind !== 'undone') {
      await recordProof(incident, proof, deps);
      return [];
    }
    deps.log.warn('the act had no effect; acting again', { incidentId: incident.id, why: proof.why });
    await record({ ...incident, status: 'held' }, 'escalated', deps);
  }
  return decideAgain(incident, { ...run, cause: 'recheck', only: incident.resource }, deps);
}

const REPORT_OVER = 'it was reported, and a week is over: undrift can do nothing about it';
const UNKNOWN_BEFORE = 'what it was judged by is not on record: it is judged again at a further event';
/** The worker that closed it may have died before it gave the slot back. Or the replacement does not carry load yet. */
async function recheckClosed(incident: Incident, deps: Deps): Promise<void> {
  if (isExposure(incident)) return nameCloser(incident, deps);
  if (warmingIn(incident) === null) return void (await afterClosing(incident, null, deps));
  await deps.work.release(incident, null);
  await lookAtReplacement(incident, deps);
}

/** The event of the call that closed it came after the look that found it closed. */
async function nameCloser(incident: Incident, deps: Deps): Promise<void> {
  const by = lacksCloser(incident) ? await closerOf(incident, deps) : null;
  if (by !== null) await deps.ledger.put({ ...incident, ...by });
}

async function decideAgain(incident: Incident, run: Run, deps: Deps): Promise<Report> {
  const own: Run = incident.unrecorded === undefined ? run : { ...run, alone: true };
  const report = await remediate(incident.change, own, deps);
  if ('irrelevant' in report) {
    await settleGone(incident, { closedBy: 'policy', seen: report.irrelevant }, deps);
    return [];
  }
  if (!report.some(({ decision }) => decision.kind !== 'ignore' && decision.finding.key === incident.key)) {
    const doubt = report.map(({ decision }) => decision).find((decision) => isNotOver(decision, incident));
    if (doubt !== undefined) return [...report, await keep(incident, doubt, deps)];
    await settleGone(incident, goneBy(incident, report), deps);
  }
  return report;
}

/**
 * What could not be compared may differ as before. An instance that is retained is modified as before, unless undrift has it
 * replaced.
 */
function isNotOver(decision: Decision, incident: Incident): decision is Ignore {
  if (decision.kind !== 'ignore') return false;
  // How an instance stands is judged without its template.
  if (decision.unread) return !isStanding(incident.finding.rule);
  return decision.keptAlive === true && !isAttempted(incident);
}

/**
 * It is not known whether the finding is over, or it is not over yet: it is held for that, reported, and looked at again.
 */
async function keep({ finding, change, about, decision }: Incident, { reason, unread }: Ignore, deps: Deps) {
  const { work, stamp, clock } = deps;
  const { rule, resource } = finding;
  const { remediation } = decision;
  const [guard, retryAfter] = unread ? (['unreadable', 3600] as const) : (['protected', 300] as const);
  const kept: Hold = { kind: 'hold', rule, guard, reason, remediation, finding, retryAfter };
  const opening: Opening = { unit: work.unit, change, about, stamp, now: clock.now() };
  return { decision: kept, incident: await held(kept, opening, { kind: 'missing', resource }, deps) };
}
