import type { Actor } from '../domain/actor.ts';
import type { Change } from '../domain/change.ts';
import { arnMatches } from './arn.ts';
import { globMatches } from './glob.ts';
import type { Policy, TrustedActor } from './policy.ts';

/** What trust is decided by: who called, what was called, and what it was told to run. */
export type TrustedCall = Pick<Change, 'actor' | 'name' | 'account' | 'content'>;

/**
 * The entry of `trustedActors` that names this call, or null. `invokedBy` alone never earns trust: for a person at
 * the console it is `signin.amazonaws.com`, and for a stack it is CloudFormation whoever runs it. The user agent is
 * chosen by the caller, and is not even looked at.
 */
export function trustedBy({ actor }: TrustedCall, policy: Policy): TrustedActor | null {
  return policy.trustedActors.find((trusted) => names(trusted, actor)) ?? null;
}

function names(trusted: TrustedActor, actor: Actor): boolean {
  const { role, user, service, sourceIdentity } = trusted;
  // Loading demands exactly one of the three; an entry without any names nobody.
  if (role === undefined && user === undefined && service === undefined) return false;
  if (role !== undefined && !(actor.type === 'AssumedRole' && isPrincipal(role, actor.issuerArn))) return false;
  if (user !== undefined && !(actor.type === 'IAMUser' && isPrincipal(user, actor.arn))) return false;
  if (service !== undefined && !(actor.type === 'AWSService' && actor.invokedBy === service)) return false;
  const { sourceIdentity: said } = actor;
  return sourceIdentity === undefined || (said !== null && globMatches(sourceIdentity, said));
}

function isPrincipal(pattern: string, arn: string | null): boolean {
  return arn !== null && arnMatches(pattern, arn);
}
