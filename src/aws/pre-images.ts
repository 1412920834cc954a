/**
 * What undo needs, in items of its own beside the incident: rules with their descriptions, groups, entries. A thousand rules
 * with 255 characters of description are more than one item takes, so the text is split. The items are named by a digest of
 * what they hold: writing them again changes nothing. A worker that carries on after a crash sees less than was there before.
 * It writes that beside the first pre-image, never over it.
 */
import { createHash } from 'node:crypto';
import type { Incident, Inverse, PreImage } from '../domain/incident.ts';
import { bytesOf } from './item-size.ts';
import { expiry, INCIDENT_KEPT } from './ledger-items.ts';
import type { Item } from './table.ts';

/** Bytes of text in one item, which has less than 200 more. */
const PART = 300_000;
/** It outlives its incident, which is kept from its own last write: so it is written again after so long. */
const FRESH_DAYS = 30;
const DAY = 86_400;

/** The items to be written before the incident, and how it refers to them; no items where they are there already. */
export type Planned = { readonly preImage: PreImage; readonly items: readonly Item[] };

export function plannedPreImage({ id, inverse, preImage: before, updatedAt }: Incident): Planned | null {
  if (inverse === null) return null;
  const text = JSON.stringify(inverse);
  const digest = digestOf(text);
  if (before?.digest === digest && isFresh(before, updatedAt)) return { preImage: before, items: [] };
  const parts = split(text, PART);
  const preImage = { digest, parts: parts.length, at: updatedAt };
  const expiresAt = expiry(updatedAt, INCIDENT_KEPT + (FRESH_DAYS + 1) * DAY);
  const [...pks] = preImagePks(id, preImage);
  return { preImage, items: parts.map((part, index) => ({ pk: pks[index], text: part, expiresAt })) };
}

export function preImagePks(incidentId: string, { digest, parts }: PreImage): readonly string[] {
  return Array.from({ length: parts }, (_, index) => `preimage#${incidentId}#${digest}#${index + 1}`);
}

/** Null when a part is missing, or is not what was written. */
export function inverseIn(items: readonly (Item | null)[], { digest }: PreImage): Inverse {
  const text = items.map((item) => (typeof item?.text === 'string' ? item.text : '')).join('');
  return digestOf(text) === digest ? (JSON.parse(text) as Inverse) : null;
}

function isFresh({ at }: PreImage, now: string): boolean {
  return Date.parse(now) - Date.parse(at) < FRESH_DAYS * DAY * 1000;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** In pieces of at most so many bytes, whole characters each. JSON escapes what is half of a surrogate pair. */
function split(text: string, bytes: number): readonly string[] {
  if (bytesOf(text) <= bytes) return [text];
  const decoder = new TextDecoder();
  const whole = Buffer.from(text);
  const parts: string[] = [];
  for (let from = 0; from < whole.length; from += bytes) {
    const last = from + bytes >= whole.length;
    parts.push(decoder.decode(whole.subarray(from, from + bytes), { stream: !last }));
  }
  return parts;
}
