/** Calls of the AWS services that keep security groups of their own. */
import type { Actor } from '../domain/actor.ts';
import { KEEPERS, type Keeper } from '../domain/keepers.ts';
import { arnMatches, serviceLinkedRole } from './arn.ts';

/** Whether the service itself made the call: by its service-linked role of this account, or on somebody's behalf. */
export function isCallOf({ principals }: Keeper, { type, issuerArn, invokedBy }: Actor, account: string): boolean {
  if (invokedBy !== null && principals.includes(invokedBy)) return true;
  if (type !== 'AssumedRole' || issuerArn === null) return false;
  return principals.some((service) => arnMatches(serviceLinkedRole(account, service, '*'), issuerArn));
}

export const isCallOfSome = (actor: Actor, account: string): boolean =>
  KEEPERS.some((keeper) => isCallOf(keeper, actor, account));
