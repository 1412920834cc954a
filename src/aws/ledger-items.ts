/** How the ledger's records lie in the table. */
import { isExposure, isResourceType } from '../domain/exposure.ts';
import { type Incident, UNITS } from '../domain/incident.ts';
import { type Legible, unreadRecord } from '../domain/unread.ts';
import { oddField } from './incident-shape.ts';
import { groupEntry } from './ledger-line.ts';
import type { Item } from './table.ts';

const DAY = 86_400;
/** Seconds a record is kept after its last write. DynamoDB deletes later than that, so readers compare. */
/** Incidents of one resource in a list of them. What a decision must know is asked for by key. */
export const OF_RESOURCE = 100;
export const INCIDENT_KEPT = 400 * DAY;
export const REQUEST_KEPT = 30 * DAY;

export const incidentPk = (key: string): string => `incident#${key}`;
export const requestPk = (requestId: string): string => `request#${requestId}`;
export const readingPk = (resourceId: string): string => `reading#${resourceId}`;
export const groupBudgetPk = (group: string): string => `budget#group#${group}`;
export const outboxPk = (noticeId: string): string => `outbox#${noticeId}`;
export const lockPk = (resourceId: string): string => `lock#${resourceId}`;
export const ACCOUNT_BUDGET_PK = 'budget#account';
export const MAIL_PK = 'mail';
export const mailPk = (id: string): string => `mail#${id}`;

/** Epoch seconds `kept` after an instant: the TTL attribute. */
export function expiry(instant: string, kept: number): number {
  return Math.floor(Date.parse(instant) / 1000) + kept;
}

/** The document as a map, legible in the console, and beside it what the indexes and people search by. */
export function incidentItem(incident: Incident, writeId: string): Item {
  const { dueAt } = incident;
  const { revision: version, finding, ...rest } = incident;
  // What undo needs has items of its own.
  const { putBack: _inPreImage, ...found } = finding;
  const document = { ...rest, finding: found, inverse: null };
  return {
    pk: incidentPk(incident.key),
    incident: document,
    version,
    status: incident.status,
    unit: incident.unit,
    account: incident.change.account,
    region: incident.change.region,
    rule: incident.finding.rule,
    resourceId: incident.resource.id,
    updatedAt: sortable(incident.updatedAt),
    recentIndex: 'incident',
    ...(dueAt === null ? {} : { dueIndex: 'due', dueAt: sortable(dueAt) }),
    ...groupEntry(incident),
    expiresAt: expiry(incident.updatedAt, INCIDENT_KEPT),
    writeId,
  };
}

/** Sort keys are compared as text, so they all get the same spelling. */
export function sortable(instant: string): string {
  return new Date(instant).toISOString();
}

/** The incident of an item, unless its time is over. What cannot be read is no incident that says nothing: it says so. */
export function incidentOf(item: Item | null, now: Date): Incident | null {
  if (item === null || expired(item, now)) return null;
  const revision = typeof item.version === 'number' ? item.version : 0;
  const odd = oddField(item.incident);
  if (odd !== null)
    return unreadRecord(legible(item, revision, now), `its field ${odd} is not of the form that it should be`);
  return { ...(item.incident as Omit<Incident, 'revision'>), revision };
}

/** The attributes beside the document say what it is about; where one is odd too, the key does. */
function legible(item: Item, revision: number, now: Date): Legible {
  const key = String(item.pk).slice(incidentPk('').length);
  const [type = '', id = ''] = key.split('/');
  const resource = { type: isResourceType(type) ? type : 'targets', id: textOr(item.resourceId, id) } as const;
  const unit = UNITS.find((it) => it === item.unit) ?? (isExposure({ resource }) ? 'security-groups' : 'instances');
  const rule = textOr(item.rule, 'unknown');
  const at = textOr(item.updatedAt, now.toISOString());
  const { account, region } = item;
  const place = typeof account === 'string' && typeof region === 'string' ? { account, region } : null;
  return { key, unit, resource, rule, closed: item.status === 'closed', revision, at, place };
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

export function expired(item: Item, now: Date): boolean {
  const { expiresAt } = item;
  return typeof expiresAt === 'number' && expiresAt * 1000 <= now.getTime();
}
