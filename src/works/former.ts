import type { Finding, PutBack } from '../domain/decision.ts';

/** What was there before the change, for the record of the act that answers it. A rule that goes has no id to be changed back. */
export function formerIn({ putBack }: Finding): { readonly former?: PutBack } {
  if (putBack === undefined) return {};
  return { former: putBack.action === 'modify-rules' ? { ...putBack, action: 'authorize-rules' } : putBack };
}
