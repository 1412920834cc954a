/**
 * The SDK clients, one function each, so that a unit's bundle holds only those that it calls. Each names its unit in the
 * user agent: whoever reads CloudTrail sees `undrift/<unit>` beside our calls (for people; it is never a reason to trust).
 */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { CALL_CAP, type Service } from '../domain/time-budget.ts';
import type { Deadline } from './deadline.ts';
import { within } from './within.ts';

/** What the adapter of fleets speaks with. */
export type FleetClients = {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly iam: IAMClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
};

/** Milliseconds. */
const CONNECT = 1_000;

/** An attempt may take half of the call's cap: one that hangs leaves time for another, on a new connection. */
function settings(unit: string, service: Service) {
  return {
    maxAttempts: 5,
    retryMode: 'standard',
    customUserAgent: [['undrift', unit]] as [string, string][],
    // Without `throwOnRequestTimeout` the SDK only warns when the time is over, and waits on.
    requestHandler: {
      connectionTimeout: CONNECT,
      requestTimeout: CALL_CAP[service] / 2,
      throwOnRequestTimeout: true,
    },
  };
}

export function ec2Client(unit: string, deadline: Deadline): EC2Client {
  return within(deadline, 'ec2', new EC2Client(settings(unit, 'ec2')));
}

export function autoScalingClient(unit: string, deadline: Deadline): AutoScalingClient {
  return within(deadline, 'auto-scaling', new AutoScalingClient(settings(unit, 'auto-scaling')));
}

export function iamClient(unit: string, deadline: Deadline): IAMClient {
  return within(deadline, 'iam', new IAMClient(settings(unit, 'iam')));
}

export function loadBalancingClient(unit: string, deadline: Deadline): ElasticLoadBalancingV2Client {
  return within(deadline, 'load-balancing', new ElasticLoadBalancingV2Client(settings(unit, 'load-balancing')));
}

export function cloudTrailClient(unit: string, deadline: Deadline): CloudTrailClient {
  return within(deadline, 'cloudtrail', new CloudTrailClient(settings(unit, 'cloudtrail')));
}

export function dynamoClient(unit: string, deadline: Deadline): DynamoDBClient {
  return within(deadline, 'dynamodb', new DynamoDBClient(settings(unit, 'dynamodb')));
}

export function snsClient(unit: string, deadline: Deadline): SNSClient {
  return within(deadline, 'sns', new SNSClient(settings(unit, 'sns')));
}

export function sqsClient(unit: string, deadline: Deadline): SQSClient {
  return within(deadline, 'sqs', new SQSClient(settings(unit, 'sqs')));
}

export function ssmClient(unit: string, deadline: Deadline): SSMClient {
  return within(deadline, 'ssm', new SSMClient(settings(unit, 'ssm')));
}
