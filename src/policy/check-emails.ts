import { windowOf } from '../domain/mail-hour.ts';
import { at, type Report } from './check-parts.ts';

/** Seconds within which 20 emails an hour name what is open. */
const ENOUGH = 300;

/** With few emails an hour, a list of what is open comes less often. */
export function checkEmails(document: unknown, { warnings }: Report): void {
  const perHour = at(document, 'notifications', 'mailsPerHour');
  if (typeof perHour !== 'number' || windowOf('action', perHour) <= ENOUGH) return;
  const minutes = Math.ceil(windowOf('action', perHour) / 60);
  const message = `notifications.mailsPerHour: with ${perHour} emails an hour, what is open may wait ${minutes} minutes to be named; 20 name it within 5`;
  warnings.push({ path: ['notifications', 'mailsPerHour'], message });
}
