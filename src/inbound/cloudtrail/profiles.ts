/** Calls that change which IAM instance profile an instance has. */
import { field, isAbsent, optionalText, type Place } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type Call, type CallParser, onInstance } from './call.ts';

/** `requestParameters.AssociateIamInstanceProfileRequest.{InstanceId, IamInstanceProfile: {Name | Arn}}`. */
export const associateProfile = profileParser('AssociateIamInstanceProfile');
/** Names an association; the instance is in `responseElements.ReplaceIamInstanceProfileAssociationResponse` only. */
export const replaceProfile = profileParser('ReplaceIamInstanceProfileAssociation');
/** Names an association, too, and no profile: the instance is left without one. */
export const disassociateProfile = profileParser('DisassociateIamInstanceProfile');

function profileParser(action: string): CallParser {
  return (call) => {
    const asked = field(call.request, `${action}Request`);
    const profile = field(asked, 'IamInstanceProfile');
    const id = instanceId(instanceOf(asked, answerOf(call, action)));
    const named = optionalText(field(profile, 'Arn')) ?? optionalText(field(profile, 'Name'));
    return onInstance(id, { kind: 'instance-profile-changed', profile: named });
  };
}

function answerOf(call: Call, action: string): Place {
  return field(call.response, `${action}Response.iamInstanceProfileAssociation`);
}

function instanceOf(asked: Place, answered: Place): Place {
  const inRequest = field(asked, 'InstanceId');
  return isAbsent(inRequest) ? field(answered, 'instanceId') : inRequest;
}
