import { profileName } from '../domain/drift.ts';
import type { InstanceRule } from './instance-rules.ts';

/** Another instance profile gives what runs on the instance other rights. */
export const instanceProfileChanged: InstanceRule = {
  id: 'instance-profile-changed',
  group: 'changed',
  severity: 'high',
  confidence: 'high',
  ships: 'replace',
  byFact: (fact) => {
    if (fact.kind !== 'instance-profile-changed') return null;
    const name = fact.profile === null ? 'another' : profileName(fact.profile);
    return { summary: `its instance profile was changed to ${name}`, drift: name };
  },
  byDifference: ({ path, expected, found }) =>
    path === 'profile'
      ? { summary: `its instance profile is ${found}, its template says ${expected}`, drift: found }
      : null,
};
