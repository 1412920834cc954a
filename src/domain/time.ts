/** Instants are ISO 8601, UTC; spans are seconds. */
export const plus = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
export const secondsBetween = (from: string, to: Date): number => (to.getTime() - Date.parse(from)) / 1000;
export const isInstant = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** Milliseconds before each further look at what EC2 may show late: its reads are eventually consistent. */
export const LOOK_AGAIN_AFTER: readonly number[] = [1_000, 2_000, 4_000];

/** Whole seconds of a lease that are left; 0 when it is over or there is none. */
export function leaseLeft(leaseUntil: string | null, now: Date): number {
  return leaseUntil === null ? 0 : Math.max(0, Math.ceil(-secondsBetween(leaseUntil, now)));
}
