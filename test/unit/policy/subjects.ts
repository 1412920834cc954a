import type { Actor } from '../../../src/domain/actor.ts';
import type { Subject } from '../../../src/policy/select.ts';

export const DEPLOYER: Actor = {
  arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-17',
  type: 'AssumedRole',
  issuerArn: 'arn:aws:iam::123456789012:role/deploy',
  sourceIdentity: 'github-main',
  instanceId: null,
  invokedBy: null,
};

export const ALICE: Actor = {
  arn: 'arn:aws:iam::123456789012:user/alice',
  type: 'IAMUser',
  issuerArn: null,
  sourceIdentity: null,
  instanceId: null,
  invokedBy: null,
};

/** A security group of which everything is known. */
export const WEB_GROUP: Subject = {
  account: '123456789012',
  region: 'eu-west-1',
  vpcs: ['vpc-0123456789abcdef0'],
  securityGroup: { id: 'sg-0123456789abcdef0', name: 'web-public' },
  autoScalingGroup: null,
  instance: null,
  tags: { Env: 'prod', Team: 'web' },
  actor: ALICE,
};

/** An instance of an Auto Scaling group. */
export const WEB_INSTANCE: Subject = {
  account: '123456789012',
  region: 'eu-west-1',
  vpcs: ['vpc-0123456789abcdef0'],
  securityGroup: null,
  autoScalingGroup: 'web',
  instance: 'i-0123456789abcdef0',
  tags: { Env: 'prod' },
  actor: DEPLOYER,
};
