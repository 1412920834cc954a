import { outByThemselves, type Peers } from '../domain/budget.ts';
import { firstOf } from '../domain/first-of.ts';
import { WAITING_SECONDS } from '../domain/line.ts';
import { capacityOf } from '../domain/member-state.ts';
import type { Guard, InstanceCase } from './guard.ts';

/**
 * The others must carry the load. Members that are out by themselves count against the budget of the group: with a budget
 * of one, every peer must be in service and healthy. Those that undrift has out hold slots, and are counted there.
 */
export const unhealthyPeers: Guard<InstanceCase> = {
  name: 'unhealthy-peers',
  check: ({ group, member, allowance, peers, holders }) => {
    const inService = capacityOf(group.members.filter(({ id }) => peers.serving.includes(id)));
    const others = group.desired - member.weight;
    const out = outByThemselves(holders, peers);
    if (out === 0 || out < allowance.limit) return null;
    const unit = member.weight === 1 ? 'other instances' : 'units of the others';
    return {
      reason: `only ${inService} of the ${others} ${unit} of ${group.name} are in service and healthy${warmingWords(peers)}`,
      retryAfter: WAITING_SECONDS,
    };
  },
};

function warmingWords({ warming = [] }: Peers): string {
  return warming.length === 0
    ? ''
    : `; ${firstOf(warming, 3)} took the place of others, and warm up or are not healthy in a target group`;
}
