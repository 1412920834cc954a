import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/domain/actor.ts';
import { arnMatches } from '../../../src/policy/arn.ts';
import { matches, type Subject } from '../../../src/policy/select.ts';
import { SELECTOR_KEYS } from '../../../src/policy/selector-keys.ts';
import { trustedBy } from '../../../src/policy/trust.ts';
import { basePolicy } from './policies.ts';
import { DEPLOYER } from './subjects.ts';

const IAM = 'arn:aws:iam::123456789012:';
const AUTO_SCALING = 'role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';

describe('an ARN fits a pattern part by part', () => {
  it.each<[string, string, boolean]>([
    [`${IAM}role/deploy`, `${IAM}role/deploy`, true],
    [`${IAM}role/dep*`, `${IAM}role/deploy`, true],
    ['arn:*:iam::*:role/deploy', 'arn:aws-cn:iam::210987654321:role/deploy', true],
    [`${IAM}role/*/deploy`, `${IAM}role/ci/deploy`, true],
    ['arn:aws:sts::*:assumed-role/deploy/*', 'arn:aws:sts::123456789012:assumed-role/deploy/run-17', true],
    ['arn:*:securityhub:*::product/aws/*', 'arn:aws:securityhub:eu-west-1::product/aws/inspector', true],
    // A wildcard stays within its part, whatever stands beside it.
    [`${IAM}role/*`, `${IAM}role/ci/deploy`, false],
    [`${IAM}role/*/deploy`, `${IAM}role/a/b/deploy`, false],
    [`${IAM}*`, `${IAM}role/deploy`, false],
    [`arn:aws:iam::*:${AUTO_SCALING}*`, `${IAM}role/x:${AUTO_SCALING}_x`, false],
    [`arn:*:iam::*:role/deploy`, `${IAM}role/x:iam::1:role/deploy`, false],
    [`${IAM}role/team?deploy`, `${IAM}role/team/deploy`, false],
    [`${IAM}role/team?deploy`, `${IAM}role/team:deploy`, false],
    ['arn:*', `${IAM}root`, false],
    ['*:aws:iam::123456789012:root', `${IAM}root`, false],
    ['arn:*:securityhub:*::product/aws/*', 'arn:aws:securityhub:eu-west-1:123456789012:product/aws/x', false],
    // What a part holds as it is written counts as it is written.
    [`${IAM}role/a:b/deploy`, `${IAM}role/a:b/deploy`, true],
    ['', '', false],
  ])('%s and %s: %s', (pattern, arn, expected) => {
    expect(arnMatches(pattern, arn)).toBe(expected);
  });
});

describe('a role whose path imitates another role', () => {
  const imitation: Actor = {
    ...DEPLOYER,
    arn: 'arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForAutoScaling_x/mallory',
    issuerArn: `${IAM}role/x:${AUTO_SCALING}_x`,
  };

  it('is not trusted', () => {
    const policy = { ...basePolicy(), trustedActors: [{ id: 'asg', role: `arn:aws:iam::*:${AUTO_SCALING}*` }] };
    const call = { actor: imitation, name: 'ModifyInstanceAttribute', account: '123456789012', resources: [] };
    expect(trustedBy(call, policy)).toBeNull();
    expect(trustedBy({ ...call, actor: { ...imitation, issuerArn: `${IAM}${AUTO_SCALING}_x` } }, policy)?.id).toBe(
      'asg',
    );
  });

  it('is not selected, by an exemption or by a mode', () => {
    const subject: Subject = { account: '123456789012', region: 'eu-west-1', actor: imitation };
    const select = { actor: [`arn:aws:iam::*:${AUTO_SCALING}*`] };
    expect(matches(select, subject, { keys: new Set(SELECTOR_KEYS), vpcs: 'every' })).toBe('no');
  });
});
