import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/policy/load.ts';
import { MINIMAL, withExamples } from './documents.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const ROLE = 'arn:aws:iam::123456789012:role/';
const SSO = `${ROLE}aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`;

/** MINIMAL has five lines: the list is line 6, the entry line 7, its second key line 8. */
function warnings(...lines: readonly string[]): readonly string[] {
  const entry = lines.map((line) => `    ${line}\n`).join('');
  return loadPolicy(`${MINIMAL}trustedActors:\n  - id: a\n${entry}`, 'policy.yml', NOW).warnings;
}

describe('what a trust implies is told with its line', () => {
  it.each<[string, string, string]>([
    [`role: "arn:aws:iam::*:role/deploy"`, 'fits every account that has such a role', 'write the twelve digits'],
    [`user: "arn:aws:iam::*:user/ci"`, 'fits every account that has such a user', 'write the twelve digits'],
    [`role: "${ROLE}deploy-*"`, 'fits every role so named', '(iam:CreateRole)'],
    [`role: "${ROLE}team-?/deploy"`, 'fits every role so named', 'write the whole name'],
    [`user: "arn:aws:iam::123456789012:user/ci-*"`, 'fits every user so named', '(iam:CreateUser)'],
    [`role: "${ROLE}*-deploy"`, 'fits every role so named', 'write the whole name'],
    [`role: "${ROLE}a*/sso.*/*/AWS*"`, 'also fits roles of people', 'write the path'],
    [`role: "${SSO}"`, 'is people who sign in through IAM Identity Center', 'name the role of the pipeline'],
    [`role: "${ROLE}AWSReservedSSO_Admin_x"`, 'is people who sign in through', 'name the role of the pipeline'],
    [`role: "${ROLE}cdk-hnb659fds-cfn-exec-role"`, 'a role that CloudFormation is given', 'iam:PassRole'],
    [`role: "${ROLE}CloudFormationExecution"`, 'a role that CloudFormation is given', 'keep that right'],
    [`role: "${ROLE}web-instance-role"`, 'the role of an instance profile', 'take the entry out'],
    [`role: "${ROLE}eks-prod-NodeInstanceRole-1A2B"`, 'the role of an instance profile', 'take the entry out'],
    [`role: "${ROLE}AmazonEKSNodeRole"`, 'the role of an instance profile', 'take the entry out'],
    [`role: "${ROLE}web-ec2"`, 'the role of an instance profile', 'take the entry out'],
    ['service: cloudformation.amazonaws.com', 'does what it was told to', 'iam:PassRole'],
    ['service: ssm.amazonaws.com', 'does what it was told to', 'name the role that it works under'],
  ])('%s', (line, implies, mend) => {
    const told = warnings(line);
    expect(told).toHaveLength(1);
    const key = line.split(':')[0];
    expect(told[0]).toMatch(new RegExp(`^policy\\.yml:8:5 warning: trustedActors\\[0\\]\\.${key}: `));
    expect(told[0]).toContain(implies);
    expect(told[0]).toContain(mend);
  });

  it('a source identity of a user fits nobody', () => {
    expect(warnings('user: "arn:aws:iam::123456789012:user/ci"', 'sourceIdentity: github-actions')).toEqual([
      expect.stringMatching(
        /^policy\.yml:9:5 warning: trustedActors\[0\]\.sourceIdentity: .*fits nobody; name the role/,
      ),
    ]);
  });

  it.each([
    [`role: "${ROLE}deploy"`],
    [`role: "${ROLE}deploy"`, 'sourceIdentity: github-*'],
    [`role: "${ROLE}ci/deploy"`],
    [`role: "${ROLE}instance-refresh-deploy"`],
    [`role: "${ROLE}ec2-deploy"`],
    [`role: "${ROLE}AmazonEKS_EBS_CSI_DriverRole"`],
    ['role: "arn:aws:iam::*:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*"'],
    [
      `role: "${ROLE}aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"`,
      'documents: [AWS-RunPatchBaseline]',
    ],
    ['user: "arn:aws:iam::123456789012:user/ci"'],
    ['service: autoscaling.amazonaws.com'],
    ['service: eks-nodegroup.amazonaws.com'],
  ])('none of %s', (...lines) => {
    expect(warnings(...lines)).toEqual([]);
  });

  it('several come in the order of the file', () => {
    const text = `${MINIMAL}budget: { perHour: 0 }\ntrustedActors:\n  - { id: a, role: "${ROLE}x-*" }\n`;
    const told = loadPolicy(text, 'policy.yml', NOW).warnings;
    expect(told.map((line) => line.split(' warning: ')[0])).toEqual(['policy.yml:6:11', 'policy.yml:8:14']);
  });
});

describe('the examples of policy.yml', () => {
  it('imply nothing that is warned of', () => {
    const text = readFileSync('policy.yml', 'utf8');
    const { policy, warnings: told } = loadPolicy(withExamples(text), 'policy.yml', NOW);
    expect(policy.trustedActors.map(({ id }) => id)).toEqual([
      'deployment',
      'ebs-csi-driver',
      'vpc-cni',
      'patching',
      'state-manager',
      'image-builder',
      'backup',
      'quick-setup',
    ]);
    expect(told).toEqual([]);
  });
});
