import { ComeBack, type Deps, isYoung, STALE_SECONDS } from './deps.ts';
import type { Change } from './domain/change.ts';
import { secondsBetween } from './domain/time.ts';

/**
 * Whether a call was undrift's own: made by a role of ours, with a request id that the ledger knows.
 * @returns `unknown` when the role is ours and the call is not
 * @throws ComeBack while the call may still be on its way into the ledger
 */
export async function recogniseOwnCall(change: Change, deps: Deps): Promise<'none' | 'ours' | 'unknown'> {
  const { issuerArn } = change.actor;
  if (issuerArn === null || !deps.ownRoleArns.includes(issuerArn)) return 'none';
  // undrift revokes and terminates, no more: any other call of its roles is not its own, and nothing waits for it.
  if (change.fact.kind !== 'closing-call') return 'unknown';
  if (change.requestId !== null && (await deps.ledger.knowsRequest(change.requestId))) return 'ours';
  // A worker that died between the act and its record leaves an attempt without a request id.
  for (const { id } of change.resources) {
    const incidents = await deps.ledger.of(id);
    const attempts = incidents.flatMap((incident) => incident.attempts);
    if (attempts.some(({ at }) => Math.abs(secondsBetween(at, new Date(change.at))) < STALE_SECONDS)) return 'ours';
  }
  if (isYoung(change, deps.clock)) throw new ComeBack(20, 'a call of our own role is not recorded yet');
  return 'unknown';
}
