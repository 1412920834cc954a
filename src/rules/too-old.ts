import type { InstanceRule } from './instance-rules.ts';

const DAY = 86_400_000;

/**
 * "Phoenix servers": a machine that runs for long gathers what nobody wrote down, so it is replaced by age alone. Counted
 * from EC2's launch time, which a stop and start sets anew.
 */
export const tooOld: InstanceRule = {
  id: 'too-old',
  group: 'not-allowed',
  severity: 'low',
  confidence: 'high',
  ships: 'notify',
  byFact: () => null,
  byStanding({ instance, policy: { maxInstanceAgeDays }, now }) {
    if (maxInstanceAgeDays === null || instance.launchedAt === null) return null;
    const age = now.getTime() - Date.parse(instance.launchedAt);
    if (!(age > maxInstanceAgeDays * DAY)) return null;
    const days = Math.floor(age / DAY);
    return { summary: `it runs for ${days} days, and maxInstanceAgeDays is ${maxInstanceAgeDays}`, drift: '' };
  },
};
