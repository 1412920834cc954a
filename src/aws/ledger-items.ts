/** How the ledger's records lie in the table. */
import type { Incident } from '../domain/incident.ts';
import type { Item } from './table.ts';

const DAY = 86_400;
/** Seconds a record is kept after its last write. DynamoDB deletes later than that, so readers compare. */
export const INCIDENT_KEPT = 400 * DAY;
export const REQUEST_KEPT = 30 * DAY;

/** DynamoDB takes 400 KB an item; the lists that grow with an incident's life are cut before that. */
const ROOM = 300_000;

export const incidentPk = (key: string): string => `incident#${key}`;
export const requestPk = (requestId: string): string => `request#${requestId}`;
export const readingPk = (resourceId: string): string => `reading#${resourceId}`;
export const groupBudgetPk = (group: string): string => `budget#group#${group}`;
export const lockPk = (resourceId: string): string => `lock#${resourceId}`;
export const ACCOUNT_BUDGET_PK = 'budget#account';
export const MAIL_PK = 'mail';

/** Epoch seconds `kept` after an instant: the TTL attribute. */
export function expiry(instant: string, kept: number): number {
  return Math.floor(Date.parse(instant) / 1000) + kept;
}

/** The document as a map, legible in the console, and beside it what the indexes and people search by. */
export function incidentItem(incident: Incident, writeId: string): Item {
  const { dueAt } = incident;
  const { revision: version, ...document } = fitted(incident);
  return {
    pk: incidentPk(incident.key),
    incident: document,
    version,
    status: incident.status,
    rule: incident.finding.rule,
    resourceId: incident.resource.id,
    updatedAt: sortable(incident.updatedAt),
    recentIndex: 'incident',
    ...(dueAt === null ? {} : { dueIndex: 'due', dueAt: sortable(dueAt) }),
    expiresAt: expiry(incident.updatedAt, INCIDENT_KEPT),
    writeId,
  };
}

/** Sort keys are compared as text, so they all get the same spelling. */
export function sortable(instant: string): string {
  return new Date(instant).toISOString();
}

/** The incident of an item, unless its time is over. */
export function incidentOf(item: Item | null, now: Date): Incident | null {
  if (item === null || typeof item.incident !== 'object' || expired(item, now)) return null;
  return {
    ...(item.incident as Omit<Incident, 'revision'>),
    revision: typeof item.version === 'number' ? item.version : 0,
  };
}

export function expired(item: Item, now: Date): boolean {
  const { expiresAt } = item;
  return typeof expiresAt === 'number' && expiresAt * 1000 <= now.getTime();
}

function fitted(incident: Incident): Incident {
  if (Buffer.byteLength(JSON.stringify(incident)) <= ROOM) return incident;
  return {
    ...incident,
    finding: { ...incident.finding, evidence: incident.finding.evidence.slice(0, 50) },
    seenRounds: incident.seenRounds.slice(-500),
    attempts: incident.attempts.slice(-100),
    noticesSent: incident.noticesSent.slice(-100),
  };
}
