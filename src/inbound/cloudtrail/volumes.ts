/** Calls about the volumes of an instance. */
import { attempt, field, isAbsent, oneOf, type Place, readEach, soft } from '../reader.ts';
import { instanceId, volumeId } from '../values.ts';
import { type CallParser, type CallTable, onInstance, onTargets, signal, told } from './call.ts';
import { bodyOf } from './shapes.ts';

const attachVolume: CallParser = (call) => {
  const device = told(field(call.request, 'device'));
  const volume = volumeBeside(field(call.request, 'volumeId'));
  return onInstance(instanceId(field(call.request, 'instanceId')), {
    kind: 'volume-attached',
    volumeId: volume,
    device,
  });
};

/** Of a volume that stands beside an instance, which is what was acted on. */
const volumeBeside = (place: Place) => attempt(() => volumeId(place));

/** The call may leave the instance out: then the answer names it, as the volume is in use by one only. */
const detachVolume: CallParser = (call) => {
  const asked = oneOf(call.request, 'volumeId', 'VolumeId');
  const volume = volumeBeside(asked);
  const detached = signal('volume-detached', volume, volume ?? '');
  const named = [field(call.request, 'instanceId'), soft(call.response, 'instanceId')];
  const [id] = readEach(
    named.filter((place) => !isAbsent(place)),
    instanceId,
  ).found;
  return id === undefined ? onTargets(`volume=${volumeId(asked)}`, detached) : onInstance(id, detached);
};

/** `ModifyVolumeRequest.{VolumeId, Size, VolumeType, Iops}`: names a volume and no instance, which has to be looked up. */
const modifyVolume: CallParser = (call) => {
  const volume = volumeId(oneOf(bodyOf(call.request, 'ModifyVolumeRequest'), 'VolumeId', 'volumeId'));
  return onTargets(`volume=${volume}`, signal('volume-modified', volume, volume));
};

/** `CreateReplaceRootVolumeTaskRequest.{InstanceId, SnapshotId | ImageId}`; without either, as it was launched. */
const replaceRootVolume: CallParser = (call) => {
  const body = bodyOf(call.request, 'CreateReplaceRootVolumeTaskRequest');
  const source = told(oneOf(body, 'SnapshotId', 'snapshotId', 'ImageId', 'imageId'));
  const id = instanceId(oneOf(body, 'InstanceId', 'instanceId'));
  return onInstance(id, signal('root-volume-replaced', source === null ? null : `from ${source}`, source ?? ''));
};

export const VOLUME_CALLS: CallTable = {
  AttachVolume: attachVolume,
  CreateReplaceRootVolumeTask: replaceRootVolume,
  DetachVolume: detachVolume,
  ModifyVolume: modifyVolume,
};
