import { type Actor, actorName } from './actor.ts';

/**
 * The user or the role behind a call. The name of a session, a source identity and a tag are left out: whoever makes the
 * call chooses them.
 */
export function principalOf(actor: Actor): string {
  const role = actor.issuerArn ?? roleOfSession(actor.arn);
  return role ?? actorName(actor);
}

/** `arn:aws:sts::123456789012:assumed-role/admin/kim` without its last part, which is the session; null for any other ARN. */
function roleOfSession(arn: string | null): string | null {
  return /^(arn:[^:]*:sts::[^:]*:(?:assumed-role\/[^/]+|federated-user))\//u.exec(arn ?? '')?.[1] ?? null;
}
