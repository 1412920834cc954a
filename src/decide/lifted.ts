import type { Finding } from '../domain/decision.ts';
import type { InstanceCase } from '../guards/guard.ts';
import { obstaclesOf } from '../guards/obstacles.ts';

/** The finding with what spoke against the act, and the entry of the policy that let it be made all the same. */
export function withLifted(finding: Finding, subject: InstanceCase): Finding {
  const lines = obstaclesOf(subject).flatMap(({ what, why }) => {
    const lifted = subject.despite[what];
    return lifted === undefined ? [] : [`${why}: does not hold, by replaceDespite[${lifted.entry}] (${lifted.reason})`];
  });
  return lines.length === 0 ? finding : { ...finding, evidence: [...finding.evidence, ...lines] };
}
