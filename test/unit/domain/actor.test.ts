import { describe, expect, it } from 'vitest';
import { type Actor, principalOf, UNKNOWN_ACTOR } from '../../../src/domain/actor.ts';

const ROLE = 'arn:aws:iam::123456789012:role/team/ci';
const session: Actor = {
  ...UNKNOWN_ACTOR,
  type: 'AssumedRole',
  arn: 'arn:aws:sts::123456789012:assumed-role/ci/build-1',
  issuerArn: ROLE,
};

describe('the principal of an actor', () => {
  it('is the role behind a session, whatever its holder names the session, its source or its tags', () => {
    expect(principalOf(session)).toBe(ROLE);
    const arn = 'arn:aws:sts::123456789012:assumed-role/ci/build-2';
    expect(principalOf({ ...session, arn, sourceIdentity: 'somebody else' })).toBe(ROLE);
  });

  it('is the name of the role where the record does not say who issued the session', () => {
    expect(principalOf({ ...session, issuerArn: null })).toBe('arn:aws:sts::123456789012:assumed-role/ci');
  });

  it.each(['arn:aws:iam::123456789012:user/division/kim', 'arn:aws-cn:iam::123456789012:root'])(
    'is the caller itself where that is a user: %s',
    (arn) => {
      expect(principalOf({ ...UNKNOWN_ACTOR, type: 'IAMUser', arn })).toBe(arn);
    },
  );

  it('is the service where AWS itself called', () => {
    const invokedBy = 'autoscaling.amazonaws.com';
    expect(principalOf({ ...UNKNOWN_ACTOR, type: 'AWSService', invokedBy })).toBe(invokedBy);
  });

  it.each([
    UNKNOWN_ACTOR,
    { ...UNKNOWN_ACTOR, type: 'FederatedUser', arn: 'arn:aws:sts::123456789012:federated-user/any-name' },
    { ...UNKNOWN_ACTOR, type: 'IAMUser', arn: 'kim', sourceIdentity: 'kim' },
    { ...UNKNOWN_ACTOR, type: 'Unknown', invokedBy: 'AWS Internal' },
  ])('is not known where the record names none: %o', (actor) => {
    expect(principalOf(actor)).toBeNull();
  });
});
