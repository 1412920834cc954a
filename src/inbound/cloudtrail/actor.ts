import type { Actor } from '../../domain/actor.ts';
import { type Place, soft, softText } from '../reader.ts';

/** `userIdentity`, of which every field may be missing. What cannot be read is null, by which nobody is trusted or excused. */
export function actorOf(record: Place): Actor {
  const identity = soft(record, 'userIdentity');
  const session = soft(identity, 'sessionContext');
  return {
    arn: softText(soft(identity, 'arn')),
    type: softText(soft(identity, 'type')),
    issuerArn: softText(soft(session, 'sessionIssuer.arn')),
    instanceId: ownRoleOf(identity),
    sourceIdentity: softText(soft(session, 'sourceIdentity')),
    invokedBy: softText(soft(identity, 'invokedBy')),
  };
}

/** EC2 names the session of an instance's own role after the instance, and marks how the credentials were delivered. */
function ownRoleOf(identity: Place): string | null {
  const delivered = softText(soft(identity, 'sessionContext.ec2RoleDelivery')) !== null;
  const session = softText(soft(identity, 'arn'))?.split('/').at(-1) ?? '';
  return delivered && /^i-[0-9a-f]{8,17}$/i.test(session) ? session : null;
}
