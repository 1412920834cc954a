import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from './iam.ts';
import { packagedStack } from './packaged.ts';
import { ROOT } from './stage.ts';
import { type JsonObject, resolveTemplate } from './template.ts';

const { packaged, ofType, property } = packagedStack();
describe('the level of the logs', () => {
  it('is a parameter that CloudFormation checks', () => {
    expect(packaged().template.Parameters?.LogLevel).toMatchObject({
      Default: 'INFO',
      AllowedValues: ['DEBUG', 'INFO', 'WARN', 'ERROR'],
    });
  });

  it('reaches each function', () => {
    const place = { parameters: { LogLevel: 'DEBUG' } };
    const functions = Object.values(resolveTemplate(packaged().template, place)).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    expect(functions).toHaveLength(FUNCTIONS.length);
    for (const { Properties } of functions)
      expect(Properties.Environment).toMatchObject({ Variables: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } });
  });
});

describe('the rest of the stack', () => {
  it('names no partition by hand', () => {
    // The pattern of a parameter has to name them all.
    const bodies = JSON.stringify(packaged().template.Resources);
    expect(bodies).not.toMatch(/arn:aws[a-z-]*:/);
  });

  it('keeps the ledger when the stack goes', () => {
    expect(packaged().template.Resources.Ledger).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(property('Ledger', 'DeletionProtectionEnabled')).toBe(true);
    expect(property('Ledger', 'TableName')).toBeUndefined();
  });

  it('mails alarms by a topic without a filter, as no filter on attributes admits a message that has none', () => {
    const mailed = resolveTemplate(packaged().template, { parameters: { Email: 'team@example.com' } });
    expect(mailed.Subscription?.Properties.FilterPolicy).toEqual({ mail: ['yes'] });
    expect(mailed.AlarmSubscription?.Properties).toMatchObject({ Endpoint: 'team@example.com' });
    expect(mailed.AlarmSubscription?.Properties.FilterPolicy).toBeUndefined();
    const topic = mailed.AlarmSubscription?.Properties.TopicArn;
    for (const [id, { Properties }] of ofType('AWS::CloudWatch::Alarm'))
      expect(Properties.AlarmActions, id).toEqual([topic]);
  });

  it('makes neither a key nor a topic of notifications where a topic is given, and still emails alarms', () => {
    const ExistingTopicArn = 'arn:aws:sns:us-east-1:123456789012:ours';
    const given = resolveTemplate(packaged().template, { parameters: { ExistingTopicArn, Email: 'team@example.com' } });
    const ids = Object.entries(given).filter(([, { Type }]) => /^AWS::(SNS|KMS)::/.test(Type));
    expect(ids.map(([id]) => id).toSorted()).toEqual(['AlarmSubscription', 'AlarmTopic', 'AlarmTopicPolicy']);
    expect(given.NobodyListens).toBeUndefined();
    expect(given.NobodyHearsAlarms).toBeDefined();
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
    expect(own.map(([id]) => id)).toEqual([
      'MessagesOld',
      'RemediationFailures',
      'NotificationsFailing',
      'SwitchUnreadable',
      'Parked',
      'NobodyListens',
      'NobodyHearsAlarms',
      'SecurityGroupsHeartbeatLost',
      'InstancesHeartbeatLost',
      'NetworksHeartbeatLost',
    ]);
    const service = { Name: 'service', Value: told.POWERTOOLS_SERVICE_NAME ?? null };
    for (const [id, { Properties }] of own) expect(Properties.Dimensions, id).toContainEqual(service);
    expect(told.POWERTOOLS_METRICS_NAMESPACE).toBe('Undrift');
  });

  it('shows a dashboard that is JSON', () => {
    const { widgets } = JSON.parse(String(property('Dashboard', 'DashboardBody')));
    expect(widgets).toHaveLength(6);
    expect(JSON.stringify(widgets)).not.toContain('${');
  });
});
