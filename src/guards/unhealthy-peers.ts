import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/**
 * The others must carry the load. Members that are out already, for whatever reason, count against the budget of the
 * group: with a budget of one, every peer must be in service and healthy.
 */
export const unhealthyPeers: Guard<InstanceCase> = {
  name: 'unhealthy-peers',
  check: ({ group, instance, policy }) => {
    const inService = group.members.filter(
      (peer) => peer.id !== instance.id && peer.lifecycleState === 'InService' && peer.healthy,
    ).length;
    const out = group.desired - 1 - inService;
    if (out <= 0 || out < policy.budget.perGroup) return null;
    return {
      reason: `only ${inService} of the ${group.desired - 1} other instances of ${group.name} are in service and healthy`,
      retryAfter: MINUTE,
    };
  },
};
