import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { authorize, ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { authorizeEvent, send } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout, output, undrift } from '../deployed.ts';
import { legitimateGroup } from './security-groups.ts';

export async function openSsh(at: Deployed, groupId: string) {
  const permission = tcp(22, '0.0.0.0/0');
  const rules = await authorize(at.clients, groupId, permission);
  await send(at.clients.events, authorizeEvent({ groupId, permission, rules }));
}

export function operationScenarios(deployed: () => Deployed): void {
  it('parks what it cannot handle in the dead-letter queue with the reason, and handles the rest', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const QueueUrl = output(at.outputs, 'SecurityGroupsQueueUrl');
    await at.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"detail-type": "poison' }));
    await openSsh(at, groupId);
    await noticesAbout(at, groupId, 1);
    expect(await ruleIds(at.clients, groupId)).toEqual(siblings);
    const parked = await until('the parked message', async () => {
      const command = new ReceiveMessageCommand({
        QueueUrl: output(at.outputs, 'SecurityGroupsDeadLetterQueueUrl'),
        MessageAttributeNames: ['All'],
        VisibilityTimeout: 0,
      });
      return (await at.clients.sqs.send(command)).Messages?.[0];
    });
    expect(parked.Body).toBe('{"detail-type": "poison');
    expect(parked.MessageAttributes?.reason?.StringValue).toMatch(/JSON/);
    const attributes = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    await until('the queue to be empty', async () => {
      const { Attributes = {} } = await at.clients.sqs.send(attributes);
      return Object.values(Attributes).every((value) => value === '0');
    });
  });

  it('lists and shows incidents from the ledger', async () => {
    const at = deployed();
    const { groupId } = await legitimateGroup(at);
    await openSsh(at, groupId);
    await noticesAbout(at, groupId, 1);
    const { stdout } = await undrift(at, 'incidents', '--resource', groupId, '--json');
    const [incident] = JSON.parse(stdout.startsWith('[') ? stdout : `[${stdout.trim().split('\n').join(',')}]`);
    expect(incident).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 1 });
    const shown = await undrift(at, 'incidents', 'show', incident.id);
    expect(shown.stdout).toContain(groupId);
    expect(shown.stdout).toContain('authorize-security-group-ingress');
  });
}
