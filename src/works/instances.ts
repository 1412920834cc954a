import type { Change, ResourceRef } from '../domain/change.ts';
import { type AutoScalingGroup, type InstanceEstate, isEnding, memberOf } from '../domain/estate.ts';
import type { About, Incident, Replacement } from '../domain/incident.ts';
import { plus, secondsBetween } from '../domain/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { Fleet, Ledger } from '../roles.ts';
import type { Proof, Work } from '../work.ts';
import { aboutByTags, NOBODY } from './about.ts';

/** A slot outlives the time that a successor may take; the recheck renews it, so a dead worker's slot frees itself. */
const SLOT_SECONDS = 20 * 60;
/** Auto Scaling shows a termination within seconds; in service for longer than this, the act had no effect. */
const ACT_SETTLES_SECONDS = 120;
const LOOK_AGAIN_SECONDS = 20;

export type InstanceTools = { readonly fleet: Fleet; readonly ledger: Ledger; readonly policy: Policy };

/** Replacing altered instances: one slot of the budgets each, and proof when a successor is in service. */
export function instanceWork({ fleet, ledger, policy }: InstanceTools): Work {
  const takeSlot = (group: string, instanceId: string, incidentKey: string, now: Date) =>
    ledger.takeSlot({
      group,
      instanceId,
      incidentKey,
      ...policy.budget,
      now: now.toISOString(),
      until: plus(now, SLOT_SECONDS),
    });

  return {
    unit: 'instances',

    acts: ['replace-instance'],
    irrelevant: ({ fact }) => (fact.kind === 'closing-call' ? 'it only ends something' : null),
    targets: async (change) => [resourceOf(change)],

    async read(target, change) {
      const estate = await fleet.read(target);
      const compare = estate.kind === 'instance' && estate.group !== null && change.fact.kind === 'verdict';
      return compare ? { ...estate, drift: await fleet.drift(estate) } : estate;
    },

    async doubt(change, estate) {
      if (change.source === 'config') return null;
      if (estate.kind === 'missing') return `EC2 does not show ${estate.resource.id}`;
      if (estate.kind !== 'instance' || estate.group !== null || isEnding(estate.instance)) return null;
      const group = estate.instance.tags['aws:autoscaling:groupName'];
      return group === undefined ? null : `Auto Scaling does not show ${estate.instance.id} in ${group}`;
    },

    about: (estate) => (estate.kind === 'instance' ? aboutInstance(estate, policy.notifications.ownerTags) : NOBODY),

    plan(_decision, estate, now) {
      if (estate.kind !== 'instance' || estate.group === null) return { inverse: null, replacement: null };
      const { name, members } = estate.group;
      const membersBefore = members.map(({ id }) => id);
      const replacement: Replacement = { group: name, membersBefore, startedAt: now.toISOString(), successor: null };
      return { inverse: null, replacement };
    },

    // The slot is taken per instance: nobody else acts on it meanwhile.
    exclusive: () => [],

    async reserve({ remediation, finding }, now) {
      if (remediation.action !== 'replace-instance') throw new Error(`this unit cannot ${remediation.action}`);
      return takeSlot(remediation.autoScalingGroupName, remediation.instanceId, finding.key, now);
    },

    async release({ replacement, resource }, successor) {
      if (replacement !== null) await ledger.releaseSlot(replacement.group, resource.id, successor);
    },

    async act({ remediation }) {
      if (remediation.action !== 'replace-instance') throw new Error(`this unit cannot ${remediation.action}`);
      return fleet.replace(remediation.instanceId);
    },

    async prove(incident, now) {
      const { replacement, resource } = incident;
      if (replacement === null) return { kind: 'undone', why: 'no replacement was planned' };
      const [state, group, paired] = await Promise.all([
        fleet.state(resource.id),
        fleet.group(replacement.group),
        ledger.pairedSuccessors(replacement.group),
      ]);
      const proof = judge({
        incident,
        replacement,
        state,
        group,
        paired,
        now,
        successorMinutes: policy.successorMinutes,
      });
      if (proof.kind === 'pending') await takeSlot(replacement.group, resource.id, incident.key, now);
      return proof;
    },

    known: async () => ({ lastReading: null }),
    noteReading: async () => {},
  };
}

type Look = {
  readonly incident: Incident;
  readonly replacement: Replacement;
  readonly state: string;
  readonly group: AutoScalingGroup | null;
  readonly paired: readonly string[];
  readonly now: Date;
  readonly successorMinutes: number;
};

/** Closed only when the altered instance is terminated and a successor of its own is in service. */
function judge({ incident, replacement, state, group, paired, now, successorMinutes }: Look): Proof {
  const id = incident.resource.id;
  const name = replacement.group;
  if (group === null) {
    return {
      kind: 'proven',
      seen: `the group ${name} is gone, and ${id} is ${state}`,
      closedBy: 'another',
      successor: null,
    };
  }
  const waited = secondsBetween(replacement.startedAt, now);
  const overdue = waited > successorMinutes * 60;
  const member = group.members.find((it) => it.id === id);
  const lifecycle = member?.lifecycleState ?? 'out of the group';
  if (member?.lifecycleState === 'InService' && state === 'running') {
    const why = `${id} is still in service in ${name}`;
    if (waited > ACT_SETTLES_SECONDS) return { kind: 'undone', why };
    return { kind: 'pending', why, retryAfter: LOOK_AGAIN_SECONDS, overdue: false };
  }
  if (state !== 'terminated') {
    return { kind: 'pending', why: `${id} is ${state} (${lifecycle})`, retryAfter: LOOK_AGAIN_SECONDS, overdue };
  }
  const inService = group.members.filter((it) => it.lifecycleState === 'InService' && it.healthy);
  const capacity = `${inService.length} of ${group.desired} in service`;
  const before = new Set([...replacement.membersBefore, ...paired]);
  const successor = inService.map((it) => it.id).find((it) => !before.has(it)) ?? null;
  if (successor !== null) {
    const seen = `${id} terminated, ${successor} in service in ${name} (${capacity}, desired capacity ${group.desired})`;
    return { kind: 'proven', seen, closedBy: 'undrift', successor };
  }
  if (inService.length >= group.desired) {
    const seen = `${id} terminated; ${name} needs no successor (${capacity})`;
    return { kind: 'proven', seen, closedBy: 'undrift', successor: null };
  }
  return {
    kind: 'pending',
    why: `no successor in service in ${name} yet (${capacity})`,
    retryAfter: LOOK_AGAIN_SECONDS,
    overdue,
  };
}

function resourceOf(change: Change): ResourceRef {
  const resource = change.resources.find(({ type }) => type === 'instance' || type === 'network-interface');
  if (resource === undefined) throw new Error(`${change.name} names no instance`);
  return resource;
}

function aboutInstance(estate: InstanceEstate, ownerTags: readonly string[]): About {
  const { instance, group } = estate;
  const about = aboutByTags(null, { ...group?.tags, ...instance.tags }, ownerTags);
  const template = memberOf(estate)?.launchTemplate ?? null;
  const made = template === null ? null : `launch template ${template.id} version ${template.version}`;
  return { ...about, madeBy: [about.madeBy, made].filter((it) => it !== null).join(', ') || null };
}
