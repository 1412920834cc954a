import { createHash } from 'node:crypto';

/** User data in one spelling of base64 (line breaks and padding differ by who wrote it); null for none. */
export function sameText(base64: string | undefined | null): string | null {
  return base64 ? Buffer.from(base64, 'base64').toString('base64') || null : null;
}

/** Fit to be shown: user data may hold secrets and is never shown itself, only its digest and how long it is. */
export function userDataDigest(userData: string | null): string {
  if (userData === null || userData === '') return 'none';
  const digest = createHash('sha256').update(userData).digest('hex').slice(0, 12);
  return `sha256:${digest}, ${Buffer.from(userData, 'base64').length} bytes`;
}
