import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/** Nothing is replaced that would lose or strand something: volumes that outlive it, further interfaces, Elastic IPs. */
export const stateAtRisk: Guard<InstanceCase> = {
  name: 'state-at-risk',
  check: ({ instance }) => {
    const risks = [
      ...instance.volumes
        .filter((volume) => !volume.deleteOnTermination)
        .map((volume) => `volume ${volume.id} (${volume.device}) would outlive it`),
      ...instance.interfaces
        .filter((it) => it.deviceIndex > 0)
        .map((it) => `interface ${it.id} is attached as a further one`),
      ...instance.interfaces.filter((it) => it.elasticIp).map((it) => `interface ${it.id} holds an Elastic IP`),
    ];
    return risks.length === 0 ? null : { reason: `${instance.id}: ${risks.join('; ')}`, retryAfter: HOUR };
  },
};
