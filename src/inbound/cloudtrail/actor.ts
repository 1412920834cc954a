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
    sourceIdentity: optionalText(field(session, 'sourceIdentity')),
    invokedBy: optionalText(field(identity, 'invokedBy')),
  };
}
