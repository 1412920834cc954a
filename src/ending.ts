/** How an incident ends that no longer holds: who or what ended it, and what was seen instead. */
import { endedBy, hurry, incidentsOf, replacedElsewhere } from './batch.ts';
import { closerOf } from './closings.ts';
import type { Deps } from './deps.ts';
import { isExposure } from './domain/exposure.ts';
import type { ClosedBy, Incident } from './domain/incident.ts';
import { isWhole, membersOf, membersWords } from './domain/part.ts';
import { awaitProof, close } from './domain/settling.ts';
import { lacksAct } from './domain/unrecorded.ts';
import { finish, isAttempted, proofOf, type Report, recordProof } from './proof.ts';
import { record } from './telling.ts';
import type { Proof } from './work.ts';

/** Why a finding no longer holds: what was seen instead, and by whom. `incident`: the id of another that closed it. */
export type Gone = { readonly closedBy: ClosedBy; readonly seen: string; readonly incident?: string };

/** The finding no longer holds: by an act of ours that died before its record, or without us. */
export async function settleGone(before: Incident, gone: Gone, deps: Deps): Promise<void> {
  const incident = await deps.ledger.get(before.key);
  if (incident === null || incident.status === 'closed') return;
  if (isAttempted(incident)) {
    return void (await recordProof(incident, lacksAct(incident) ? JUDGED_AGAIN : await proofOf(incident, deps), deps));
  }
  if (isWhole(incident)) return settleBatch(incident, gone, deps);
  const how = await byOurs(incident, gone, deps);
  const by = how.closedBy === 'another' || how.closedBy === 'vanished' ? await closerOf(incident, deps) : null;
  const ended = by === null ? how : { ...how, closedBy: by.closedBy };
  deps.log.info('the finding no longer holds', { incidentId: incident.id, ...ended });
  const known = by === null ? incident : { ...incident, closing: by.closing };
  await finish(closeAs(known, ended, deps), null, null, deps);
}

/** What undrift did under another incident: an instance that it replaced, or a rule that it revoked. */
async function byOurs(incident: Incident, gone: Gone, { ledger }: Deps): Promise<Gone> {
  const { resource } = incident;
  if (gone.closedBy === 'another' && isExposure(incident)) {
    const other = (await ledger.of(resource.id)).find((it) => it.key !== incident.key && revokedFor(it, incident));
    return other === undefined ? gone : { closedBy: 'undrift', seen: gone.seen, incident: other.id };
  }
  if (gone.closedBy !== 'vanished' || resource.type !== 'instance') return gone;
  const other = await replacedElsewhere(resource.id, ledger);
  if (other === null) return gone;
  const seen = `${gone.seen}: undrift had it replaced under incident ${other.id}`;
  return { closedBy: 'undrift', seen, incident: other.id };
}

/** Closed without an act of this incident: what was seen instead is its outcome. */
function closeAs(incident: Incident, { closedBy, seen, incident: other }: Gone, { clock }: Deps): Incident {
  const closed = close(incident, { kind: 'already-done', seen }, closedBy, clock.now());
  return other === undefined ? closed : { ...closed, closedWith: other };
}

const ONCE_MORE_SECONDS = 60;

/**
 * Nobody of a batch is left. An answer that lacks them all may be wrong once: a second one says so a minute later. It is over
 * when the incidents of its instances are: a replacement may still be on its way.
 */
async function settleBatch(incident: Incident, gone: Gone, deps: Deps): Promise<void> {
  const incidents = await incidentsOf(incident, deps.ledger);
  const members = membersOf(incidents);
  const { open, replaced } = members.counts;
  if (open > 0) {
    await hurry(incidents, deps);
    return lookOnceMore(incident, `no further instance is left to replace; waits for ${open} open incidents`, deps);
  }
  if (gone.closedBy === 'another' && incident.outcome?.kind !== 'unverified') {
    return lookOnceMore(incident, 'no instance of it is left to replace; looked at once more', deps);
  }
  const known = membersWords(members);
  const seen = known === '' ? gone.seen : `${gone.seen}; of the instances on record: ${known}`;
  const over = { ...incident, members };
  if (replaced > 0) {
    return void (await recordProof(over, { kind: 'proven', seen, closedBy: 'undrift', successor: null }, deps));
  }
  await finish(closeAs(over, { seen, closedBy: endedBy(members, gone.closedBy) }, deps), null, null, deps);
}

async function lookOnceMore(incident: Incident, why: string, deps: Deps): Promise<void> {
  await record(awaitProof(incident, why, ONCE_MORE_SECONDS, deps.clock.now(), 'held'), null, deps);
}

/** Of a record that lacks what was taken away, the look that finds nothing left is the proof. */
const JUDGED_AGAIN: Proof = {
  kind: 'proven',
  seen: 'judged again: nothing of it is left',
  closedBy: 'undrift',
  successor: null,
};

/** What a look that no longer finds it says of its end. */
export function goneBy(before: Incident, seen: Report): Gone {
  const ignored = seen.map(({ decision }) => decision).filter((it) => it.kind === 'ignore');
  const own = ignored.find(({ rule }) => rule === before.finding.rule) ?? ignored.find(({ rule }) => rule === null);
  const why = (own ?? ignored[0])?.reason ?? 'it was looked for again, and not found';
  const cleared = ignored.find(({ clearedWith }) => clearedWith !== undefined);
  if (cleared?.clearedWith !== undefined) {
    return { closedBy: 'operator', seen: cleared.reason, incident: cleared.clearedWith };
  }
  const larger = seen.find(({ incident }) => incident?.outcome?.kind === 'done' && tookWith(incident, before));
  if (larger?.incident) {
    const { id } = larger.incident;
    return { closedBy: 'undrift', seen: `closed by what incident ${id} took away`, incident: id };
  }
  return { closedBy: BY[(own ?? ignored[0])?.because ?? 'other'], seen: why };
}

function revokedFor(other: Incident, before: Incident): boolean {
  const { outcome, closedAt, decision } = other;
  const revoked = outcome?.kind === 'done' && decision.remediation?.action === 'revoke-rules';
  return revoked && Date.parse(closedAt ?? '') >= Date.parse(before.change.at) && tookWith(other, before);
}

const BY = { gone: 'vanished', policy: 'policy', other: 'another' } as const;

/** Whether another incident took away what this one is about: rules of the same group, or the same resource. */
function tookWith(other: Incident, { decision, finding }: Incident): boolean {
  const act = other.decision.remediation;
  const { remediation: own } = decision;
  if (act === null) return false;
  if (act.action !== 'revoke-rules') return act.action === own?.action;
  const changed = finding.putBack !== undefined && 'rules' in finding.putBack ? finding.putBack.rules : [];
  const ids = own?.action === 'revoke-rules' ? own.ruleIds : changed.map(({ id }) => id);
  return ids.some((id) => act.ruleIds.includes(id));
}
