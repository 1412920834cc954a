import { createHash } from 'node:crypto';
import type { Difference } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import type { InstanceRule } from './instance-rules.ts';

/** Differences that have a rule of their own. */
const TOLD: readonly Difference['path'][] = ['user-data', 'security-groups', 'profile'];
const SHOWN = 3;

/**
 * The live instance is not as the launch template version says that it was launched from. One rule for all that no other
 * rule judges, and one finding for all that differs at once: one machine is replaced once, whatever the number of its
 * differences, and what may differ is named by path, in `ignoredDifferences`.
 */
export const differsFromTemplate: InstanceRule = {
  id: 'differs-from-template',
  group: 'differs',
  severity: 'medium',
  confidence: 'medium',
  ships: 'notify',
  byFact: () => null,
  byDifferences: (differences) => {
    const own = differences.filter(({ path }) => !TOLD.includes(path));
    if (own.length === 0) return null;
    const paths = own.map(({ path }) => path);
    const shown = firstOf(paths, SHOWN);
    return { summary: `it differs from its template (${shown})`, drift: `${shown} ${digestOf(own)}` };
  },
};

/** Other values are another drift. */
function digestOf(differences: readonly Difference[]): string {
  const facts = differences.map(({ path, found }) => [path, found]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
}
