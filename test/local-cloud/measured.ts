/** What the deployed functions measured, and what lies in the deployed queues, as data of CloudWatch. */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Datum } from '../alarms/alarm.ts';
import type { Deployed } from './deployed.ts';

type Directive = { readonly Dimensions: readonly (readonly string[])[]; readonly Metrics: readonly { Name: string }[] };

const minuteOf = (milliseconds: number) => Math.floor(milliseconds / 60_000);
const FUNCTIONS = ['security-groups', 'instances', 'networks', 'recheck'];

/**
 * The lines of the embedded metric format in the functions' log groups. Each counts once for every set of dimensions (CloudWatch User
 * Guide, "Embedded metric format specification").
 */
export async function metricsOf(at: Deployed): Promise<readonly Datum[]> {
  const logs = await Promise.all(FUNCTIONS.map((name) => linesOf(at, `/aws/lambda/undrift-dev-${name}`)));
  return logs.flat().flatMap((line) => (line.startsWith('{"_aws"') ? dataOf(JSON.parse(line)) : []));
}

type Page = { readonly events?: readonly { readonly message: string }[]; readonly nextToken?: string };

/** CloudWatch Logs, FilterLogEvents. */
async function linesOf({ cloud }: Deployed, logGroupName: string): Promise<readonly string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await fetch(String(cloud.env.AWS_ENDPOINT_URL), {
      method: 'POST',
      headers: {
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        'content-type': 'application/x-amz-json-1.1',
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request',
      },
      body: JSON.stringify({ logGroupName, nextToken }),
    });
    const page = (await answer.json()) as Page;
    lines.push(...(page.events ?? []).flatMap(({ message }) => message.split('\n')));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

function dataOf(said: Readonly<Record<string, unknown>>): readonly Datum[] {
  const { Timestamp, CloudWatchMetrics } = said._aws as {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly Directive[];
  };
  return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => ({
        metric: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(said[name])])),
        minute: minuteOf(Timestamp),
        value: Number([said[Name]].flat()[0]),
      })),
    ),
  );
}

/** A queue as SQS would measure it now, for the minute that is given. */
export async function queueNow({ clients }: Deployed, QueueUrl: string, minute: number): Promise<readonly Datum[]> {
  const [visible, hidden] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [visible, hidden] });
  const { Attributes = {} } = await clients.sqs.send(command);
  const dimensions = { QueueName: QueueUrl.split('/').at(-1) ?? '' };
  const datum = (metric: string, value: string | undefined) => ({ metric, dimensions, minute, value: Number(value) });
  return [
    datum('ApproximateNumberOfMessagesVisible', Attributes[visible]),
    datum('ApproximateNumberOfMessagesNotVisible', Attributes[hidden]),
  ];
}
