import type { Actor } from '../domain/actor.ts';
import type { Change } from '../domain/change.ts';
import { arnMatches } from './arn.ts';
import { globMatches } from './glob.ts';
import type { Policy, TrustedActor } from './policy.ts';
import { documentFits, presetFits } from './presets.ts';

/** What trust is decided by: who called, what was called, and what it was told to run or to change. */
export type TrustedCall = Pick<Change, 'actor' | 'name' | 'account' | 'content' | 'resources'>;

/**
 * The entry of `trustedActors` that names this call, or the preset of a service that does, or null. `invokedBy` alone never earns trust: for a person at
 * the console it is `signin.amazonaws.com`, and for a stack it is CloudFormation whoever runs it. The user agent is
 * chosen by the caller, and is not even looked at.
 */
export function trustedBy(call: TrustedCall, policy: Policy): Trusted | null {
  const entry = policy.trustedActors.find((trusted) => names(trusted, call.actor) && allows(trusted, call));
  if (entry !== undefined) return entry;
  const id = policy.trustedServices.find((preset) => presetFits(preset, call));
  return id === undefined ? null : { id };
}

/** An entry of `trustedActors`, or a preset of `trustedServices`. */
export type Trusted = Pick<TrustedActor, 'id'>;

/** Conditions that are given must all be met. */
function allows(
  { calls, documents, launchTemplates }: TrustedActor,
  { name, content, resources }: TrustedCall,
): boolean {
  if (calls !== undefined && !calls.includes(name)) return false;
  if (launchTemplates !== undefined && !isAboutOneOf(launchTemplates, resources)) return false;
  return documents === undefined || documents.some((pattern) => documentFits(pattern, content));
}

/** A call about anything else is not covered, whatever template it names beside it. */
function isAboutOneOf(templates: readonly string[], resources: TrustedCall['resources']): boolean {
  return (
    resources.length > 0 && resources.every(({ type, id }) => type === 'launch-template' && templates.includes(id))
  );
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
