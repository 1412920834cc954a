import { type Guard, HOUR, type InstanceCase } from './guard.ts';
import { objectionsIn } from './obstacles.ts';

/**
 * Nothing is replaced that would lose or strand something: instance store, volumes that outlive it or did not come with
 * it, further interfaces, Elastic IPs.
 */
export const stateAtRisk: Guard<InstanceCase> = {
  name: 'state-at-risk',
  check: (subject) => {
    const risks = objectionsIn(subject, ['further-volumes', 'further-interfaces', 'elastic-ip', 'instance-store']);
    return risks.length === 0 ? null : { reason: `${subject.instance.id}: ${risks.join('; ')}`, retryAfter: HOUR };
  },
};
