import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * Clients of a cloud, from the variables that `startCloud` answers with: the person's, not undrift's.
 * @param {Record<string, string>} env
 */
export function clientsOf(env) {
  const region = env.AWS_REGION;
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  const main = { region, credentials, endpoint: env.AWS_ENDPOINT_URL };
  return {
    ec2: new EC2Client({ ...main, endpoint: env.AWS_ENDPOINT_URL_EC2 }),
    autoScaling: new AutoScalingClient({ ...main, endpoint: env.AWS_ENDPOINT_URL_AUTO_SCALING }),
    loadBalancing: new ElasticLoadBalancingV2Client({
      ...main,
      endpoint: env.AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2,
    }),
    events: new EventBridgeClient(main),
    iam: new IAMClient(main),
    sns: new SNSClient(main),
    sqs: new SQSClient(main),
    ssm: new SSMClient(main),
    dynamo: new DynamoDBClient(main),
  };
}

/** @typedef {ReturnType<typeof clientsOf>} Clients */
