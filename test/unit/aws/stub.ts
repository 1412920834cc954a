import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';

type Input = Readonly<Record<string, unknown>>;
type Asked = { readonly action: string; readonly input: Input };
type Answers = Readonly<Record<string, (input: Input) => unknown>>;

/** A client that answers by the name of the command; an answer that is an error is thrown. */
export function stub(answers: Answers) {
  const asked: Asked[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
    const action = command.constructor.name.replace(/Command$/, '');
    asked.push({ action, input: command.input });
    const answer = answers[action]?.(command.input);
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw new Error(`${action} is not expected`);
    return { $metadata: { requestId: `request-${asked.length}` }, ...(answer as object) };
  };
  return {
    asked,
    client: { send } as unknown as EC2Client & AutoScalingClient & IAMClient & SQSClient & ElasticLoadBalancingV2Client,
  };
}

/** An error as the SDK throws it. */
export function awsError(name: string, message = name, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } });
}
