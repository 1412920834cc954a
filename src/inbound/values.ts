/** Values with a form of their own: ids, accounts, Regions, instants. Anything else is refused, as they end up in calls and mails. */
import { parseCidr } from '../net/cidr.ts';
import { isAbsent, malformed, type Place, text } from './reader.ts';

/** Ids are hexadecimal; masked samples have capitals, documentation samples are short (`i-12345678`). */
function idReader(prefix: string): (place: Place) => string {
  const form = new RegExp(`^${prefix}-[0-9a-f]{1,40}$`, 'i');
  return (place) => {
    const value = text(place);
    if (!form.test(value)) throw malformed(place, `an id such as ${prefix}-0123456789abcdef0`);
    return value;
  };
}

export const securityGroupId = idReader('sg');
export const securityGroupRuleId = idReader('sgr');
export const instanceId = idReader('i');
export const networkInterfaceId = idReader('eni');
export const volumeId = idReader('vol');
export const launchTemplateId = idReader('lt');
export const vpcId = idReader('vpc');
export const prefixListId = idReader('pl');
export const attachmentId = idReader('eni-attach');
export const addressAssociationId = idReader('eipassoc');

/** One IPv4 or IPv6 address. */
export function address(place: Place): string {
  const value = text(place);
  if (value.includes('/') || (parseCidr(`${value}/32`) ?? parseCidr(`${value}/128`)) === null) {
    throw malformed(place, 'an address such as 10.0.1.1');
  }
  return value;
}

/** An address range as it was written, host bits and all. */
export function cidr(place: Place): string {
  const value = text(place);
  if (parseCidr(value) === null) throw malformed(place, 'an address range such as 192.0.2.0/24');
  return value;
}

export function accountId(place: Place): string {
  const value = text(place);
  if (!/^\d{12}$/.test(value)) throw malformed(place, 'an account number of 12 digits');
  return value;
}

export function region(place: Place): string {
  const value = text(place);
  if (!/^[a-z]{2,10}(-[a-z0-9]{1,20}){1,4}$/.test(value)) throw malformed(place, 'a Region such as eu-west-1');
  return value;
}

/** A UUID in the wild; anything that is short and harmless in a key is taken. */
export function eventId(place: Place): string {
  const value = text(place);
  if (!/^[\w:.-]{1,128}$/.test(value)) throw malformed(place, 'an event id');
  return value;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/;

/** The instant as ISO 8601 in UTC, or null when the text is none. */
export function instantOf(value: unknown): string | null {
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) return null;
  return value.endsWith('Z') ? value : new Date(milliseconds).toISOString();
}

/** Later than this many seconds since 1970 (year 5138), a number can only be milliseconds. */
const SECONDS_END = 1e11;
const LATEST_MILLISECONDS = 4e12;

/** Config writes some times as seconds (the AWS CLI) or milliseconds since 1970. */
export function configInstantOf(value: unknown): string | null {
  if (typeof value !== 'number') return instantOf(value);
  const milliseconds = value < SECONDS_END ? value * 1000 : value;
  return milliseconds > 0 && milliseconds < LATEST_MILLISECONDS ? new Date(milliseconds).toISOString() : null;
}

/** The first of these that is an instant. @throws MalformedEvent naming the first that is not absent */
export function firstInstant(read: (value: unknown) => string | null, ...places: readonly Place[]): string {
  for (const place of places) {
    const instant = read(place.value);
    if (instant !== null) return instant;
  }
  const named = places.find((place) => !isAbsent(place)) ?? places[0] ?? { value: undefined, path: 'time' };
  throw malformed(named, 'a time such as 2026-02-03T04:05:06Z');
}
