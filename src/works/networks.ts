import type { Change } from '../domain/change.ts';
import type { Remediate, RemoveEntries } from '../domain/decision.ts';
import type { Estate } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import type { Plan } from '../domain/lifecycle.ts';
import type { Reading } from '../domain/reading.ts';
import { differsByVpc } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import { type Clock, type Ledger, type Networks, Retryable, type Sent } from '../roles.ts';
import type { Work } from '../work.ts';
import { aboutNetwork } from './about.ts';
import { formerIn } from './former.ts';
import { proveGone } from './gone.ts';
import { exemptsByVpc } from './group-relevance.ts';
import { interfacesNamed, knownOf } from './group-targets.ts';
import { interfaceDoubt, listDoubt } from './security-group-doubt.ts';

export type NetworkTools = {
  readonly networks: Networks;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly policy: Policy;
};

/**
 * Taking groups off interfaces and entries out of prefix lists. Apart from revoking, as the rights for it could also add
 * (docs/decisions/0012).
 */
export function networkWork({ networks, ledger, clock, policy }: NetworkTools): Work {
  async function stillThere({ decision }: Incident): Promise<readonly string[]> {
    const { remediation: act } = decision;
    if (act?.action === 'detach-groups') {
      const estate = await networks.readInterface(act.interfaceId);
      return estate.kind === 'missing'
        ? []
        : act.groupIds.filter((id) => estate.networkInterface.groupIds.includes(id));
    }
    if (act?.action !== 'remove-entries') return [];
    const estate = await networks.readPrefixList(act.prefixListId);
    return estate.kind === 'missing' ? [] : act.cidrs.filter((cidr) => estate.list.cidrs.includes(cidr));
  }

  /** EC2 takes so many entries a call, and is busy with the list for a moment after each. */
  async function removeAll({ prefixListId, cidrs }: RemoveEntries): Promise<Sent> {
    let sent: Sent = { requestId: null };
    for (let left = cidrs.length; left > 0; left -= ENTRIES_AT_ONCE) {
      const next = await patiently(() => networks.removeEntries(prefixListId, cidrs), clock);
      if (next.requestId === null) break;
      sent = next;
    }
    return sent;
  }

  return {
    unit: 'networks',
    acts: ['detach-groups', 'remove-entries'],
    irrelevant: ({ fact }) => whyIrrelevant(fact, policy),

    async targets(change) {
      const { fact, resources } = change;
      if (fact.kind === 'prefix-list-changed') return resources;
      const interfaces = await interfacesNamed(change, networks, clock);
      if (fact.kind !== 'interfaces-created' || fact.groupIds.length !== 1) return interfaces;
      // One group each, which is judged by itself. What the interfaces had is known when another one is attached.
      const reading: Reading = { kind: 'network-interface', groupIds: fact.groupIds };
      await Promise.all(interfaces.map(({ id }) => ledger.recordReading(id, reading, change.at)));
      return [];
    },

    async read({ type, id }) {
      if (type !== 'prefix-list') return networks.readInterface(id);
      const estate = await networks.readPrefixList(id);
      const byVpc = exemptsByVpc(policy) || differsByVpc('internet', policy);
      if (estate.kind === 'missing' || !byVpc) return estate;
      return { ...estate, interfaces: await networks.usersOf(estate.groups.map(({ group }) => group.id)) };
    },

    async doubt(change, estate, decisions, now) {
      if (estate.kind === 'missing') return `EC2 does not show ${estate.resource.id}`;
      if (estate.kind === 'network-interface') return interfaceDoubt(change, estate, ledger);
      if (estate.kind !== 'prefix-list' || change.fact.kind !== 'prefix-list-changed') return null;
      return listDoubt(change, change.fact.added, estate.list, decisions, now);
    },

    about: (estate) => aboutNetwork(estate, policy.notifications.ownerTags),

    plan: (decision, estate) => planOf(decision, estate),

    exclusive(estate) {
      // Whoever closes a rule of one of these groups because of this interface waits for us, and we for them.
      if (estate.kind === 'network-interface') return [estate.networkInterface.id, ...estate.networkInterface.groupIds];
      return estate.kind === 'prefix-list' ? [estate.list.id] : [];
    },

    // An open door is closed every time: no budget stands before it.
    reserve: async () => ({ kind: 'taken' }),
    release: async () => null,

    async act({ remediation: act }) {
      if (act.action === 'detach-groups') return networks.detach(act.interfaceId, act.groupIds);
      if (act.action === 'remove-entries') return removeAll(act);
      throw new Error(`this unit cannot ${act.action}`);
    },

    prove: (incident, now) => proveGone(() => stillThere(incident), seenGone(incident), incident, clock, now),

    known: (target, change) => knownOf(target, change, ledger),
    async noteReading(_change, estate, decisions, { before, now }) {
      const clean = decisions.every((decision) => decision.kind === 'ignore' && decision.clean);
      const seen = clean ? readingOf(estate) : null;
      if (seen === null || JSON.stringify(seen.reading) === JSON.stringify(before)) return;
      await ledger.recordReading(seen.id, seen.reading, now.toISOString());
    },
  };
}

const ENTRIES_AT_ONCE = 100;
const BUSY_FOR = [1000, 2000, 4000];

/** Again after 1, 2 and 4 s while AWS is busy. @throws Retryable when it still is */
async function patiently(call: () => Promise<Sent>, clock: Clock): Promise<Sent> {
  for (const wait of BUSY_FOR) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      await clock.sleep(wait);
    }
  }
  return call();
}

function whyIrrelevant(fact: Change['fact'], { internet }: Policy): string | null {
  if (fact.kind === 'interfaces-created' || fact.kind === 'security-groups-changed') return null;
  if (fact.kind === 'unnamed') return `the unit ${fact.unit} reports it`;
  if (fact.kind !== 'prefix-list-changed') return 'it changes no interface and no prefix list';
  if (fact.added?.length === 0) return 'it adds no entry to the prefix list';
  return internet.prefixLists === 'remove-entries' ? null : 'the policy has rules revoked, not entries removed';
}

function planOf({ remediation: act, finding }: Remediate, estate: Estate): Plan {
  if (act.action === 'detach-groups' && estate.kind === 'network-interface') {
    const { id: interfaceId, groupIds } = estate.networkInterface;
    return { inverse: { action: 'attach-groups', interfaceId, groupIds, ...formerIn(finding) }, replacement: null };
  }
  if (act.action === 'remove-entries' && estate.kind === 'prefix-list') {
    const { id: prefixListId, descriptions } = estate.list;
    const entries = act.cidrs.map((cidr) => ({ cidr, description: descriptions?.[cidr] ?? null }));
    return { inverse: { action: 'add-entries', prefixListId, entries, ...formerIn(finding) }, replacement: null };
  }
  return { inverse: null, replacement: null };
}

function readingOf(estate: Estate): { readonly id: string; readonly reading: Reading } | null {
  if (estate.kind === 'network-interface') {
    const { id, groupIds } = estate.networkInterface;
    return { id, reading: { kind: 'network-interface', groupIds: [...groupIds].sort() } };
  }
  if (estate.kind !== 'prefix-list') return null;
  const { id, cidrs } = estate.list;
  return { id, reading: { kind: 'prefix-list', cidrs: [...cidrs].sort() } };
}

function seenGone({ decision }: Incident): string {
  const { remediation: act } = decision;
  if (act?.action === 'detach-groups') return `${act.interfaceId} read again: ${act.groupIds.join(', ')} off`;
  return act?.action === 'remove-entries'
    ? `${act.prefixListId} read again: ${act.cidrs.join(', ')} gone`
    : 'put right';
}
