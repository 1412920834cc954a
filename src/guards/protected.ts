import { meaningOfState } from '../domain/member-state.ts';
import { type Guard, HOUR, type InstanceCase, MINUTE } from './guard.ts';
import { objectionsIn } from './obstacles.ts';

/**
 * Scale-in and termination protection, Standby and the like do not stop TerminateInstanceInAutoScalingGroup; somebody set
 * them for a reason, so they are honoured. What is on its way into service is waited for.
 */
export const protectedInstance: Guard<InstanceCase> = {
  name: 'protected',
  check: (subject) => {
    const { instance, member } = subject;
    const [reason] = objectionsIn(subject, ['scale-in-protection', 'termination-protection']);
    if (reason !== undefined) return { reason, retryAfter: HOUR };
    const meaning = meaningOfState(member);
    if (meaning?.act !== 'hold' || meaning.guard !== 'protected') return null;
    const state = `${instance.id} is ${plainly(member.lifecycleState)}`;
    return { reason: state, retryAfter: meaning.passing ? MINUTE : HOUR };
  },
};

function plainly(state: string): string {
  if (state === 'Standby') return 'in Standby';
  if (state.startsWith('Warmed:')) return `${state}: it belongs to the warm pool`;
  if (state === 'Terminating:Retained') return `${state}: it was to be terminated, and is kept running`;
  return state;
}
