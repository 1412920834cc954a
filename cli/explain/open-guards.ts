/** Guards that were not asked, as they go by live state or by the ledger: each may still hold what was decided. */
import { type Decision, GUARDS, type GuardName } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import { INSTANCE_GUARDS, NETWORK_GUARDS } from '../../src/guards/guards.ts';

/** The policy alone answers it. */
const ANSWERED: readonly GuardName[] = ['observe'];
/** An inventory answers these as well. Of `protected` and `state-at-risk` it answers a part. */
const BY_INVENTORY: readonly GuardName[] = ['not-opted-in', 'single-instance'];

/** In the order of the vocabulary; none where nothing would be done anyway. */
export function guardsNotAsked(
  decisions: readonly Decision[],
  estates: readonly Estate[],
  assumed: boolean,
): readonly GuardName[] {
  const acting = decisions.filter(({ guard, remediation }) => remediation !== null || guard === 'tainted');
  const open = new Set(acting.flatMap((decision) => guardsOf(decision, estates, assumed)));
  const given = new Set(acting.map(({ guard }) => guard));
  return GUARDS.filter((name) => open.has(name) && !given.has(name));
}

function guardsOf({ remediation }: Decision, estates: readonly Estate[], assumed: boolean): readonly GuardName[] {
  const isInstance = remediation === null || remediation.action === 'replace-instance';
  if (isInstance) {
    // The limit of an hour is asked by who takes a slot.
    const names: readonly GuardName[] = [...INSTANCE_GUARDS.map(({ name }) => name), 'blast-radius'];
    return names.filter((name) => !ANSWERED.includes(name) && (assumed || !BY_INVENTORY.includes(name)));
  }
  const usersKnown = !assumed && estates.every((it) => it.kind !== 'security-group' || it.surroundings !== null);
  return NETWORK_GUARDS.map(({ name }) => name).filter(
    (name) => name === 'paused' || (!usersKnown && name !== 'observe'),
  );
}
