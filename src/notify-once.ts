/** Notifies of a change that the scheduler sees, and remembers that it did. */
import { isDeepStrictEqual } from 'node:util';
import { admit, type Mailing, publish, type Topic } from './mailing.ts';
import type { Notice } from './notice/notice.ts';
import type { Watch } from './roles.ts';

export type Memory<T> = { readonly watch: Watch<T>; readonly before: T; readonly next: T };

/**
 * Publishes first, then remembers: a run may end between the two, and a second notification is better than none. So two runs
 * that see the change at the same time both notify.
 * @returns whether this run was the one that remembered it
 */
export async function notifyOnce<T>(notices: readonly Notice[], memory: Memory<T>, parts: Mailing): Promise<boolean> {
  const { watch, before, next } = memory;
  if (isDeepStrictEqual(before, next)) return false;
  for (const notice of notices) await publish(notice, await admit(notice, topicOf(notice), parts), parts);
  return watch.remember(next, before);
}

/** While SNS refuses it, a notification is made again each minute: it takes the place of the one before. */
function topicOf({ subject, json, attributes }: Notice): Topic {
  return { id: `${attributes.outcome}/${subject}`, revision: Date.parse(String(json.at)), incidentKey: null };
}
