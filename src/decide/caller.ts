import type { Change, ResourceRef } from '../domain/change.ts';
import type { Decision } from '../domain/decision.ts';
import { isStanding } from './stakes.ts';

/**
 * Each finding says first with which instance's credentials the call was made. That instance may be compromised. It is not
 * replaced for that: whoever has its credentials could choose so, and an investigation needs it as it is.
 */
export function namingCaller(decisions: readonly Decision[], change: Change): readonly Decision[] {
  return decisions.map((decision) => {
    if (decision.kind === 'ignore' || isStanding(decision.finding.rule)) return decision;
    const { finding } = decision;
    return {
      ...decision,
      finding: { ...finding, evidence: [...callerOf(change, finding.resource), ...finding.evidence] },
    };
  });
}

function callerOf({ name, actor }: Change, { id }: ResourceRef): readonly string[] {
  const { instanceId } = actor;
  if (instanceId === id) return [`${name} was called with the instance's own credentials: it may be compromised`];
  if (instanceId !== null) {
    return [
      `${name} was called with the credentials of ${instanceId}, which may be compromised; undrift does not replace ${instanceId} for it`,
    ];
  }
  const named = /:assumed-role\/.*\/(i-[0-9a-f]{8,17})$/.exec(actor.arn ?? '')?.[1];
  return named === undefined
    ? []
    : [
        `the session is named ${named}, and EC2 did not deliver its credentials: anyone who can assume the role can choose this name`,
      ];
}
