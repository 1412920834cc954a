/** What the scheduler notifies people of: changes of the pause flag, lists of emails, and what lasts. */
import type { PauseFlag } from './domain/pause.ts';
import { type ListDeps, sendLists } from './lists.ts';
import type { Notice } from './notice/notice.ts';
import { pauseNotice, pauseReadableNotice } from './notice/pause.ts';
import { notifyOnce } from './notify-once.ts';
import type { PauseTold, PauseWatch } from './roles.ts';
import type { Steps } from './steps.ts';
import { type Watching, watchOver } from './watching.ts';

export type Announcing = Watching &
  ListDeps & {
    readonly watch: PauseWatch;
  };

/** @param flag null where it is not known, as the scheduler could not ask */
export async function announce(flag: PauseFlag | null, parts: Announcing, steps: Steps): Promise<void> {
  if (flag !== null) await steps.run('notify of the pause flag', () => notifyOfFlag(flag, parts));
  await sendLists(parts, steps);
  await watchOver(flag, parts, steps);
}

/** Notifies of each change once, whatever made it. */
async function notifyOfFlag(flag: PauseFlag, parts: Announcing): Promise<void> {
  const { watch, log } = parts;
  const before = await watch.last();
  const told: PauseTold =
    flag.kind === 'unreadable' ? { ...before, unreadable: true } : { value: flag, unreadable: false };
  const notices = noticesOf(flag, told, before, parts);
  if (await notifyOnce(notices, { watch, before, next: told }, parts))
    log.info('the pause flag changed', { flag: flag.kind });
}

function noticesOf(
  flag: PauseFlag,
  told: PauseTold,
  before: PauseTold,
  { place, clock }: Announcing,
): readonly Notice[] {
  const here = { ...place, now: clock.now().toISOString() };
  const change = pauseNotice(told.value, before.value, here);
  const readable =
    told.unreadable === before.unreadable ? null : pauseReadableNotice(flag.kind === 'unreadable' ? flag : null, here);
  return [readable, change].filter((notice) => notice !== null);
}
