import { globMatches } from '../policy/glob.ts';
import type { Policy } from '../policy/policy.ts';

/**
 * What a Config rule's verdict means to us: our rules that must then hold on live state. The first row of the policy's
 * table whose pattern takes the name counts; a rule that no row names means nothing.
 */
export function meaningOf(configRule: string, policy: Policy): readonly string[] {
  return policy.configVerdicts.find((row) => globMatches(row.configRule, configRule))?.means ?? [];
}
