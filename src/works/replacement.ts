/** How a replacement is followed: who was there before, and when it is over. Pure. */
import type { AutoScalingGroup, GroupMember, InstanceEstate } from '../domain/estate.ts';
import type { Incident, InService, Replacement } from '../domain/incident.ts';
import { capacityOf, carriesLoad, isKeptAlive, meaningOfState } from '../domain/member-state.ts';
import { secondsBetween } from '../domain/time.ts';
import type { Proof } from '../work.ts';

/** Auto Scaling shows an act within seconds; in service and healthy for longer than this, the act had no effect. */
const ACT_SETTLES_SECONDS = 120;
const LOOK_AGAIN_SECONDS = 20;
/** What is kept alive is a matter of hours. */
const KEPT_LOOK_AGAIN_SECONDS = 300;
const DAY_SECONDS = 86_400;

/**
 * The members from which a successor is told apart. An instance that is unhealthy already may be so by an attempt of ours
 * that was never recorded: then what is starting is no peer of before.
 */
export function othersThan({ instance }: InstanceEstate, { members }: AutoScalingGroup): readonly string[] {
  const unhealthy = members.some(({ id, healthy }) => id === instance.id && !healthy);
  const peers = unhealthy ? members.filter(({ lifecycleState }) => !lifecycleState.startsWith('Pending')) : members;
  return peers.map(({ id }) => id);
}

export type Look = {
  readonly incident: Incident;
  readonly replacement: Replacement;
  /** EC2's word on the altered instance. */
  readonly state: string;
  readonly group: AutoScalingGroup | null;
  /** Successors of other incidents. */
  readonly paired: readonly string[];
  readonly now: Date;
  readonly successorMinutes: number;
};

/** Closed only when the altered instance is terminated and a successor of its own is in service. */
export function judge(look: Look): Proof {
  const { incident, replacement, state, group } = look;
  const id = incident.resource.id;
  if (group === null) {
    const seen = `the group ${replacement.group} is gone, and ${id} is ${state}`;
    return { kind: 'proven', seen, closedBy: 'another', successor: null };
  }
  if (state === 'terminated') return afterTermination(look, group);
  const member = group.members.find((it) => it.id === id);
  if (member !== undefined && isKeptAlive(member)) return keptAlive(look, member);
  if (member?.lifecycleState === 'InService' && state === 'running') return stillInService(look, member);
  const away = whereItIsKept(member);
  if (away !== null && STAYS.includes(state) && isSettled(look)) {
    return { kind: 'undone', why: `${id} is ${state} ${away}: Auto Scaling will not replace it there` };
  }
  return pending(look, `${id} is ${state} (${member?.lifecycleState ?? 'out of the group'})`);
}

/** EC2's words for what does not change by itself. */
const STAYS = ['running', 'stopped'];

/** Somebody took it out of the group, or out of service, after the act: nobody ends it, and no successor comes for it. */
function whereItIsKept(member: GroupMember | undefined): string | null {
  if (member === undefined) return 'and out of the group';
  const meaning = meaningOfState(member);
  const kept = meaning?.act === 'hold' && meaning.guard === 'protected' && !meaning.passing;
  return kept ? `in ${member.lifecycleState}` : null;
}

const isSettled = ({ replacement, now }: Look): boolean =>
  secondsBetween(replacement.startedAt, now) > ACT_SETTLES_SECONDS;

function afterTermination(look: Look, group: AutoScalingGroup): Proof {
  const { incident } = look;
  const { name, members, desired } = group;
  const id = incident.resource.id;
  // Auto Scaling may list it for a while after EC2 has ended it.
  const inService = members.filter((member) => member.id !== id && carriesLoad(member));
  const capacity = `${capacityOf(inService)} of ${desired} in service`;
  const successor = successorIn(look, group);
  if (successor !== null) {
    const seen = `${id} terminated, ${successor} in service in ${name} (${capacity}, desired capacity ${desired})`;
    return { kind: 'proven', seen, closedBy: 'undrift', successor };
  }
  if (capacityOf(inService) >= desired) {
    const seen = `${id} terminated; ${name} needs no successor (${capacity})`;
    return { kind: 'proven', seen, closedBy: 'undrift', successor: null };
  }
  return pending(look, `no successor in service in ${name} yet (${capacity})`);
}

/** In service and healthy, not there before, and the replacement of no other. */
function successorIn({ incident, replacement, paired }: Look, { members }: AutoScalingGroup): string | null {
  const before = new Set([...replacement.membersBefore, ...paired, incident.resource.id]);
  return members.find((it) => carriesLoad(it) && !before.has(it.id))?.id ?? null;
}

/** The replacement, and when it was first seen in service: draining or a hook may keep the modified instance for long after. */
export function firstInService(look: Look): InService | null {
  const id = look.group === null ? null : successorIn(look, look.group);
  if (id === null) return null;
  const known = look.replacement.inService;
  return known?.id === id ? known : { id, since: look.now.toISOString() };
}

/** Marked unhealthy, it serves until its successor does; otherwise the act had no effect. */
function stillInService(look: Look, { id, healthy }: GroupMember): Proof {
  const { incident, replacement } = look;
  const act = incident.decision.remediation;
  const marked = act?.action === 'replace-instance' && act.how === 'launch-first' && !healthy;
  if (marked) return pending(look, `${id} is marked unhealthy, and serves until its successor does`);
  const why = `${id} is still in service in ${replacement.group}`;
  if (isSettled(look)) return { kind: 'undone', why };
  return { kind: 'pending', why, retryAfter: LOOK_AGAIN_SECONDS, overdue: false };
}

/** The altered machine still runs. A hook may hold it for as long as a successor may take; retained is for ever. */
function keptAlive(look: Look, { id, lifecycleState }: GroupMember): Proof {
  const waited = secondsBetween(look.replacement.startedAt, look.now);
  const retained = lifecycleState === 'Terminating:Retained';
  const overdue = retained || isOverdue(look);
  return {
    kind: 'pending',
    why: `the altered ${id} still runs: it is kept alive in ${lifecycleState}`,
    retryAfter: overdue ? KEPT_LOOK_AGAIN_SECONDS : LOOK_AGAIN_SECONDS,
    overdue,
    keptDays: Math.floor(waited / DAY_SECONDS),
  };
}

function pending(look: Look, why: string): Proof {
  return { kind: 'pending', why, retryAfter: LOOK_AGAIN_SECONDS, overdue: isOverdue(look) };
}

function isOverdue({ replacement, now, successorMinutes }: Look): boolean {
  return secondsBetween(replacement.startedAt, now) > successorMinutes * 60;
}
