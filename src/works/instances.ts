import type { Fact } from '../domain/change.ts';
import {
  type AutoScalingGroup,
  type InstanceEstate,
  isEnding,
  memberOf,
  type TargetsEstate,
} from '../domain/estate.ts';
import type { About, Replacement } from '../domain/incident.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, Fleet, Images, Ledger, ManagedNodes, SessionLog } from '../roles.ts';
import { seenIn } from '../rules/instance-rules.ts';
import { whyNotCounted } from '../rules/not-counted.ts';
import type { Work } from '../work.ts';
import { aboutByTags, NOBODY } from './about.ts';
import { baselineEstate, isBaseline, noteBaseline, openBaselineChanges } from './baselines.ts';
import { isJudged, withDrift } from './comparing.ts';
import { instanceTargets } from './instance-targets.ts';
import { noteTargets, readTargets } from './machines.ts';
import { partsInTurn } from './parts.ts';
import { proveReplacement } from './prove-replacement.ts';
import { whatRan } from './ran.ts';
import { othersThan } from './replacement.ts';
import { endedFor } from './session-news.ts';
import { refusedByHour, releaseSlot, reserveSlot, withRecords } from './slots.ts';
import { withImages } from './standing.ts';
import { withSessions, withTaints } from './taints.ts';
import { ailingIn, stillWarming } from './warming.ts';

export type InstanceTools = {
  readonly fleet: Fleet;
  readonly images: Images;
  readonly nodes: ManagedNodes;
  readonly sessions: SessionLog;
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly clock: Clock;
};

/** Replacing altered instances: one slot of the budgets each, and proof when a successor is in service. */
export function instanceWork(tools: InstanceTools): Work {
  const { fleet, images, sessions, ledger, policy, clock } = tools;
  return {
    unit: 'instances',

    acts: ['replace-instance'],
    irrelevant: ({ fact }) => whyIrrelevant(fact, policy),
    targets: (change) => instanceTargets(change, { fleet, sessions }),
    newsFor: (change) => endedFor(change, { sessions, ledger, clock }),

    async read(target, change) {
      if (isBaseline(target)) return baselineEstate(target, change, policy);
      if (target.type === 'targets') return readTargets(target, change, tools);
      const estate = await withRecords(await fleet.read(target), ledger);
      if (estate.kind !== 'instance') return estate;
      const compared = await withDrift(fleet, estate, change, policy);
      const judged = isJudged(change, policy, compared.instance.id);
      const whole = judged ? await withImages(images, compared, policy) : compared;
      // Last: which incidents are asked for depends on what is found.
      return withTaints(whole, change, ledger, policy, clock.now());
    },

    async parts(estate, decisions, change, context) {
      await noteTargets(estate, decisions, change, tools);
      return partsInTurn(estate, decisions, change, context, tools);
    },

    async doubt(change, estate) {
      if (change.source === 'config') return null;
      if (estate.kind === 'targets') return doubtOfTargets(estate);
      if (estate.kind === 'missing') return `EC2 does not show ${estate.resource.id}`;
      if (estate.kind !== 'instance' || estate.group !== null || isEnding(estate.instance)) return null;
      const group = estate.instance.tags['aws:autoscaling:groupName'];
      return group === undefined ? null : `Auto Scaling does not show ${estate.instance.id} in ${group}`;
    },

    refused: (decision, estate, now) => refusedByHour(decision, estate, now, { ledger, policy }),

    async beforeAct(estate, change) {
      if (estate.kind !== 'instance' || estate.group === null) return estate;
      const { group, instance } = estate;
      const [launch, ties, baselineChanges, ailing, whoIsIn] = await Promise.all([
        fleet.launchCheck(group, clock.now()),
        fleet.ties(instance),
        openBaselineChanges(group, change.region, clock.now(), ledger),
        ailingIn(estate, group, fleet),
        withSessions(estate, change, sessions, policy.taint.maxHours, clock.now()),
      ]);
      const whole = { ...(await withImages(images, whoIsIn, policy, launch)), launch, ties, baselineChanges, ailing };
      return withGroupOfNow(whole, await fleet.group(group.name));
    },

    async ran(estate, before) {
      return estate.kind === 'instance' ? whatRan(fleet, estate, before, policy.notifications) : null;
    },

    about: (estate) => (estate.kind === 'instance' ? aboutInstance(estate, policy.notifications.ownerTags) : NOBODY),

    plan(_decision, estate, now) {
      if (estate.kind !== 'instance' || estate.group === null) return { inverse: null, replacement: null };
      const membersBefore = othersThan(estate, estate.group);
      const startedAt = now.toISOString();
      const replacement: Replacement = { group: estate.group.name, membersBefore, startedAt, successor: null };
      return { inverse: null, replacement };
    },

    // The slot is taken per instance: nobody else acts on it meanwhile.
    exclusive: () => [],

    reserve: (decision, estate, change, now) => reserveSlot(decision, estate, change, now, { ledger, policy }),

    release: (incident, successor, nothingBegun) =>
      releaseSlot(incident, successor ?? incident.replacement?.successor ?? null, ledger, nothingBegun),

    async act({ remediation }) {
      if (remediation.action !== 'replace-instance') throw new Error(`this unit cannot ${remediation.action}`);
      return fleet.replace(remediation.instanceId, remediation.how);
    },

    prove: (incident, now) => proveReplacement(incident, now, { fleet, ledger, policy }),

    notServing: (incident, now) => stillWarming(incident, now, { fleet, policy }),

    known: async (target) => ({ lastReading: isBaseline(target) ? await ledger.lastReading(target.id) : null }),
    noteReading: (_change, estate, _decisions, { before, now }) => noteBaseline(estate, before, now, ledger),
  };
}

/** The last read before the act decides: a process may have been suspended since, or a refresh started. */
function withGroupOfNow(estate: InstanceEstate, group: AutoScalingGroup | null): InstanceEstate {
  const isMember = group?.members.some(({ id }) => id === estate.instance.id) === true;
  return { ...estate, group: isMember ? group : null };
}

/** Whoever may send findings to Security Hub can send a thousand a second: what does not count costs no reading. */
function whyIrrelevant(fact: Fact, policy: Policy): string | null {
  if (fact.kind === 'closing-call') return 'it only ends something';
  // One call may set the tags of a thousand.
  if (fact.kind === 'tags-changed' && seenIn(fact, policy).length === 0) return 'none of the tags is watched';
  if (fact.kind === 'unnamed') return whyUnnamedIsNothing(fact, policy);
  return fact.kind === 'alert' ? whyNotCounted(fact, policy) : null;
}

function whyUnnamedIsNothing({ unit, about }: Extract<Fact, { kind: 'unnamed' }>, policy: Policy): string | null {
  if (unit !== 'instances') return `the unit ${unit} reports it`;
  return about?.kind === 'tags-changed' && policy.watchedTags.length === 0 ? 'no tag is watched' : null;
}

/** A command reaches its machines within seconds, and CloudTrail may be as fast. */
function doubtOfTargets({ resource, meant }: TargetsEstate): string | null {
  const none = meant?.kind === 'found' && !meant.complete && meant.machines.length === 0;
  return none ? `Systems Manager does not show whom ${resource.id} has reached` : null;
}

function aboutInstance(estate: InstanceEstate, ownerTags: readonly string[]): About {
  const { instance, group } = estate;
  const about = aboutByTags(null, { ...group?.tags, ...instance.tags }, ownerTags);
  const template = memberOf(estate)?.launchTemplate ?? null;
  const made = template === null ? null : `launch template ${template.id} version ${template.version}`;
  return { ...about, madeBy: [about.madeBy, made].filter((it) => it !== null).join(', ') || null };
}
