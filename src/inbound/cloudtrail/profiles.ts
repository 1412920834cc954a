/** Calls that change which IAM instance profile an instance has. */
import { firstReadable, soft, softText } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type CallParser, onInstance } from './call.ts';

/** `requestParameters.AssociateIamInstanceProfileRequest.{InstanceId, IamInstanceProfile: {Name | Arn}}`. */
export const associateProfile = profileParser('AssociateIamInstanceProfile');
/** Names an association; the instance is in `responseElements.ReplaceIamInstanceProfileAssociationResponse` only. */
export const replaceProfile = profileParser('ReplaceIamInstanceProfileAssociation');
/** Names an association, too, and no profile: the instance is left without one. */
export const disassociateProfile = profileParser('DisassociateIamInstanceProfile');

function profileParser(action: string): CallParser {
  return (call) => {
    const asked = soft(call.request, `${action}Request`);
    const profile = soft(asked, 'IamInstanceProfile');
    const answered = `${action}Response.iamInstanceProfileAssociation.instanceId`;
    const id = firstReadable(instanceId, soft(asked, 'InstanceId'), soft(call.response, answered));
    const named = softText(soft(profile, 'Arn')) ?? softText(soft(profile, 'Name'));
    return onInstance(id, { kind: 'instance-profile-changed', profile: named });
  };
}
