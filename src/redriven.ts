/**
 * What counts of a message that came out of the dead-letter queue. Nobody vouches for its text: whoever can put a message there
 * chooses it. So only its event id counts, and what CloudTrail has on record under that id is dealt with.
 */
import { UNKNOWN_ACTOR } from './domain/actor.ts';
import type { Change, Fact, Irrelevant } from './domain/change.ts';
import type { Unit } from './domain/incident.ts';
import { parseInbound } from './inbound/index.ts';
import { parseJson } from './inbound/json.ts';
import { MalformedEvent } from './inbound/malformed.ts';
import type { EventHistory, Log } from './roles.ts';
import type { Work } from './work.ts';

/** CloudTrail has no such record, or does not show it, and nothing else tells whether it happened. */
export class NotOnRecord extends Error {
  override readonly name = 'NotOnRecord';
}

export type RedriveDeps = {
  readonly history: EventHistory;
  readonly log: Log;
  readonly account: string;
  readonly work: Pick<Work, 'unit' | 'irrelevant'>;
};

/** @throws NotOnRecord when the change counts with its record only, and there is none */
export async function changeOnRecord(told: Change, deps: RedriveDeps): Promise<Change | Irrelevant> {
  const { log, work } = deps;
  const found = told.source === 'cloudtrail' ? await lookUp(told, deps) : 'it has no record in CloudTrail';
  if (typeof found !== 'string') return found;
  const irrelevant = work.irrelevant(told);
  if (irrelevant !== null) return { irrelevant };
  const fact = factWithoutRecord(told.fact, work.unit);
  if (fact === null) throw new NotOnRecord(`redriven, and ${found}: nothing is done for it`);
  log.warn('redriven without its record: judged by live state alone', { eventId: told.eventId, why: found });
  const judged = { ...told, fact, actor: UNKNOWN_ACTOR, requestId: null };
  // The message stays for its record: who did it, and to which rule, may decide what live state alone does not.
  return told.source === 'cloudtrail' ? { ...judged, unread: [found] } : judged;
}

/** The change as CloudTrail has it, or why it is not known. */
async function lookUp({ eventId, name }: Change, deps: RedriveDeps): Promise<Change | Irrelevant | string> {
  try {
    const text = await deps.history.recordOf(eventId);
    if (text === null) return `CloudTrail has no record of the event ${eventId}`;
    const change = parseInbound(parseJson(text));
    if ('irrelevant' in change) return change;
    const same = change.eventId === eventId && change.name === name && change.account === deps.account;
    return same ? change : `CloudTrail's record of the event ${eventId} is about something else`;
  } catch (error) {
    if (error instanceof MalformedEvent) return `CloudTrail's record of the event ${eventId} cannot be read`;
    return `CloudTrail could not be asked for the event ${eventId}: ${String(error)}`;
  }
}

/**
 * What is left of a fact that nobody vouches for: a hint that something is to be looked at. It names no rule and no group, so
 * live state alone decides. Null where the fact itself would decide: what leaves no live trace, and what is told of an instance.
 */
function factWithoutRecord(fact: Fact, unit: Unit): Fact | null {
  if (fact.kind === 'verdict') return { ...fact, transition: false };
  if (unit === 'instances') return null;
  switch (fact.kind) {
    case 'rules-added':
    case 'rules-modified':
    case 'rules-described':
    case 'rules-removed':
      return { kind: 'rules-modified', ruleIds: [] };
    case 'security-groups-changed':
    case 'interfaces-created':
      return { kind: 'security-groups-changed', groupIds: [] };
    case 'prefix-list-changed':
      return { ...fact, added: null };
    case 'group-associated':
      return { ...fact, vpcId: null };
    default:
      return null;
  }
}
