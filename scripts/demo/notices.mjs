import { bold, dim, say } from './screen.mjs';

/** What a reader of the mail wants first; what follows is for whoever looks closer. */
const TRIMMED_FROM = /^(Whose it is|To look closer)$/m;

/**
 * @param {import('../scene/inbox.mjs').InboxNotice[]} notices
 * @param {boolean} full
 */
export function showNotices(notices, full) {
  notices.forEach(({ subject, message }, index) => {
    if (index > 0) say();
    say(bold(subject));
    const text = String(message.text ?? '').trimEnd();
    const shown = full ? text : text.split(TRIMMED_FROM)[0].trimEnd();
    say();
    for (const line of shown.split('\n')) say(line === '' ? dim('│') : `${dim('│')} ${line}`);
    const left = text.split('\n').length - shown.split('\n').length;
    if (left > 0)
      say(dim(`│ … ${left} more lines (owner, undo, incident): npm run demo -- --full shows the whole text`));
  });
}
