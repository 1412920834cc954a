/** Parts of an incident that only explain, with their texts cut to so many bytes. */
import type { Actor } from './actor.ts';
import { cutText } from './cut.ts';
import type { Outcome } from './incident.ts';

export function shortOutcome<T extends Outcome>(outcome: T, bytes: number): T {
  if ('seen' in outcome) return { ...outcome, seen: cutText(outcome.seen, bytes) };
  return 'why' in outcome ? { ...outcome, why: cutText(outcome.why, bytes) } : outcome;
}

/** @param arnBytes for the two ARNs, which may be long */
export function shortActor(actor: Actor, bytes: number, arnBytes: number): Actor {
  const cut = (text: string | null, most: number) => (text === null ? null : cutText(text, most));
  return {
    arn: cut(actor.arn, arnBytes),
    type: cut(actor.type, bytes),
    issuerArn: cut(actor.issuerArn, arnBytes),
    sourceIdentity: cut(actor.sourceIdentity, bytes),
    instanceId: cut(actor.instanceId, bytes),
    invokedBy: cut(actor.invokedBy, bytes),
  };
}
