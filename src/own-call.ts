import { ComeBack, type Deps, STALE_SECONDS } from './deps.ts';
import type { Change } from './domain/change.ts';
import type { Incident } from './domain/incident.ts';
import { secondsBetween } from './domain/time.ts';

/** What the calls are about that undrift makes. Any other call of its roles is not its own, and nothing waits for it. */
const OWN: ReadonlySet<string> = new Set([
  'closing-call',
  'rules-removed',
  'security-groups-changed',
  'prefix-list-changed',
  'unnamed',
]);
const RECENT = 50;
/**
 * The attempt is recorded before our call is made, so only an index may lack it for some seconds. An attacker with our role may
 * have opened something: what a call did is judged as soon as the ledger can be believed.
 */
const ON_ITS_WAY_SECONDS = 30;

/**
 * Whether a call was undrift's own: made by a role of ours, with a request id that the ledger knows.
 * @returns `unknown` when the role is ours and the call is not
 * @throws ComeBack while the call may still be on its way into the ledger
 */
export async function recogniseOwnCall(change: Change, deps: Deps): Promise<'none' | 'ours' | 'unknown'> {
  const { issuerArn } = change.actor;
  if (issuerArn === null || !deps.ownRoleArns.includes(issuerArn)) return 'none';
  if (!OWN.has(change.fact.kind)) return 'unknown';
  if (change.requestId !== null && (await deps.ledger.knowsRequest(change.requestId))) return 'ours';
  // A worker that died between the act and its record leaves an attempt without a request id.
  for (const incident of await concerned(change, deps)) {
    const { attempts } = incident;
    if (attempts.some(({ at }) => Math.abs(secondsBetween(at, new Date(change.at))) < STALE_SECONDS)) return 'ours';
  }
  const age = secondsBetween(change.at, deps.clock.now());
  if (age < ON_ITS_WAY_SECONDS) throw new ComeBack(10, 'a call of our own role is not recorded yet');
  return 'unknown';
}

/** Incidents of the resources, and those of interfaces for which something else was changed. */
async function concerned({ resources }: Change, { ledger }: Deps): Promise<readonly Incident[]> {
  const own = (await Promise.all(resources.map(({ id }) => ledger.of(id)))).flat();
  const recent = (await ledger.recent(RECENT)).filter(({ decision }) => {
    const act = decision.remediation;
    return act?.action === 'revoke-rules' && resources.some(({ id }) => id === act.groupId);
  });
  return [...own, ...recent];
}
