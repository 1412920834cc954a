import { ComeBack, type Deps } from './deps.ts';
import { comeBackAfter, isCarriedOn } from './domain/coming-back.ts';
import type { Report } from './proof.ts';

/**
 * After all that a message asked for was tried: it comes back for the exposures that are still open, if they are its own. Of
 * several messages about one exposure, one comes back for it.
 * @throws ComeBack
 */
export function comeBackFor(report: Report, { random, clock }: Pick<Deps, 'random' | 'clock'>): void {
  const mine = report.flatMap(({ incident }) => (incident !== null && isCarriedOn(incident) ? incident : []));
  const [first] = mine;
  if (first === undefined) return;
  const seconds = Math.min(...mine.map((incident) => comeBackAfter(incident, clock.now(), random())));
  throw new ComeBack(seconds, `exposures are tried again: ${mine.length}, incident ${first.id} among them`, true);
}
