import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitted } from './iam.ts';
import { type Packaged, packageTemplate, ROOT, remove } from './stage.ts';
import { isObject, type JsonObject, type Resource, resolveTemplate } from './template.ts';

let packaged: Packaged;
let resources: Readonly<Record<string, Resource>>;
beforeAll(async () => {
  packaged = await packageTemplate();
  resources = resolveTemplate(packaged.template);
}, 60_000);
afterAll(() => remove(packaged));

const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);
const property = (id: string, name: string) => resources[id]?.Properties[name];
const patterns = () =>
  ofType('AWS::Events::Rule')
    .map(([id, { Properties }]) => [id, Properties.EventPattern] as const)
    .filter((entry): entry is readonly [string, JsonObject] => isObject(entry[1]));
const CALLS = 'AWS API Call via CloudTrail';

describe('the level of the logs', () => {
  it('is a parameter that CloudFormation checks', () => {
    expect(packaged.template.Parameters?.LogLevel).toMatchObject({
      Default: 'INFO',
      AllowedValues: ['DEBUG', 'INFO', 'WARN', 'ERROR'],
    });
  });

  it('reaches each function', () => {
    const place = { parameters: { LogLevel: 'DEBUG' } };
    const functions = Object.values(resolveTemplate(packaged.template, place)).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    expect(functions).toHaveLength(3);
    for (const { Properties } of functions)
      expect(Properties.Environment).toMatchObject({ Variables: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } });
  });
});

describe('every event pattern', () => {
  it('is short enough for EventBridge', () => {
    for (const [id, pattern] of patterns()) expect(JSON.stringify(pattern).length, id).toBeLessThanOrEqual(2000);
    expect(patterns()).toHaveLength(6);
  });

  it('listens to this account alone', () => {
    for (const [id, pattern] of patterns()) expect(pattern.account, id).toEqual(['123456789012']);
  });

  it('asks nobody who they are: such a filter would lose root and IAM users', () => {
    expect(JSON.stringify(patterns())).not.toMatch(/userIdentity|sessionIssuer|userName|anything-but/);
  });

  it('takes calls that succeeded, of the service whose call it names', () => {
    const calls = patterns().filter(([, pattern]) => JSON.stringify(pattern['detail-type']).includes(CALLS));
    expect(calls.map(([id]) => id)).toEqual(['SecurityGroupsCallsRule', 'InstancesCallsRule']);
    for (const [id, { detail, source }] of calls) {
      const { errorCode, eventSource } = detail as JsonObject;
      expect(errorCode, id).toEqual([{ exists: false }]);
      const sources = (eventSource as string[]).map((host) => `aws.${host.replace('.amazonaws.com', '')}`);
      expect(sources, id).toEqual(source);
    }
  });
});

const rule = (name: string) => `arn:aws:events:us-east-1:123456789012:rule/undrift-${name}`;
const role = (name: string) => `arn:aws:iam::123456789012:role/undrift-${name}`;
const send = (queue: string, context: Record<string, string> = {}) => ({
  action: 'sqs:SendMessage',
  resource: `arn:aws:sqs:us-east-1:123456789012:undrift-${queue}`,
  context,
});

describe.each([
  ['SecurityGroupsQueue', 'RecheckRole', 'InstancesRole'],
  ['InstancesQueue', 'RecheckRole', 'InstancesRole'],
  ['SecurityGroupsDeadLetterQueue', 'SecurityGroupsRole', 'InstancesRole'],
  ['InstancesDeadLetterQueue', 'InstancesRole', 'RecheckRole'],
])('%s', (queue, sender, stranger) => {
  const asks = (principal: string, context: Record<string, string>) =>
    admitted(property(`${queue}Policy`, 'PolicyDocument'), principal, send(queue, context));
  const unit = queue.startsWith('Security') ? 'SecurityGroups' : 'Instances';
  const bySender = { 'aws:PrincipalArn': role(sender) };

  it('takes events of its own rules', async () => {
    for (const name of [`${unit}CallsRule`, `${unit}ConfigRule`])
      expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule(name) }), name).toBe(true);
  });

  it('takes none of another rule', async () => {
    expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule('RecheckScalingRule') })).toBe(false);
  });

  it(`takes what ${sender} sends`, async () => {
    expect(await asks(role(sender), bySender)).toBe(true);
  });

  it.each([role(stranger), 'arn:aws:iam::123456789012:role/Administrator'])(
    'takes nothing of %s, whatever its own rights',
    async (principal) => {
      expect(await asks(principal, { 'aws:PrincipalArn': principal })).toBe(false);
    },
  );

  it('takes nothing in the clear', async () => {
    expect(await asks(role(sender), { ...bySender, 'aws:SecureTransport': 'false' })).toBe(false);
  });

  it('is where the rules of the unit send to', () => {
    const targets = JSON.stringify([property(`${unit}CallsRule`, 'Targets'), property(`${unit}ConfigRule`, 'Targets')]);
    expect(targets.split(send(queue).resource).length).toBe(3);
  });
});

describe('the queues and their readers', () => {
  it('keep a message hidden for six times the time that a function may take', () => {
    for (const unit of ['SecurityGroups', 'Instances']) {
      const timeout = Number(property(`${unit}LambdaFunction`, 'Timeout'));
      expect(property(`${unit}Queue`, 'VisibilityTimeout'), unit).toBe(6 * timeout);
    }
  });

  it('give up after as many receipts as the function is told', () => {
    for (const unit of ['SecurityGroups', 'Instances']) {
      const { maxReceiveCount } = property(`${unit}Queue`, 'RedrivePolicy') as JsonObject;
      const variables = (property(`${unit}LambdaFunction`, 'Environment') as JsonObject).Variables as JsonObject;
      expect(variables.UNDRIFT_MAX_RECEIVES, unit).toBe(String(maxReceiveCount));
    }
  });

  it('let a batch fail in part, and reserve no concurrency', () => {
    const sources = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    expect(sources.map((source) => source.FunctionResponseTypes)).toEqual([
      ['ReportBatchItemFailures'],
      ['ReportBatchItemFailures'],
    ]);
    expect(sources.map((source) => (source.ScalingConfig as JsonObject).MaximumConcurrency)).toEqual([5, 2]);
    expect(packaged.text).not.toContain('ReservedConcurrentExecutions');
  });
});

describe('the rest of the stack', () => {
  it('names no partition by hand', () => {
    // The pattern of a parameter has to name them all.
    const bodies = JSON.stringify(packaged.template.Resources);
    expect(bodies).not.toMatch(/arn:aws[a-z-]*:/);
  });

  it('keeps the ledger when the stack goes', () => {
    expect(packaged.template.Resources.Ledger).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(property('Ledger', 'DeletionProtectionEnabled')).toBe(true);
    expect(property('Ledger', 'TableName')).toBeUndefined();
  });

  it('mails alarms by a topic without a filter, as no filter on attributes admits a message that has none', () => {
    const mailed = resolveTemplate(packaged.template, { parameters: { Email: 'team@example.com' } });
    expect(mailed.Subscription?.Properties.FilterPolicy).toEqual({ mail: ['yes'] });
    expect(mailed.AlarmSubscription?.Properties).toMatchObject({ Endpoint: 'team@example.com' });
    expect(mailed.AlarmSubscription?.Properties.FilterPolicy).toBeUndefined();
    const topic = mailed.AlarmSubscription?.Properties.TopicArn;
    for (const [id, { Properties }] of ofType('AWS::CloudWatch::Alarm'))
      expect(Properties.AlarmActions, id).toEqual([topic]);
  });

  it('makes neither topic nor key where both are given', () => {
    const topic = 'arn:aws:sns:us-east-1:123456789012:ours';
    const given = resolveTemplate(packaged.template, { parameters: { ExistingTopicArn: topic } });
    const types = Object.values(given).map(({ Type }) => Type);
    for (const type of ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription', 'AWS::KMS::Key'])
      expect(types).not.toContain(type);
    expect(given.RecheckErrors?.Properties.AlarmActions).toEqual([topic]);
  });

  it('sends whoever gets an alarm to a heading that the runbook has', async () => {
    const runbook = await readFile(join(ROOT, 'docs', 'runbook.md'), 'utf8');
    for (const [id, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      const [, heading = ''] = /See "([^"]+)" in docs\/runbook\.md\.$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(runbook.split('\n'), id).toContain(`### ${heading}`);
    }
  });

  it('rings on metrics under the name and the namespace that the functions are told', () => {
    const told = (property('RecheckLambdaFunction', 'Environment') as JsonObject).Variables as JsonObject;
    const own = ofType('AWS::CloudWatch::Alarm').filter(([, { Properties }]) => Properties.Namespace === 'Undrift');
    expect(own.map(([id]) => id)).toEqual(['RemediationFailures', 'SwitchUnreadable', 'Parked', 'NobodyListens']);
    for (const [id, { Properties }] of own)
      expect(Properties.Dimensions, id).toEqual([{ Name: 'service', Value: told.POWERTOOLS_SERVICE_NAME ?? null }]);
    expect(told.POWERTOOLS_METRICS_NAMESPACE).toBe('Undrift');
  });

  it('shows a dashboard that is JSON', () => {
    const { widgets } = JSON.parse(String(property('Dashboard', 'DashboardBody')));
    expect(widgets).toHaveLength(5);
    expect(JSON.stringify(widgets)).not.toContain('${');
  });
});
