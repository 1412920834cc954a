import {
  type AutoScalingClient,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { ReplacementOrder } from '../domain/decision.ts';
import type { Sent } from '../roles.ts';
import { AwsRefused, ask, isCode } from './errors.ts';

/**
 * The two ways to have an instance replaced. An instance that Auto Scaling no longer manages is already gone: no request
 * is recorded, as none had an effect. @throws Retryable, AwsRefused
 */
export async function replaceInstance(client: AutoScalingClient, id: string, how: ReplacementOrder): Promise<Sent> {
  try {
    const answer = await (how === 'launch-first' ? markUnhealthy(client, id) : terminate(client, id));
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (unmanaged(error)) return { requestId: null };
    throw error;
  }
}

/**
 * "If the Auto Scaling group of the specified instance has a HealthCheckGracePeriod specified for the group, by default,
 * this call respects the grace period" (API Reference, SetInstanceHealth): then a young instance would stay.
 */
function markUnhealthy(client: AutoScalingClient, InstanceId: string) {
  const command = new SetInstanceHealthCommand({
    InstanceId,
    HealthStatus: 'Unhealthy',
    ShouldRespectGracePeriod: false,
  });
  return ask('autoscaling', 'SetInstanceHealth', () => client.send(command));
}

function terminate(client: AutoScalingClient, InstanceId: string) {
  const command = new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false });
  return ask('autoscaling', 'TerminateInstanceInAutoScalingGroup', () => client.send(command));
}

/** "ValidationError … Instance Id not found - No managed instance found for instance ID". */
function unmanaged(error: unknown): boolean {
  if (!(error instanceof AwsRefused)) return false;
  return isCode(error, 'ValidationError') && /no managed instance found|instance id not found/i.test(error.message);
}
