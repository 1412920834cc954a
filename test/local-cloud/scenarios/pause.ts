import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { ruleIds } from '../../../scripts/scene/estate.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { recordedCalls } from '../../recorded-calls.ts';
import { type Deployed, noticesAbout, output, undrift } from '../deployed.ts';
import { openSsh } from './operations.ts';
import { legitimateGroup } from './security-groups.ts';

async function copied({ clients, outputs }: Deployed): Promise<string | undefined> {
  const question = { TableName: output(outputs, 'LedgerTable'), Key: { pk: { S: 'pause' } }, ConsistentRead: true };
  return (await clients.dynamo.send(new GetItemCommand(question))).Item?.value?.S;
}

const put = ({ clients, outputs }: Deployed, Value: string) =>
  clients.ssm.send(
    new PutParameterCommand({ Name: output(outputs, 'PauseParameter'), Type: 'String', Overwrite: true, Value }),
  );

async function isClosed(at: Deployed, groupId: string, siblings: readonly string[]): Promise<void> {
  const alone = async () => (await ruleIds(at.clients, groupId)).length === siblings.length;
  await until('closed after the resume', alone, { seconds: 240 });
  expect(await ruleIds(at.clients, groupId)).toEqual(siblings);
}

/** Calls that the scheduler made since then. */
function ofScheduler({ cloud }: Deployed, action: string, since: string) {
  const calls = recordedCalls(cloud.callsFile).filter((call) => call.action === action && call.at >= since);
  return calls.filter(({ userAgent }) => userAgent.includes('undrift/recheck'));
}

export function pauseScenarios(deployed: () => Deployed): void {
  it('is in force when the command returns, and what was held is done after the resume', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const { stdout } = await undrift(at, 'pause', '--for', '10m', '--reason', 'trying the pause flag');
    expect(stdout).toContain('is paused until');
    await openSsh(at, groupId);
    const [held] = await noticesAbout(at, groupId, 1);
    expect(held?.message.decision).toMatchObject({ kind: 'hold', guard: 'paused' });
    expect(await ruleIds(at.clients, groupId)).not.toEqual(siblings);
    await undrift(at, 'resume');
    await isClosed(at, groupId, siblings);
    await until('a notification of each change of the flag', async () => {
      const subjects = (await at.inbox.read()).map(({ subject }) => subject);
      const told = subjects.filter((subject) => /paused|resumed/i.test(subject) && !/Held/.test(subject));
      return told.length >= 2;
    });
  });

  it('without this repository: any value stops everything, until an operator resumes', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    await put(at, 'stopped');
    // By the event of the change, or a minute later by the clock.
    await until('the copy of the value', async () => (await copied(at)) === 'stopped', { seconds: 90 });
    await openSsh(at, groupId);
    const [held] = await noticesAbout(at, groupId, 1);
    expect(held?.message.decision).toMatchObject({ kind: 'hold', guard: 'paused' });
    expect(held?.message.decision?.reason).toContain('stopped, without an end');
    const { stdout } = await undrift(at, 'resume');
    expect(stdout).toContain('acts again');
    expect(await copied(at)).toBe('{"paused":false}');
    await isClosed(at, groupId, siblings);
  });

  it('costs SSM nothing where Auto Scaling launches a hundred instances, and the scheduler few runs', async () => {
    const at = deployed();
    const since = new Date().toISOString();
    const entry = (n: number) => ({
      Source: 'aws.autoscaling',
      DetailType: 'EC2 Instance Launch Successful',
      Detail: JSON.stringify({ AutoScalingGroupName: 'mine', EC2InstanceId: `i-${String(n).padStart(17, '0')}` }),
    });
    for (let n = 0; n < 100; n += 10) {
      const Entries = Array.from({ length: 10 }, (_, m) => entry(n + m));
      await at.clients.events.send(new PutEventsCommand({ Entries }));
    }
    const queued = async () => ofScheduler(at, 'Query', since).length > 0;
    await until('the scheduler to run', queued, { seconds: 60 });
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    const minutes = Math.ceil((Date.now() - Date.parse(since)) / 60_000) + 1;
    expect(ofScheduler(at, 'GetParameter', since).length).toBeLessThanOrEqual(minutes);
    expect(ofScheduler(at, 'Query', since).length).toBeLessThan(30);
  });
}
