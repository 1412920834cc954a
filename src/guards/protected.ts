import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/**
 * Scale-in protection and Standby do not stop TerminateInstanceInAutoScalingGroup; somebody set them for a reason, so
 * they are honoured.
 */
export const protectedInstance: Guard<InstanceCase> = {
  name: 'protected',
  check: ({ instance, member }) => {
    if (member.protectedFromScaleIn) return { reason: `${instance.id} is protected from scale-in`, retryAfter: HOUR };
    if (member.lifecycleState === 'Standby') return { reason: `${instance.id} is in Standby`, retryAfter: HOUR };
    return null;
  },
};
