import { describe, expect, it } from 'vitest';
import { HIDDEN_SECONDS, LEASE_SECONDS } from '../../src/deps.ts';
import { GIVE_UP_SECONDS, MOST_RECEIVES, NOTIFY_SECONDS } from '../../src/domain/message-age.ts';
import { admitted } from './iam.ts';
import { packagedStack } from './packaged.ts';
import type { JsonObject } from './template.ts';

const { packaged, ofType, property } = packagedStack();

const rule = (name: string) => `arn:aws:events:us-east-1:123456789012:rule/undrift-${name}`;
const role = (name: string) => `arn:aws:iam::123456789012:role/undrift-${name}`;
const send = (queue: string, context: Record<string, string> = {}) => ({
  action: 'sqs:SendMessage',
  resource: `arn:aws:sqs:us-east-1:123456789012:undrift-${queue}`,
  context,
});

const BOTH = ['CallsRule', 'ConfigRule'];
const OF_INSTANCES = [...BOTH, 'TagsRule', 'ReadsRule'];
/** Each remediator and the rules that wake it: no verdict of Config is about an interface or a prefix list. */
const REMEDIATORS = [
  ['SecurityGroups', BOTH],
  ['Instances', OF_INSTANCES],
  ['Networks', ['CallsRule']],
] as const;
const units = REMEDIATORS.map(([unit]) => unit);

describe.each([
  ['SecurityGroupsQueue', 'RecheckRole', 'NetworksRole'],
  ['InstancesQueue', 'RecheckRole', 'InstancesRole'],
  ['NetworksQueue', 'RecheckRole', 'SecurityGroupsRole'],
  ['SecurityGroupsDeadLetterQueue', 'SecurityGroupsRole', 'InstancesRole'],
  ['InstancesDeadLetterQueue', 'InstancesRole', 'RecheckRole'],
  ['NetworksDeadLetterQueue', 'NetworksRole', 'RecheckRole'],
])('%s', (queue, sender, stranger) => {
  const asks = (principal: string, context: Record<string, string>) =>
    admitted(property(`${queue}Policy`, 'PolicyDocument'), principal, send(queue, context));
  const [unit, kinds] = REMEDIATORS.find(([name]) => queue.startsWith(name)) ?? ['', []];
  const rules = kinds.map((kind) => `${unit}${kind}`);
  const bySender = { 'aws:PrincipalArn': role(sender) };

  it('takes events of its own rules', async () => {
    expect(rules).not.toEqual([]);
    for (const name of rules)
      expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule(name) }), name).toBe(true);
  });

  it('takes none of another rule', async () => {
    const others = ['RecheckScalingRule', ...units.map((name) => `${name}CallsRule`)].filter(
      (id) => !rules.includes(id),
    );
    expect(others).toHaveLength(units.length);
    for (const id of others) expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule(id) }), id).toBe(false);
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
    const targets = rules.map((id) => JSON.stringify(property(id, 'Targets')));
    for (const target of targets) expect(target).toContain(`"${send(queue).resource}"`);
  });
});

describe.each([['RecheckQueue'], ['RecheckDeadLetterQueue']])('%s', (queue) => {
  const asks = (principal: string, context: Record<string, string>) =>
    admitted(property(`${queue}Policy`, 'PolicyDocument'), principal, send(queue, context));

  it('takes events of the rule about Auto Scaling, and of no other', async () => {
    expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule('RecheckScalingRule') })).toBe(true);
    for (const id of ['RecheckPauseRule', 'RecheckScheduleRule', 'InstancesCallsRule'])
      expect(await asks('events.amazonaws.com', { 'aws:SourceArn': rule(id) }), id).toBe(false);
  });

  it.each([role('RecheckRole'), role('InstancesRole'), 'arn:aws:iam::123456789012:role/Administrator'])(
    'takes nothing of %s, whatever its own rights',
    async (principal) => {
      expect(await asks(principal, { 'aws:PrincipalArn': principal })).toBe(false);
    },
  );

  it('takes nothing in the clear', async () => {
    const context = { 'aws:SourceArn': rule('RecheckScalingRule'), 'aws:SecureTransport': 'false' };
    expect(await asks('events.amazonaws.com', context)).toBe(false);
  });
});

describe('what makes the scheduler run', () => {
  const targets = (id: string) => property(id, 'Targets') as readonly JsonObject[];

  it('is its clock and a change of the pause parameter, at once, and nothing else', () => {
    const scheduler = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties.SourceArn);
    expect(scheduler).toEqual([rule('RecheckScheduleRule'), rule('RecheckPauseRule')]);
    for (const id of ['RecheckScheduleRule', 'RecheckPauseRule'])
      expect(JSON.stringify(targets(id))).toContain(':function:undrift-dev-recheck');
  });

  it('is Auto Scaling by a queue, which collects its events for some seconds, two runs at a time', () => {
    expect(targets('RecheckScalingRule')).toMatchObject([
      { Arn: send('RecheckQueue').resource, DeadLetterConfig: { Arn: send('RecheckDeadLetterQueue').resource } },
    ]);
    const [mapping] = ofType('AWS::Lambda::EventSourceMapping')
      .map(([, { Properties }]) => Properties)
      .filter(({ EventSourceArn }) => EventSourceArn === send('RecheckQueue').resource);
    expect(mapping).toMatchObject({
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(property('RecheckQueue', 'VisibilityTimeout')).toBe(
      6 * Number(property('RecheckLambdaFunction', 'Timeout')),
    );
  });
});

describe('the queues and their readers', () => {
  it('keep a message hidden for six times the time that a function may take', () => {
    for (const unit of units) {
      const timeout = Number(property(`${unit}LambdaFunction`, 'Timeout'));
      const visibility = Number(property(`${unit}Queue`, 'VisibilityTimeout'));
      expect(visibility, unit).toBe(6 * timeout);
      // A message that was begun: its worker has ended before the claim does, and the claim before the message is back.
      expect([timeout, LEASE_SECONDS, HIDDEN_SECONDS, visibility].toSorted((a, b) => a - b)).toEqual([
        timeout,
        LEASE_SECONDS,
        HIDDEN_SECONDS,
        visibility,
      ]);
    }
  });

  it('let a message be given up by its age: SQS moves it only after more receives than 12 hours have', () => {
    for (const unit of units) {
      const { maxReceiveCount } = property(`${unit}Queue`, 'RedrivePolicy') as JsonObject;
      expect(maxReceiveCount, unit).toBe(MOST_RECEIVES);
      expect(45 * Number(maxReceiveCount)).toBeGreaterThan(GIVE_UP_SECONDS);
    }
  });

  it('keep a message whose worker dies each time until SQS moves it, and then for days', () => {
    for (const unit of units) {
      const kept = Number(property(`${unit}Queue`, 'MessageRetentionPeriod'));
      const longest = MOST_RECEIVES * Number(property(`${unit}Queue`, 'VisibilityTimeout'));
      expect(kept, unit).toBeGreaterThan(longest);
      // A message that SQS moves keeps the time when it was first sent (SQS Developer Guide, dead-letter queue retention).
      expect(Number(property(`${unit}DeadLetterQueue`, 'MessageRetentionPeriod'))).toBeGreaterThanOrEqual(2 * kept);
    }
  });

  it.each([...units, 'Recheck'])(
    'of %s give dead letters to their own dead-letter queue, which takes none of another queue',
    (unit) => {
      const name = `undrift-dev-${unit}Queue`;
      expect(property(`${unit}Queue`, 'QueueName')).toBe(name);
      const { deadLetterTargetArn } = property(`${unit}Queue`, 'RedrivePolicy') as JsonObject;
      expect(deadLetterTargetArn).toBe(send(`${unit}DeadLetterQueue`).resource);
      expect(property(`${unit}DeadLetterQueue`, 'RedriveAllowPolicy')).toEqual({
        redrivePermission: 'byQueue',
        sourceQueueArns: [`arn:aws:sqs:us-east-1:123456789012:${name}`],
      });
    },
  );

  it('are all known here: each queue that may be a dead-letter queue names its source', () => {
    const known = [...units, 'Recheck'].flatMap((unit) => [`${unit}Queue`, `${unit}DeadLetterQueue`]);
    expect(
      ofType('AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    ).toEqual(known.sort());
  });

  it('let a batch fail in part, and reserve no concurrency', () => {
    const sources = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    const ofUnits = sources.filter(({ EventSourceArn }) => EventSourceArn !== send('RecheckQueue').resource);
    expect(new Set(ofUnits.map((source) => JSON.stringify(source.FunctionResponseTypes)))).toEqual(
      new Set(['["ReportBatchItemFailures"]']),
    );
    const own = ofUnits.filter(({ EventSourceArn }) => !String(EventSourceArn).includes('DeadLetter'));
    expect(own.map((source) => (source.ScalingConfig as JsonObject).MaximumConcurrency)).toEqual([5, 2, 2]);
    expect(packaged().text).not.toContain('ReservedConcurrentExecutions');
  });

  it('let the function of each unit read its dead letters, once an operator enables it', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    for (const unit of units) {
      const arn = send(`${unit}DeadLetterQueue`).resource;
      const [mapping, ...more] = mappings.filter(({ EventSourceArn }) => EventSourceArn === arn);
      expect([mapping?.Enabled, more], unit).toEqual([false, []]);
      expect(JSON.stringify(mapping?.FunctionName), unit).toContain(
        `:function:${String(property(`${unit}LambdaFunction`, 'FunctionName'))}`,
      );
      // Lambda refuses a queue whose messages come back before the function has ended.
      expect(property(`${unit}DeadLetterQueue`, 'VisibilityTimeout')).toBe(
        property(`${unit}Queue`, 'VisibilityTimeout'),
      );
    }
    const recheck = send('RecheckDeadLetterQueue').resource;
    expect(mappings.filter(({ EventSourceArn }) => EventSourceArn === recheck)).toEqual([]);
  });
});

describe('the alarms', () => {
  const watching = (name: string, value: unknown) =>
    ofType('AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => JSON.stringify(Properties))
      .filter((alarm) => alarm.includes(`"${name}","Value":"${value}"`) && !alarm.includes('"Expression":"SUM('))
      .flatMap((alarm) => [...alarm.matchAll(/"MetricName":"(\w+)"/g)].map(([, metric]) => metric));
  const LYING = ['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'];

  it.each(units)('watch over the queues and the function of %s', (unit) => {
    expect(watching('QueueName', `undrift-${unit}Queue`)).toEqual(['ApproximateAgeOfOldestMessage']);
    expect(watching('QueueName', `undrift-${unit}DeadLetterQueue`)).toEqual(LYING);
    expect(watching('FunctionName', property(`${unit}LambdaFunction`, 'FunctionName'))).toEqual(['Errors']);
  });

  it('ring for an old message of any unit by a metric that needs no call', () => {
    expect(packaged().template.Resources.MessagesOld?.Properties).toMatchObject({
      Namespace: 'Undrift',
      MetricName: 'MessageAge',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: NOTIFY_SECONDS,
      DatapointsToAlarm: 1,
    });
    // A message about an instance comes back after 900 s at the latest: the alarm must not end in between.
    const [period, datapoints] = ['Period', 'EvaluationPeriods'].map((name) => Number(property('MessagesOld', name)));
    expect((period ?? 0) * (datapoints ?? 0)).toBeGreaterThan(900);
  });

  it('ring when the schedule is silent, whatever else runs the scheduler', () => {
    expect(packaged().template.Resources.RecheckSilent?.Properties).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(property('RecheckSilent', 'Dimensions')).toEqual([
      { Name: 'RuleName', Value: 'undrift-RecheckScheduleRule' },
    ]);
  });

  it('ring when Lambda refuses to run any function', () => {
    const summed = JSON.stringify(property('FunctionsThrottled', 'Metrics'));
    for (const [, { Properties }] of ofType('AWS::Lambda::Function'))
      expect(summed).toContain(
        `"MetricName":"Throttles","Dimensions":[{"Name":"FunctionName","Value":"${Properties.FunctionName}"}]`,
      );
  });

  it('watch over what did not reach the scheduler', () => {
    expect(watching('QueueName', 'undrift-RecheckDeadLetterQueue')).toEqual(LYING);
  });

  it('tell of what no rule could deliver', () => {
    const summed = JSON.stringify(property('UndeliveredEvents', 'Metrics'));
    const watched = summed + JSON.stringify(property('UndeliveredFindings', 'Dimensions'));
    const rules = ofType('AWS::Events::Rule').map(([id]) => id);
    // An alarm on a sum takes ten metrics at most (Amazon CloudWatch, "Quotas").
    expect(rules).toHaveLength(11);
    for (const id of rules) expect(watched).toContain(`"undrift-${id}"`);
    const ids = (property('UndeliveredEvents', 'Metrics') as JsonObject[]).map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(rules.length);
  });
});

describe('the units', () => {
  it('are known to the recheck by their queues, and to all by their roles', () => {
    const variables = (id: string) =>
      (property(`${id}LambdaFunction`, 'Environment') as JsonObject).Variables as JsonObject;
    const url = (id: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/undrift-${id}`;
    expect(variables('Recheck')).toMatchObject({
      UNDRIFT_SECURITY_GROUPS_QUEUE_URL: url('SecurityGroupsQueue'),
      UNDRIFT_INSTANCES_QUEUE_URL: url('InstancesQueue'),
      UNDRIFT_NETWORKS_QUEUE_URL: url('NetworksQueue'),
    });
    for (const unit of units) {
      expect(variables(unit).UNDRIFT_OWN_ROLE_ARNS).toBe(units.map((name) => role(`${name}Role`)).join(','));
      expect(variables(unit).UNDRIFT_QUEUE_URL).toBe(url(`${unit}Queue`));
      expect(variables(unit).UNDRIFT_DEAD_LETTER_QUEUE_URL).toBe(url(`${unit}DeadLetterQueue`));
    }
  });
});

describe('the topics', () => {
  const publish = (topic: string, context: Record<string, string> = {}) => ({
    action: 'sns:Publish',
    resource: `arn:aws:sns:us-east-1:123456789012:undrift-${topic}`,
    context: { 'aws:SourceAccount': '123456789012', ...context },
  });
  const asks = (topic: string, principal: string, context: Record<string, string>) =>
    admitted(property(`${topic}Policy`, 'PolicyDocument'), principal, publish(topic, context));
  const alarm = { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:undrift-dev-MessagesOld' };
  const ours = [...units, 'Recheck'].map((name) => role(`${name}Role`));

  it.each(ours)('take what %s publishes about what undrift did', async (principal) => {
    expect(await asks('Topic', principal, { 'aws:PrincipalArn': principal })).toBe(true);
  });

  it.each(['arn:aws:iam::123456789012:role/Administrator', 'arn:aws:iam::123456789012:user/kim'])(
    'take nothing of %s, whatever its own permissions',
    async (principal) => {
      for (const topic of ['Topic', 'AlarmTopic'])
        expect(await asks(topic, principal, { 'aws:PrincipalArn': principal }), topic).toBe(false);
    },
  );

  it('take alarms of this account on the topic of alarms only', async () => {
    expect(await asks('AlarmTopic', 'cloudwatch.amazonaws.com', alarm)).toBe(true);
    expect(await asks('Topic', 'cloudwatch.amazonaws.com', alarm)).toBe(false);
    const foreign = { 'aws:SourceArn': alarm['aws:SourceArn'].replace('123456789012', '210987654321') };
    expect(await asks('AlarmTopic', 'cloudwatch.amazonaws.com', foreign)).toBe(false);
  });

  it.each(['Topic', 'AlarmTopic'])(
    'take nothing of a rule of EventBridge, which anybody may point at %s',
    async (topic) => {
      for (const rule of ['mallory', 'undrift-InstancesCallsRule']) {
        const context = { 'aws:SourceArn': `arn:aws:events:us-east-1:123456789012:rule/${rule}` };
        expect(await asks(topic, 'events.amazonaws.com', context), rule).toBe(false);
      }
    },
  );

  it('take nothing in the clear', async () => {
    const [principal = ''] = ours;
    const clear = { 'aws:SecureTransport': 'false' };
    expect(await asks('Topic', principal, { 'aws:PrincipalArn': principal, ...clear })).toBe(false);
    expect(await asks('AlarmTopic', 'cloudwatch.amazonaws.com', { ...alarm, ...clear })).toBe(false);
  });
});

describe('the key of the topic of notifications', () => {
  const topic = 'arn:aws:sns:us-east-1:123456789012:undrift-dev-Topic-1A2B3C';
  const bySns = {
    'kms:CallerAccount': '123456789012',
    'kms:ViaService': 'sns.us-east-1.amazonaws.com',
    'kms:EncryptionContext:aws:sns:topicArn': topic,
  };
  /** The evaluator drops keys of the encryption context, as it does not know them: another key stands in, on both sides. */
  const known = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll('kms:EncryptionContext:aws:sns:topicArn', 'aws:PrincipalTag/topic'));
  const use = (principal: string, context: Record<string, string>) =>
    admitted(known(property('Key', 'KeyPolicy')), principal, {
      action: 'kms:GenerateDataKey',
      resource: 'arn:aws:kms:us-east-1:123456789012:key/undrift-Key',
      context: known(context),
    });
  const anybody = 'arn:aws:iam::123456789012:role/Administrator';
  const alarm = {
    'aws:SourceAccount': '123456789012',
    'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:undrift-dev-MessagesOld',
    'kms:EncryptionContext:aws:sns:topicArn': topic,
  };

  it('serves a publisher by SNS, for a topic of the stack, and nobody by itself', async () => {
    expect(await use(role('InstancesRole'), bySns)).toBe(true);
    expect(await use(anybody, {})).toBe(false);
    expect(await use(anybody, { ...bySns, 'kms:ViaService': 's3.us-east-1.amazonaws.com' })).toBe(false);
    const other = { 'kms:EncryptionContext:aws:sns:topicArn': 'arn:aws:sns:us-east-1:123456789012:mallory' };
    expect(await use(anybody, { ...bySns, ...other })).toBe(false);
  });

  it('serves no alarm, as the topic of alarms has no key, and no rule of EventBridge', async () => {
    expect(await use('cloudwatch.amazonaws.com', alarm)).toBe(false);
    const rule = { ...alarm, 'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/mallory' };
    expect(await use('cloudwatch.amazonaws.com', rule)).toBe(false);
    expect(await use('events.amazonaws.com', rule)).toBe(false);
    expect(JSON.stringify(property('Key', 'KeyPolicy'))).not.toContain('events.amazonaws.com');
  });
});
