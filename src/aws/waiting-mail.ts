/** What is stored of an email that waits for a list, and how the next one about the same incident changes it. Pure. */
import { cutText } from '../domain/cut.ts';
import { shortKey } from '../domain/key.ts';
import { MAIL_KINDS, type MailKind } from '../domain/mail-hour.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import type { Email } from '../roles.ts';

/** `listed`: the revision that was last in a list, or null; `waits`: what waits, and since when, or null. */
export type MailState = {
  readonly waits: (Email & { readonly since: string }) | null;
  readonly listed: number | null;
};

/**
 * What is stored of an email that waits. What cannot be read, as another version wrote it, is named as that: it keeps no list
 * from being sent, and no email of the same incident from taking its place.
 */
export function readWaiting(
  text: string,
  unread: { readonly id: string; readonly kind: MailKind; readonly since: string },
) {
  const blank = { ...UNREADABLE, ...unread };
  try {
    const read = { ...blank, ...(JSON.parse(text) as Partial<typeof blank>) };
    const isKnown = MAIL_KINDS.includes(read.kind) && SEVERITIES.includes(read.severity);
    return isKnown && Number.isFinite(Date.parse(read.since)) ? read : blank;
  } catch {
    return blank;
  }
}

const UNREADABLE: Omit<Email, 'id' | 'kind'> = {
  revision: 0,
  incidentKey: null,
  over: false,
  severity: 'high',
  rule: 'none',
  verdict: 'Unreadable',
  subject: '[undrift] Unreadable: an email that waited for a list',
  principal: null,
  group: null,
  resource: null,
  incidentId: null,
  waitsFor: null,
};

export const NOTHING_WAITS: MailState = { waits: null, listed: null };

const TEXT_BYTES = 400;
const ARN_BYTES = 600;

/**
 * What waits when this has come, too; null where nothing changes. The newest state counts, but a less severe occurrence does not hide
 * a more severe one. What asked for action stays in the list of action: it was open, and people read how it ended.
 */
export function collected({ waits, listed }: MailState, email: Email, now: string): MailState['waits'] {
  if (listed !== null && listed >= email.revision) return null;
  if (waits === null) return { ...bounded(email), since: now };
  const newest = email.revision >= waits.revision && !isHidden(email, waits) ? bounded(email) : waits;
  const kind = moreUrgent(waits.kind, email.kind);
  const revision = Math.max(email.revision, waits.revision);
  return { ...newest, revision, kind, since: kind === waits.kind ? waits.since : now };
}

/** It is less severe than what waits, and neither is over. */
function isHidden(email: Email, waits: Email): boolean {
  return !email.over && !waits.over && SEVERITIES.indexOf(email.severity) > SEVERITIES.indexOf(waits.severity);
}

function moreUrgent(a: MailKind, b: MailKind): MailKind {
  return MAIL_KINDS.find((kind) => kind === a || kind === b) ?? a;
}

/** A subject is short; names and ARNs are chosen by others. */
function bounded(email: Email): Email {
  const cut = (text: string | null, bytes: number) => (text === null ? null : cutText(text, bytes));
  return {
    ...email,
    subject: cutText(email.subject, TEXT_BYTES),
    resource: cut(email.resource, TEXT_BYTES),
    principal: cut(email.principal, ARN_BYTES),
    group: cut(email.group, TEXT_BYTES),
  };
}

/** What an email is counted for. Ids may be long, and are only compared. */
export function aboutOf({ id, revision }: Email): string {
  return shortKey(`${id} ${revision}`);
}

/** What an email is caused by. About undrift itself there is nothing that could cause too many. */
export function causesOf({ rule, principal, group }: Email): readonly string[] {
  if (principal === null && group === null) return [];
  return [`rule ${rule}`, `principal ${principal}`, `group ${group}`].map((cause) => occurrenceOf(cause));
}
