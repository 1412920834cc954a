/** In words: what a call opened, and the inventory no longer has. It is no decision: undrift reports it, and acts on nothing. */
import { decidePassed, goneRules } from '../../src/decide/passed.ts';
import type { Context, History } from '../../src/decide.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Estate } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { paragraph } from './paint.ts';

const HISTORY: History = { pause: { kind: 'running' }, lastReading: null };

export function passedWords(
  change: Change,
  estates: readonly Estate[],
  policy: Policy,
  context: Context,
): readonly string[] {
  return estates.flatMap((estate) => {
    if (estate.kind !== 'security-group') return [];
    const gone = goneRules(change, estate).map((rule) => ({ ...rule, egress: rule.egress ?? false }));
    if (gone.length === 0) return [];
    return decidePassed(change, estate, gone, policy, HISTORY, context).flatMap(({ finding, ruleIds }) => {
      const text = `No longer in the estate: ${ruleIds.join(', ')}. undrift reports once that this was open, and acts on nothing: ${finding.summary}`;
      return ['', ...paragraph(text, '  ')];
    });
  });
}
