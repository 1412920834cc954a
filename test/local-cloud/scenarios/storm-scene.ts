/** What the storms have in common: many groups, opened at once, and what became of them. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { CreateSecurityGroupCommand, DescribeSecurityGroupsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { authorize, tcp } from '../../../scripts/scene/estate.mjs';
import { authorizeEvent } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import type { RecordedCall } from '../../recorded-calls.ts';
import { type Deployed, output } from '../deployed.ts';

/** A deployed stack whose functions meet faults. */
export type Faulty = Deployed & { readonly faults: NonNullable<Deployed['cloud']['faults']> };

const AT_ONCE = 16;
const EVENTS_A_CALL = 10;
const UNITS = ['SecurityGroups', 'Instances', 'Networks'];

/** The work of all items, some at a time. */
async function each<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** Groups without a rule. */
export async function makeGroups({ clients: { ec2 } }: Deployed, prefix: string, count: number): Promise<string[]> {
  const isDefault = { Filters: [{ Name: 'is-default', Values: ['true'] }] };
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand(isDefault));
  const VpcId = Vpcs[0]?.VpcId;
  return each(Array.from({ length: count }), async (_, at) => {
    const wish = { GroupName: `${prefix}-${at}`, Description: 'one of many', VpcId };
    return (await ec2.send(new CreateSecurityGroupCommand(wish))).GroupId ?? '';
  });
}

/** Opens SSH of every group to the world, then sends the events of all. @returns when the last event was sent */
export async function openAll({ clients }: Deployed, groupIds: readonly string[]): Promise<number> {
  const permission = tcp(22, '0.0.0.0/0');
  const events = await each(groupIds, async (groupId) =>
    authorizeEvent({ groupId, permission, rules: await authorize(clients, groupId, permission) }),
  );
  const batches = Array.from({ length: Math.ceil(events.length / EVENTS_A_CALL) }, (_, at) =>
    events.slice(at * EVENTS_A_CALL, (at + 1) * EVENTS_A_CALL),
  );
  await each(batches, async (batch) => {
    const Entries = batch.map((event) => ({
      Source: event.source,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
      Time: new Date(),
    }));
    const { FailedEntryCount } = await clients.events.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount) throw new Error(`${FailedEntryCount} events were not taken`);
  });
  return Date.now();
}

/** Those of the groups that still have an ingress rule, as EC2 itself describes them. */
export async function stillOpen({ clients: { ec2 } }: Deployed, groupIds: readonly string[]): Promise<string[]> {
  const wanted = new Set(groupIds);
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  return SecurityGroups.flatMap(({ GroupId = '', IpPermissions = [] }) =>
    wanted.has(GroupId) && IpPermissions.length > 0 ? [GroupId] : [],
  );
}

export const allClosed = (at: Deployed, groupIds: readonly string[], seconds: number) =>
  until(`${groupIds.length} groups closed`, async () => (await stillOpen(at, groupIds)).length === 0, {
    seconds,
    every: 5000,
  });

export type Revocation = { readonly groupId: string; readonly at: number };

/** Follows the rules that undrift revoked, in the list of calls that the emulators keep. */
export function revocations({ cloud: { callsFile } }: Deployed) {
  const found: Revocation[] = [];
  let offset = statSync(callsFile).size;
  let rest = Buffer.alloc(0);
  return function read(): readonly Revocation[] {
    const fresh = Buffer.alloc(statSync(callsFile).size - offset);
    const file = openSync(callsFile, 'r');
    offset += readSync(file, fresh, 0, fresh.length, offset);
    closeSync(file);
    const text = Buffer.concat([rest, fresh]);
    const end = text.lastIndexOf('\n') + 1;
    rest = text.subarray(end);
    for (const line of text.subarray(0, end).toString('utf8').split('\n')) {
      // Most lines are of other calls, and need not be parsed.
      if (!line.includes('"RevokeSecurityGroupIngress"')) continue;
      const { userAgent, status, params, at } = JSON.parse(line) as RecordedCall;
      if (status === 200 && userAgent.includes('undrift/'))
        found.push({ groupId: String(params?.GroupId), at: Date.parse(at) });
    }
    return found;
  };
}

/** How many messages each dead-letter queue holds. */
export async function deadLetters({ clients: { sqs }, outputs }: Deployed): Promise<Readonly<Record<string, number>>> {
  const counts = UNITS.map(async (unit) => {
    const QueueUrl = output(outputs, `${unit}DeadLetterQueueUrl`);
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return [unit, Number(Attributes?.ApproximateNumberOfMessages)];
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** What was measured, where whoever runs the test sees it. */
export function report(title: string, measured: Readonly<Record<string, unknown>>): void {
  console.log(`${title}: ${JSON.stringify(measured)}`);
}

/** The value that a share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const seconds = (ms: number): number => Math.round(ms / 100) / 10;
