/** Notifies of a change once: of two runs that see it, one. */
import { isDeepStrictEqual } from 'node:util';
import { admit, type Mailing, publish, type Topic } from './mailing.ts';
import type { Notice } from './notice/notice.ts';
import type { Watch } from './roles.ts';

export type Memory<T> = { readonly watch: Watch<T>; readonly before: T; readonly next: T };

/**
 * Remembers first, then publishes. What cannot be published is forgotten again, so that the next minute tries.
 * @returns whether this run was the one
 */
export async function notifyOnce<T>(notices: readonly Notice[], memory: Memory<T>, parts: Mailing): Promise<boolean> {
  const { watch, before, next } = memory;
  if (isDeepStrictEqual(before, next) || !(await watch.remember(next, before))) return false;
  try {
    for (const notice of notices) await publish(notice, await admit(notice, topicOf(notice), parts), parts);
  } catch (error) {
    await watch.remember(before, next);
    throw error;
  }
  return true;
}

/** Each change is a line of its own. */
function topicOf({ json, attributes }: Notice): Topic {
  return { id: `${attributes.outcome}/${String(json.at)}`, revision: 0, incidentKey: null };
}
