import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import type { Deployed } from '../deployed.ts';
import { checkRecordedCalls } from '../rights.ts';
import { templateOf } from './patterns.ts';

/** What CloudFormation called each resource. */
export async function physicalIds({ cloud }: Deployed): Promise<Readonly<Record<string, string>>> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = cloud.env.AWS_ENDPOINT_URL;
  const client = new CloudFormationClient({ region: 'us-east-1', credentials, ...(endpoint && { endpoint }) });
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: 'undrift-dev' }));
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

export function rightsScenarios(deployed: () => Deployed): void {
  it('allow every call that was seen on the wire', async () => {
    const at = deployed();
    const { refusals, used } = await checkRecordedCalls(
      at.cloud.callsFile,
      await templateOf(at),
      await physicalIds(at),
    );
    expect(refusals).toEqual([]);
    // A run that saw nothing has shown nothing. (A worker asks SSM only where the copy of the pause flag is old: not in each run.)
    expect(used.securityGroups).toEqual(
      expect.arrayContaining([
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'ec2:DescribeSecurityGroupRules',
        'ec2:DescribeSecurityGroups',
        'ec2:RevokeSecurityGroupIngress',
        'sns:Publish',
        'sqs:SendMessage',
      ]),
    );
    expect(used.instances).toEqual(
      expect.arrayContaining([
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeAutoScalingInstances',
        'autoscaling:DescribeInstanceRefreshes',
        'autoscaling:TerminateInstanceInAutoScalingGroup',
        'dynamodb:PutItem',
        'ec2:DescribeInstanceAttribute',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplateVersions',
        'iam:GetInstanceProfile',
        'sns:Publish',
      ]),
    );
    expect(used.networks).toEqual(
      expect.arrayContaining([
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroupRules',
        'ec2:DescribeSecurityGroups',
        'ec2:ModifyNetworkInterfaceAttribute',
        'sns:Publish',
      ]),
    );
    expect(used.recheck).toEqual(
      expect.arrayContaining([
        'dynamodb:Query',
        'sns:ListSubscriptionsByTopic',
        'sns:Publish',
        'sqs:SendMessage',
        'ssm:GetParameter',
      ]),
    );
  });
}
