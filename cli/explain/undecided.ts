/** What cannot be decided for want of state, and what is missing. It is no decision: live, undrift reads that state. */
import { isLookedFor } from '../../src/decide/unnamed.ts';
import type { Change, ResourceRef } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Estate, GroupWithRules, PrefixList } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { isOn } from '../../src/works/group-relevance.ts';
import type { Undecided } from './assumption.ts';

/** The event holds nothing of the state that would be judged. */
export function notInTheEvent({ type, id }: ResourceRef, { fact }: Change): Undecided {
  const because = (reason: string): Undecided => ({ type, id, reason });
  switch (fact.kind) {
    case 'prefix-list-changed':
      return because('all entries of the list, and the rules that use it, are not in the event');
    case 'group-associated':
    case 'rules-added':
    case 'rules-modified':
    case 'rules-described':
      return because('the rules of the group are not in the event');
    case 'interfaces-created':
      return because('the rules of its security groups are not in the event');
    default:
      return because('its state is not in the event');
  }
}

export const notInTheEstate = ({ type, id }: ResourceRef): Undecided => ({
  type,
  id,
  reason: type === 'targets' ? 'which instance it means is not in the estate' : 'it is not in the estate',
});

/** The groups of an instance or interface were set: its instance may be assumed, but not what the groups let in together. */
export function exposureOf({ type, id }: ResourceRef, { fact }: Change, policy: Policy): readonly Undecided[] {
  if (!isOn('internet', policy) && !isOn('egress', policy)) return [];
  if (fact.kind !== 'security-groups-changed' || (type !== 'instance' && type !== 'network-interface')) return [];
  return [{ type, id, reason: 'what its security groups expose: their rules are not in the event' }];
}

/** CloudTrail left out what was opened: live, that is looked for, and closed. */
export function inTheRegion(change: Change, decision: Decision): readonly Undecided[] {
  if (decision.kind !== 'hold' || !isLookedFor(change)) return [];
  const reason = 'what the call opened: live, undrift looks for it in every group of the Region, and closes it';
  return [{ type: 'region', id: change.region, reason }];
}

/** Null where the decision is one. A hold for what could not be read is none if only the inventory lacks it. */
export function wantOf(decision: Decision, estate: Estate, place: 'event' | 'estate'): Undecided | null {
  if (decision.kind === 'ignore') return decision.unread === true ? ofDrift(decision.reason, estate) : null;
  if (decision.guard !== 'unreadable') return null;
  const { resource } = decision.finding;
  if (estate.kind === 'targets' && estate.meant?.kind === 'unread') {
    return { type: resource.type, id: resource.id, reason: estate.meant.why };
  }
  const lists =
    decision.remediation?.action === 'revoke-rules' ? listsUnread(decision.remediation.ruleIds, estate) : [];
  if (lists.length === 0) return null;
  return { type: resource.type, id: resource.id, reason: `the entries of ${lists.join(', ')} are not in the ${place}` };
}

function ofDrift(reason: string, estate: Estate): Undecided | null {
  return estate.kind === 'instance' ? { type: 'instance', id: estate.instance.id, reason } : null;
}

function listsUnread(ruleIds: readonly string[], estate: Estate): readonly string[] {
  const { groups, prefixLists } = networkOf(estate);
  const rules = groups.flatMap((group) => group.rules).filter(({ id }) => ruleIds.includes(id));
  const lists = rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : []));
  return [...new Set(lists)].filter((id) => prefixLists.every((list) => list.id !== id));
}

type Network = { readonly groups: readonly GroupWithRules[]; readonly prefixLists: readonly PrefixList[] };

function networkOf(estate: Estate): Network {
  switch (estate.kind) {
    case 'security-group':
      return {
        groups: [estate, ...(estate.surroundings?.neighbours ?? [])],
        prefixLists: estate.prefixLists,
      };
    case 'network-interface':
    case 'prefix-list':
      return estate;
    default:
      return { groups: [], prefixLists: [] };
  }
}
