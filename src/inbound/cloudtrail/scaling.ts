/** Calls to Auto Scaling that take an instance away from its group, and those that undrift makes itself. */
import type { SignalId } from '../../domain/signal.ts';
import { field, malformed } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type CallParser, type CallTable, onInstance, onInstances, signal, told } from './call.ts';
import { idsIn } from './shapes.ts';

/** `{instanceIds: ["i-…"], autoScalingGroupName}` */
function ofMembers(id: SignalId, says: string): CallParser {
  return (call) => {
    const listed = field(call.request, 'instanceIds');
    const ids = idsIn(listed, 'instanceId', 'InstanceId');
    if (ids.length === 0) throw malformed(listed, 'the instances that the call names');
    return onInstances(ids, signal(id, told(field(call.request, says))));
  };
}

/** Ends an instance only: matters when our own role made it and we know nothing of it. */
const closing: CallParser = (call) =>
  onInstance(instanceId(field(call.request, 'instanceId')), { kind: 'closing-call' });

export const SCALING_CALLS: CallTable = {
  DetachInstances: ofMembers('instance-detached', 'autoScalingGroupName'),
  EnterStandby: ofMembers('instance-in-standby', 'autoScalingGroupName'),
  SetInstanceHealth: closing,
  SetInstanceProtection: ofMembers('scale-in-protection-changed', 'protectedFromScaleIn'),
  TerminateInstanceInAutoScalingGroup: closing,
};
