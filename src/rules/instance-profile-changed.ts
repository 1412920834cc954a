import type { InstanceRule } from './instance-rules.ts';

const nameOf = (profile: string): string => profile.slice(profile.lastIndexOf('/') + 1);

/** Another instance profile gives what runs on the instance other rights. */
export const instanceProfileChanged: InstanceRule = {
  id: 'instance-profile-changed',
  severity: 'high',
  byFact: (fact) => {
    if (fact.kind !== 'instance-profile-changed') return null;
    const name = fact.profile === null ? 'another' : nameOf(fact.profile);
    return { summary: `its instance profile was changed to ${name}`, drift: name };
  },
  byDifference: ({ attribute, expected, found }) =>
    attribute === 'instance-profile'
      ? { summary: `its instance profile is ${found}, its template says ${expected}`, drift: found }
      : null,
};
