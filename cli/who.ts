import { hostname, userInfo } from 'node:os';

/** Who is at the keyboard, as this machine knows them. */
export function whoAmI(): string {
  return `${userName()}@${hostname()}`;
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
