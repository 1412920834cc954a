/** Why an incident is over, in words that its record bears out. */
import type { ClosedBy, Incident } from '../domain/incident.ts';
import { isWhole, membersWords } from '../domain/part.ts';
import { plain } from './plain.ts';
import { utc } from './time.ts';
import { isUnanswered } from './verdict.ts';

/** `undrift did it, and verified it`: the end of a sentence about a closed incident. */
export function closingWords(incident: Incident): string {
  const { closedBy, closedWith, outcome } = incident;
  const ofInstances = batchWords(incident);
  if (ofInstances !== null) return ofInstances;
  const under = closedWith === undefined ? '' : ` under incident ${plain(closedWith, 40)}`;
  switch (closedBy) {
    case 'undrift':
      if (under !== '') return `undrift did it${under}`;
      if (outcome?.kind === 'done') return verified(incident);
      return incident.closing === undefined ? 'undrift looked, and found nothing of it' : 'undrift did it';
    case 'operator':
      return clearedWords(incident) ?? `a person cleared it${under}`;
    case 'vanished':
      return outcome?.kind === 'already-done' ? OTHERWISE.vanished : NOT_RECORDED;
    default:
      return OTHERWISE[closedBy ?? 'another'];
  }
}

/** A batch is over when its instances are, each in a way of its own; null where a person cleared it as a whole. */
function batchWords(incident: Incident): string | null {
  const { members } = incident;
  const words = members === undefined || clearedWords(incident) !== null ? '' : membersWords(members);
  return words === '' ? null : `of the instances that the call named: ${words}`;
}

/** Versions before called everything so that they did not find clean. */
const NOT_RECORDED = 'it no longer holds; the version of undrift that closed it did not record why';

function verified(incident: Incident): string {
  if (isWhole(incident)) return 'no instance of it was left to replace';
  return isUnanswered(incident)
    ? 'undrift made a call for it whose answer is not recorded, and what was wrong is gone'
    : 'undrift did it, and verified it';
}

const OTHERWISE: Readonly<Record<Exclude<ClosedBy, 'undrift' | 'operator'>, string>> = {
  actor: 'the principal that made the change took it back',
  another: 'it no longer holds, and undrift did not change it',
  vanished: 'the resource is gone, or on its way out, and undrift did not end it',
  expired: 'it was reported, and a week is over: undrift can do nothing about it',
  policy: 'the policy that is deployed now does not count it',
};

/** Who cleared it, when and why; null where its own record has no entry that says so. */
function clearedWords({ closedBy, taint = [] }: Incident): string | null {
  const last = taint.at(-1);
  if (closedBy !== 'operator' || last === undefined || last.until !== null) return null;
  return `cleared by ${plain(last.by)} on ${utc(last.at)}: ${plain(last.reason, 300)}`;
}
