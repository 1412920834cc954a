/**
 * What nobody wants to wait for: minutes between two looks, and functions that die. The ledger's own deadlines are moved,
 * nothing else; each write holds only if nobody wrote in between.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type AttributeValue, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { send } from '../../../scripts/scene/events.mjs';
import { type Deployed, output } from '../deployed.ts';
import { again } from './fleet-watch.ts';

type Item = Readonly<Record<string, AttributeValue>>;
const TICK_MS = 500;
/** Holds of ten minutes and of hours do not show more than this. */
const LONGEST_MS = 8000;

/**
 * Whatever undrift put off comes so many times sooner than it said; leases stay as long as they are. What is tainted is left
 * to its time: the end of a session has to be noticed without.
 */
export function fastClock(at: Deployed, times: number) {
  const since = new Map<string, number>();
  let over = false;
  const tick = async () => {
    const now = Date.now();
    const items = await putOff(at);
    const due = items.filter((item) => {
      const [write, dueAt] = [item.writeId?.S ?? '', Date.parse(item.dueAt?.S ?? '')];
      const from = since.get(write) ?? now;
      since.set(write, from);
      const tainted = item.incident?.M?.guard?.S === 'tainted';
      return !tainted && dueAt > now && now >= from + Math.min((dueAt - from) / times, LONGEST_MS);
    });
    await Promise.all(due.map((item) => bringForward(at, item, [])));
    // The recheck's own clock ticks once a minute: an event of Auto Scaling wakes it, too.
    if (due.length > 0) await hurryRecheck(at);
  };
  const running = again(tick, TICK_MS, () => over);
  return {
    stop: async () => {
      over = true;
      const failure = await running;
      if (failure !== null) throw failure;
    },
  };
}

export const hurryRecheck = (at: Deployed) => send(at.clients.events, LAUNCHED_ELSEWHERE);

const LAUNCHED_ELSEWHERE = {
  source: 'aws.autoscaling',
  'detail-type': 'EC2 Instance Launch Successful',
  detail: { AutoScalingGroupName: 'of-nobody' },
};

/**
 * Every function dies where it is, as in a crash of its host, and all messages on their way to the instances are lost. The
 * leases of the dead end at once: they are dead for sure, and a minute and a half would show no more. @returns how many died
 */
export async function crash(at: Deployed): Promise<number> {
  const workers = await workersOf(at);
  for (const pid of workers) kill(pid);
  const leased = (await putOff(at)).filter((item) => item.incident?.M?.leaseUntil?.S !== undefined);
  await Promise.all(leased.map((item) => bringForward(at, item, ['leaseUntil'])));
  await at.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: output(at.outputs, 'InstancesQueueUrl') }));
  return workers.length;
}

/** The processes that the emulator started for functions: of its own process group, and Node's. */
async function workersOf({ cloud }: Deployed): Promise<readonly number[]> {
  const leader = cloud.pids.at(-1)?.pid;
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', group = '', program = ''] = line.trim().split(/\s+/);
    return Number(group) === leader && program.endsWith('node') ? [Number(pid)] : [];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Incidents that are to be checked within the next hours, as the table has them: the index has their keys alone. */
async function putOff({ clients, outputs }: Deployed): Promise<readonly Item[]> {
  const TableName = output(outputs, 'LedgerTable');
  const query = {
    TableName,
    IndexName: 'due',
    KeyConditionExpression: 'dueIndex = :due',
    ExpressionAttributeValues: { ':due': { S: 'due' } },
  };
  const { Items: keys = [] } = await clients.dynamo.send(new QueryCommand(query));
  const read = keys.map(({ pk = { S: '' } }) => clients.dynamo.send(new GetItemCommand({ TableName, Key: { pk } })));
  const found = (await Promise.all(read)).map(({ Item: item }) => item);
  return found.filter((item) => item !== undefined);
}

async function bringForward({ clients, outputs }: Deployed, item: Item, also: readonly string[]): Promise<void> {
  const fields = ['dueAt', 'incident.dueAt', ...also.map((name) => `incident.${name}`)];
  const update = new UpdateItemCommand({
    TableName: output(outputs, 'LedgerTable'),
    Key: { pk: item.pk ?? { S: '' } },
    UpdateExpression: `SET ${fields.map((field) => `${field} = :now`).join(', ')}`,
    ConditionExpression: 'writeId = :write',
    ExpressionAttributeValues: { ':now': { S: new Date().toISOString() }, ':write': item.writeId ?? { S: '' } },
  });
  try {
    await clients.dynamo.send(update);
  } catch (error) {
    // Somebody was at it in between.
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
  }
}
