import type { GuardName, Hold, Remediate } from './decision.ts';

type Instead = { readonly guard: GuardName; readonly why: string; readonly retryAfter: number };

/** The act that was decided, held for something that is known only afterwards. */
export function instead(decision: Remediate, { guard, why, retryAfter }: Instead): Hold {
  return { ...decision, kind: 'hold', guard, reason: why, retryAfter };
}
