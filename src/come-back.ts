import { ComeBack, type Deps } from './deps.ts';
import { comeBackAfter, comesBack } from './domain/coming-back.ts';
import type { Incident } from './domain/incident.ts';
import type { Report } from './proof.ts';

/**
 * After all that a message asked for was tried: it comes back for the exposures that are still open, if they are its own.
 * @param isMine of several messages about one exposure, one comes back for it
 * @throws ComeBack
 */
export function comeBackFor(
  report: Report,
  isMine: (incident: Incident) => boolean,
  { random }: Pick<Deps, 'random'>,
): void {
  const mine = report.flatMap(({ incident }) =>
    incident !== null && comesBack(incident) && isMine(incident) ? incident : [],
  );
  const [first] = mine;
  if (first === undefined) return;
  const seconds = Math.min(...mine.map((incident) => comeBackAfter(incident, random())));
  throw new ComeBack(seconds, `exposures are tried again: ${mine.length}, incident ${first.id} among them`, true);
}
