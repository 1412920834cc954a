/**
 * The SDK clients, one function each, so that a unit's bundle holds only those that it calls. Each names its unit in the
 * user agent: whoever reads CloudTrail sees `undrift/<unit>` beside our calls (for people; it is never a reason to trust).
 */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/** Milliseconds. A call that hangs must cost less than the function's time-out, so that it is told as what it is. */
const CONNECT = 1_000;
const NEARBY = 3_000;
/** Reads of EC2 and Auto Scaling over many resources take seconds on a bad day. */
const FARAWAY = 8_000;

/** What the adapter of fleets speaks with. */
export type FleetClients = {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly iam: IAMClient;
};

function settings(unit: string, requestTimeout: number) {
  return {
    maxAttempts: 5,
    retryMode: 'standard',
    customUserAgent: [['undrift', unit]] as [string, string][],
    // Without `throwOnRequestTimeout` the SDK only warns when the time is over, and waits on.
    requestHandler: { connectionTimeout: CONNECT, requestTimeout, throwOnRequestTimeout: true },
  };
}

export function ec2Client(unit: string): EC2Client {
  return new EC2Client(settings(unit, FARAWAY));
}

export function autoScalingClient(unit: string): AutoScalingClient {
  return new AutoScalingClient(settings(unit, FARAWAY));
}

/** It may answer from another continent, or not at all, and nothing waits for it: two tries tell. */
export function iamClient(unit: string): IAMClient {
  return new IAMClient({ ...settings(unit, NEARBY), maxAttempts: 2 });
}

export function dynamoClient(unit: string): DynamoDBClient {
  return new DynamoDBClient(settings(unit, NEARBY));
}

export function snsClient(unit: string): SNSClient {
  return new SNSClient(settings(unit, NEARBY));
}

export function sqsClient(unit: string): SQSClient {
  return new SQSClient(settings(unit, NEARBY));
}

export function ssmClient(unit: string): SSMClient {
  return new SSMClient(settings(unit, NEARBY));
}
