/** Each sensor and sink of a deployed stack is broken by itself: what rings. docs/what-rings.md has the table. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EnableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/scene/until.mjs';
import { type Datum, rings } from '../alarms/alarm.ts';
import { type JsonObject, resolveTemplate } from '../package/template.ts';
import { type Deployed, deploy, output } from './deployed.ts';
import { metricsOf, queueNow } from './measured.ts';
import { openSsh } from './scenarios/operations.ts';
import { templateOf } from './scenarios/patterns.ts';
import { physicalIds } from './scenarios/rights.ts';
import { legitimateGroup } from './scenarios/security-groups.ts';

const UNITS = ['security-groups', 'instances', 'networks'] as const;
type Unit = (typeof UNITS)[number];
const MINUTE = 60_000;

describe('a broken sensor or sink of a deployed stack', () => {
  let at: Deployed | null = null;
  let alarms: Readonly<Record<string, JsonObject>> = {};
  const deployed = () => {
    if (at?.cloud.faults == null) throw new Error('the stack is not deployed');
    return { ...at, faults: at.cloud.faults };
  };
  beforeAll(async () => {
    at = await deploy('enforce', 'policy.yml', {});
    const resources = resolveTemplate(await templateOf(at), { physical: await physicalIds(at) });
    alarms = Object.fromEntries(Object.entries(resources).map(([id, { Properties }]) => [id, Properties]));
  });
  afterAll(() => at?.stop());

  const read = async (pk: string) => {
    const { clients, outputs } = deployed();
    const asked = { TableName: output(outputs, 'LedgerTable'), Key: { pk: { S: pk } }, ConsistentRead: true };
    return (await clients.dynamo.send(new GetItemCommand(asked))).Item;
  };
  const cameBack = async (unit: Unit) => (await read(`heartbeat#${unit}`))?.at?.S ?? '';
  const sentAt = async () => (await read('heartbeat'))?.told?.M?.sentAt?.S ?? '';

  /** As if the last heartbeat had been sent so long ago. */
  async function timePasses(minutes: number) {
    const { clients, outputs } = deployed();
    const earlier = { S: new Date(Date.now() - minutes * MINUTE).toISOString() };
    const since = { M: Object.fromEntries(UNITS.map((unit) => [unit, earlier])) };
    const item = { ...(await read('heartbeat')), told: { M: { sentAt: earlier, since } } };
    await clients.dynamo.send(new PutItemCommand({ TableName: output(outputs, 'LedgerTable'), Item: item }));
  }
  async function forgetReturns(units: readonly Unit[] = UNITS) {
    const { clients, outputs } = deployed();
    for (const unit of units) {
      const Item = { pk: { S: `heartbeat#${unit}` }, at: { S: '2026-01-01T00:00:00Z' } };
      await clients.dynamo.send(new PutItemCommand({ TableName: output(outputs, 'LedgerTable'), Item }));
    }
  }
  /** The alarms of the units that ring in the next minutes. */
  async function lost(): Promise<readonly Unit[]> {
    const data = await metricsOf(deployed());
    const now = Math.floor(Date.now() / MINUTE);
    const names = { 'security-groups': 'SecurityGroups', instances: 'Instances', networks: 'Networks' } as const;
    return UNITS.filter((unit) => {
      const found = rings(alarms[`${names[unit]}HeartbeatLost`] ?? {}, data, { from: now - 10, to: now + 1 });
      return found.length > 0;
    });
  }
  const notified = async (outcome: string) =>
    (await deployed().inbox.read()).filter(({ message }) => message.kind === outcome);
  const trail = (on: 0 | 1) => fetch(`${deployed().cloud.endpoints.main}/_undrift/trail?on=${on}`, { method: 'POST' });

  it('none is broken: the heartbeat comes back to each unit, over its own rule, queue and function', async () => {
    await until('a heartbeat at each unit', async () => (await Promise.all(UNITS.map(cameBack))).every(Boolean));
    expect(await lost()).toEqual([]);
    expect(await notified('sensor-silent')).toEqual([]);
  });

  it('a dead-letter queue is filled twice: its alarm rings twice', async () => {
    const { clients, outputs } = deployed();
    const [own, dead] = ['NetworksQueueUrl', 'NetworksDeadLetterQueueUrl'].map((name) => output(outputs, name));
    const data: Datum[] = [];
    let minute = 0;
    // A minute of the alarm is an instant here: what counts is how many messages lie there.
    const pass = async (minutes: number) => {
      for (const end = minute + minutes; minute < end; minute += 1) {
        data.push(...(await queueNow(deployed(), dead ?? '', minute)));
      }
    };
    await pass(10);
    for (const expected of [1, 2]) {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: own, MessageBody: `{"poison ${expected}` }));
      await until('the dead letter', async () => {
        const [visible] = await queueNow(deployed(), dead ?? '', minute);
        return visible?.value === expected;
      });
      await pass(20);
    }
    expect(rings(alarms.NetworksDeadLetters ?? {}, data, { from: 6, to: minute })).toEqual([11, 31]);
  });

  it.each([
    ['SNS is down', { service: 'sns', kind: 'error', status: 503 }],
    ['the key of the topic is disabled', { service: 'sns', actions: ['Publish'], kind: 'refuse', code: 'KMSDisabled' }],
  ])('%s: the alarm rings within minutes, on the topic that has no key', async (_sink, fault) => {
    const { faults } = deployed();
    await faults.set({ faults: [fault] });
    const began = Math.floor(Date.now() / MINUTE);
    const { groupId } = await legitimateGroup(deployed());
    await openSsh(deployed(), groupId);
    const rang = await until(
      'the alarm',
      async () => {
        const data = (await metricsOf(deployed())).filter(({ minute }) => minute >= began);
        const to = Math.floor(Date.now() / MINUTE) + 1;
        return rings(alarms.NotificationsFailing ?? {}, data, { from: began, to })[0];
      },
      { seconds: 330, every: 2000 },
    );
    console.log(`NotificationsFailing rang ${rang - began} minutes after the port was opened`);
    expect(rang - began).toBeLessThanOrEqual(5);
    expect(alarms.NotificationsFailing?.AlarmActions).toEqual([output(deployed().outputs, 'AlarmTopicArn')]);
    await faults.clear();
  });

  it('a rule is disabled: the alarm of its unit rings, and a notification names it', async () => {
    const { clients } = deployed();
    const { Rules = [] } = await clients.events.send(new ListRulesCommand({}));
    const Name = Rules.find((rule) => rule.Name?.includes('NetworksCallsRule'))?.Name ?? '';
    await clients.events.send(new DisableRuleCommand({ Name }));
    const before = await cameBack('instances');
    await timePasses(61);
    await until('the others to hear the next heartbeat', async () => (await cameBack('instances')) > before);
    // It came back to the others an instant ago. What networks heard in the test before this one is forgotten.
    await forgetReturns(['networks']);
    await timePasses(31);
    await until('the alarm of networks', async () => (await lost()).includes('networks'), {
      seconds: 150,
      every: 2000,
    });
    expect(await lost()).toEqual(['networks']);
    const [notice] = await until('the notification', async () => {
      const all = await notified('sensor-silent');
      return all.length > 0 && all;
    });
    expect(notice?.subject).toContain('no events reach networks in');
    await clients.events.send(new EnableRuleCommand({ Name }));
    await timePasses(61);
    await until('the end of it', async () => (await notified('sensor-back')).length > 0, { seconds: 180 });
  });

  it('the trail is silent: the alarms of all units ring', async () => {
    await trail(0);
    await forgetReturns();
    await timePasses(31);
    await until('all alarms', async () => (await lost()).length === UNITS.length, { seconds: 150, every: 2000 });
    const last = (await notified('sensor-silent')).at(-1);
    expect(last?.subject).toContain('security-groups, instances, networks');
    await trail(1);
    await timePasses(61);
    const before = await sentAt();
    await until('the next heartbeat', async () => (await sentAt()) > before, { seconds: 150 });
  });
});
