import type { Actor } from '../../domain/actor.ts';
import { field, optionalText, type Place } from '../reader.ts';

/** `userIdentity`, of which every field may be missing. */
export function actorOf(record: Place): Actor {
  const identity = field(record, 'userIdentity');
  const session = field(identity, 'sessionContext');
  return {
    arn: optionalText(field(identity, 'arn')),
    type: optionalText(field(identity, 'type')),
    issuerArn: optionalText(field(session, 'sessionIssuer.arn')),
    instanceId: ownRoleOf(identity),
    sourceIdentity: optionalText(field(session, 'sourceIdentity')),
    invokedBy: optionalText(field(identity, 'invokedBy')),
  };
}

/** EC2 names the session of an instance's own role after the instance, and marks how the credentials were delivered. */
function ownRoleOf(identity: Place): string | null {
  const delivered = optionalText(field(identity, 'sessionContext.ec2RoleDelivery')) !== null;
  const session = optionalText(field(identity, 'arn'))?.split('/').at(-1) ?? '';
  return delivered && /^i-[0-9a-f]{8,17}$/i.test(session) ? session : null;
}
