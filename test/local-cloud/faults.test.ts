import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorize, makeSecurityGroup, ruleIds, tcp } from '../../scripts/scene/estate.mjs';
import { authorizeEvent, send } from '../../scripts/scene/events.mjs';
import { until } from '../../scripts/scene/until.mjs';
import { recordedCalls } from '../recorded-calls.ts';
import { type Deployed, deploy, output } from './deployed.ts';

/** The proxy between deployed functions and the emulators. */
describe('faults of a deployed stack', () => {
  let at: Deployed | null = null;
  const deployed = () => {
    if (at?.cloud.faults == null) throw new Error('the stack is not deployed');
    return { ...at, faults: at.cloud.faults };
  };
  beforeAll(async () => {
    at = await deploy('enforce', 'policy.yml', {});
  });
  afterAll(() => at?.stop());

  const openSsh = async (name: string) => {
    const { clients } = deployed();
    const groupId = await makeSecurityGroup(clients, name);
    const permission = tcp(22, '0.0.0.0/0');
    const rules = await authorize(clients, groupId, permission);
    await send(clients.events, authorizeEvent({ groupId, permission, rules }));
    return groupId;
  };
  const closed = (groupId: string) =>
    until(`${groupId} closed`, async () => (await ruleIds(deployed().clients, groupId)).length === 0);

  it('every call of a function passes the proxy, and no call of a person', async () => {
    const { cloud, clients, outputs, faults } = deployed();
    const groupId = await openSsh('by-the-proxy');
    await closed(groupId);
    // Calls of SQS go to the address in the queue's URL. What cannot be handled is sent to the dead-letter queue.
    const QueueUrl = output(outputs, 'SecurityGroupsQueueUrl');
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"detail-type": "poison' }));
    const calls = await until('a call of SQS', async () => {
      const { calls } = await faults.state();
      return calls['sqs SendMessage'] ? calls : null;
    });
    const services = new Set(Object.keys(calls).map((name) => name.split(' ')[0]));
    expect([...services]).toEqual(expect.arrayContaining(['dynamodb', 'ec2', 'sns', 'sqs', 'ssm']));
    expect(Object.keys(calls)).not.toContain('ec2 AuthorizeSecurityGroupIngress');
    const ours = recordedCalls(cloud.callsFile).filter(
      ({ action, userAgent }) => action === 'RevokeSecurityGroupIngress' && userAgent.includes('undrift/'),
    );
    expect(calls['ec2 RevokeSecurityGroupIngress']).toEqual({
      received: ours.length,
      passed: ours.length,
      throttled: 0,
      failed: 0,
    });
  });

  it('a fault that is set while it runs is met at once, and is over when it is cleared', async () => {
    const { cloud, clients, faults } = deployed();
    await faults.set({ faults: [{ service: 'ec2', actions: ['Revoke*'], kind: 'throttle', capacity: 0, refill: 0 }] });
    const groupId = await openSsh('throttled');
    const refused = () =>
      recordedCalls(cloud.callsFile).filter(({ params, fault }) => fault === 'throttle' && params?.GroupId === groupId);
    await until('a refused call', async () => refused().length > 0);
    expect(refused()[0]).toMatchObject({ service: 'ec2', action: 'RevokeSecurityGroupIngress', status: 503 });
    expect(await ruleIds(clients, groupId)).toHaveLength(1);
    await faults.clear();
    await closed(groupId);
  });
});
