/** What a call added to a prefix list and somebody removed before the groups that name the list were read. */
import { decidePassed, type GroupSeen } from '../decide/passed.ts';
import type { Change } from '../domain/change.ts';
import type { Passed } from '../domain/passed.ts';
import { networkOf } from '../net/cidr.ts';
import type { Ledger } from '../roles.ts';
import { type Given, knownRules, type PassedTools, withUsers } from './passed-rules.ts';

export async function passedEntries(
  change: Change,
  seen: GroupSeen,
  { history, context }: Given,
  tools: PassedTools,
): Promise<readonly Passed[]> {
  const { fact, resources } = change;
  if (fact.kind !== 'prefix-list-changed' || seen.kind === 'missing') return [];
  const list = seen.prefixLists.find(({ id }) => resources.some((resource) => resource.id === id));
  if (list === undefined) return [];
  const now = new Set(list.cidrs.map(networkOf));
  const gone = (fact.added ?? []).filter((cidr) => !now.has(networkOf(cidr)));
  if (gone.length === 0 || (await isOurs(list.id, change, tools.ledger))) return [];
  const known = await knownRules(seen.group.id, change, tools);
  const rules = seen.rules.filter(({ id, source }) => !('cidr' in source) && source.id === list.id && !known.has(id));
  const then = [{ ...list, cidrs: [...list.cidrs, ...gone] }];
  const found = decidePassed(change, await withUsers(seen, tools), rules, tools.policy, history, context, then);
  const what = `${list.id} read: ${gone.slice(0, SHOWN).join(', ')} gone`;
  return found.map(({ finding }) => ({ finding, seen: what, closedBy: 'another', closing: null }));
}

const SHOWN = 12;

/** undrift was at the list since the change: what it removed, it has reported. */
async function isOurs(listId: string, { at }: Change, ledger: Pick<Ledger, 'of'>): Promise<boolean> {
  const incidents = await ledger.of(listId);
  return incidents.some(({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(at));
}
