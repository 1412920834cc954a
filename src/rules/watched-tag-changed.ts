import { globMatches } from '../policy/glob.ts';
import type { InstanceRule } from './instance-rules.ts';

/** AWS's own tags, which nobody can set, and undrift's own. */
const OWN = ['aws:', 'undrift:'];

/** A tag that the policy watches was set on the instance, or taken away: others decide by it what the machine is. */
export const watchedTagChanged: InstanceRule = {
  id: 'watched-tag-changed',
  group: 'changed',
  severity: 'low',
  confidence: 'medium',
  ships: 'notify',
  byFact: (fact, { watchedTags }) => {
    if (fact.kind !== 'tags-changed' || watchedTags.length === 0) return null;
    // DeleteTags without keys takes all of them.
    if (fact.removed && fact.keys.length === 0) return { summary: 'all of its tags were taken away', drift: 'all' };
    const others = fact.keys.filter((key) => !OWN.some((prefix) => key.startsWith(prefix)));
    const watched = others.filter((key) => watchedTags.some((pattern) => globMatches(pattern, key))).sort();
    if (watched.length === 0) return null;
    const keys = watched.join(', ');
    return {
      summary: `tags that the policy watches were ${fact.removed ? 'taken away' : 'set'} (${keys})`,
      drift: keys,
    };
  },
};
