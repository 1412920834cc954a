import { OBSTACLES, type ObstacleWord } from '../domain/obstacle.ts';
import type { Policy } from './policy.ts';
import { matches, type SelectOptions, type Subject } from './select.ts';
import { keysFor } from './selector-keys.ts';

/** By word, the first entry of `replaceDespite` that says so. */
export type Despite = Readonly<Partial<Record<ObstacleWord, { readonly entry: number; readonly reason: string }>>>;

const SELECTION: SelectOptions = { keys: keysFor('differs-from-template', 'replaceDespite'), vpcs: 'every' };

/** An entry of which it cannot be told whether it applies lifts nothing. */
export function despiteFor(subject: Subject, policy: Policy): Despite {
  const applies = policy.replaceDespite.map(({ select }) => matches(select, subject, SELECTION) === 'yes');
  const entries = OBSTACLES.flatMap((word) => {
    const entry = policy.replaceDespite.findIndex(({ what }, index) => applies[index] === true && what.includes(word));
    const reason = policy.replaceDespite[entry]?.reason;
    return reason === undefined ? [] : [[word, { entry, reason }] as const];
  });
  return Object.fromEntries(entries);
}
