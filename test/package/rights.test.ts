import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowed, FUNCTIONS, type FunctionName, listOf, type Request, type Role, roleOf } from './iam.ts';
import { type Packaged, packageTemplate, ROOT, remove } from './stage.ts';

let packaged: Packaged;
const roles = new Map<FunctionName, Role>();
beforeAll(async () => {
  packaged = await packageTemplate();
  for (const name of FUNCTIONS) roles.set(name, roleOf(name, packaged.template));
});
afterAll(() => remove(packaged));

const statementsFor = (name: FunctionName) => roles.get(name)?.statements ?? [];
const may = (name: FunctionName, request: Request) => allowed(statementsFor(name), request);

const here = { 'aws:RequestedRegion': 'us-east-1' };
const optedIn = { ...here, 'aws:ResourceTag/undrift:replace': 'allowed' };
const bySns = { 'kms:ViaService': 'sns.us-east-1.amazonaws.com' };
const arn = (service: string, rest: string, account = '123456789012', region = 'us-east-1') =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
const group = arn('ec2', 'security-group/sg-0aaa1111bbb22223c');
const instance = arn('ec2', 'instance/i-0aaa1111bbb22223c');
const card = arn('ec2', 'network-interface/eni-0aaa1111bbb22223c');
const list = (owner = '123456789012') => arn('ec2', 'prefix-list/pl-0aaa1111bbb22223c', owner);
const fleet = arn('autoscaling', 'autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/web');
const queue = (name: string) => arn('sqs', `undrift-${name}`);
const ledger = arn('dynamodb', 'table/undrift-Ledger');
const topic = arn('sns', 'undrift-Topic');
const log = (name: string) => arn('logs', `log-group:/aws/lambda/undrift-dev-${name}:log-stream:2026/05/04/[$LATEST]1`);
const replace: Request = {
  action: 'autoscaling:TerminateInstanceInAutoScalingGroup',
  resource: fleet,
  context: optedIn,
};
/** Under any path, and answered in a Region that need not be ours. */
const profile = 'arn:aws:iam::123456789012:instance-profile/team/web';
const markUnhealthy: Request = { ...replace, action: 'autoscaling:SetInstanceHealth' };
const revokes: readonly Request[] = ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress'].map(
  (action) => ({ action, resource: group, context: here }),
);
/** EC2 asks for each of these when the groups of an attached interface are set. */
const setGroups: readonly Request[] = [card, group, instance].map((resource) => ({
  action: 'ec2:ModifyNetworkInterfaceAttribute',
  resource,
  context: here,
}));
const reads = (...actions: string[]): Request[] => actions.map((action) => ({ action, resource: '*', context: here }));
const on = (resource: string, ...actions: string[]): Request[] => actions.map((action) => ({ action, resource }));

const shared: readonly Request[] = [
  ...on(ledger, 'dynamodb:GetItem', 'dynamodb:PutItem'),
  ...on(topic, 'sns:Publish'),
  ...on(arn('ssm', 'parameter/undrift/dev/pause'), 'ssm:GetParameter'),
  { action: 'kms:GenerateDataKey', resource: arn('kms', 'key/undrift-Key'), context: bySns },
];
/** Each function queries the indexes that its code asks (`who asks for which index`, below), and no other. */
const INDEXES: Readonly<Record<FunctionName, readonly string[]>> = {
  securityGroups: ['resource', 'recent'],
  // A slot of a budget that comes free goes to whoever is next in the line of its group.
  instances: ['group', 'resource', 'recent'],
  networks: ['resource', 'recent'],
  recheck: ['due', 'group', 'outbox'],
};
const queries = (name: FunctionName): Request[] =>
  INDEXES[name].flatMap((index) => on(`${ledger}/index/${index}`, 'dynamodb:Query'));
const remediator = (unit: string): Request[] => [
  ...on(queue(`${unit}Queue`), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'),
  ...on(queue(`${unit}DeadLetterQueue`), 'sqs:SendMessage'),
  ...on(queue(`${unit}DeadLetterQueue`), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'),
  ...reads('cloudtrail:LookupEvents'),
];
const NEEDS: Readonly<Record<FunctionName, readonly Request[]>> = {
  securityGroups: [
    ...shared,
    ...queries('securityGroups'),
    ...remediator('SecurityGroups'),
    ...on(log('security-groups'), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ...reads('ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeManagedPrefixLists'),
    ...reads('ec2:DescribeNetworkInterfaces'),
    ...on(list('aws'), 'ec2:GetManagedPrefixListEntries'),
    ...on(list('210987654321'), 'ec2:GetManagedPrefixListEntries'),
    ...revokes,
  ],
  instances: [
    ...shared,
    ...queries('instances'),
    ...remediator('Instances'),
    ...on(log('instances'), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ...reads('ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeLaunchTemplateVersions'),
    ...reads('ec2:DescribeSecurityGroups', 'autoscaling:DescribeAutoScalingGroups'),
    ...reads('autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeInstanceRefreshes'),
    ...reads('autoscaling:DescribeLaunchConfigurations', 'autoscaling:DescribeScalingActivities'),
    ...reads('ec2:DescribeImages', 'ec2:DescribeSubnets', 'ssm:DescribeSessions'),
    ...reads('ssm:DescribeInstanceInformation', 'ssm:ListCommandInvocations', 'ssm:ListCommands'),
    ...reads('ec2:DescribeInstanceTypes', 'ec2:DescribeKeyPairs', 'elasticloadbalancing:DescribeTargetHealth'),
    { action: 'iam:GetInstanceProfile', resource: profile, context: { 'aws:RequestedRegion': 'us-east-1' } },
    { action: 'iam:GetInstanceProfile', resource: profile, context: { 'aws:RequestedRegion': 'us-gov-west-1' } },
    { action: 'ec2:DescribeInstanceAttribute', resource: instance, context: here },
    replace,
    markUnhealthy,
  ],
  networks: [
    ...shared,
    ...queries('networks'),
    ...remediator('Networks'),
    ...on(log('networks'), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ...reads('ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules'),
    ...reads('ec2:DescribeManagedPrefixLists'),
    ...on(list('aws'), 'ec2:GetManagedPrefixListEntries'),
    ...on(list('210987654321'), 'ec2:GetManagedPrefixListEntries'),
    ...setGroups,
  ],
  recheck: [
    ...shared,
    ...queries('recheck'),
    ...on(log('recheck'), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ...on(queue('SecurityGroupsQueue'), 'sqs:SendMessage'),
    ...on(queue('InstancesQueue'), 'sqs:SendMessage'),
    ...on(queue('NetworksQueue'), 'sqs:SendMessage'),
    ...on(arn('ssm', 'parameter/undrift/dev/heartbeat'), 'ssm:PutParameter'),
    ...['SecurityGroups', 'Instances', 'Networks', 'Recheck'].flatMap((name) =>
      on(queue(`${name}DeadLetterQueue`), 'sqs:GetQueueAttributes'),
    ),
    ...on(topic, 'sns:ListSubscriptionsByTopic'),
    ...on(arn('sns', 'undrift-AlarmTopic'), 'sns:ListSubscriptionsByTopic'),
    ...on(queue('RecheckQueue'), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
    ...reads('ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeManagedPrefixLists'),
    ...on(list('aws'), 'ec2:GetManagedPrefixListEntries'),
    ...on(list('210987654321'), 'ec2:GetManagedPrefixListEntries'),
  ],
};
const needs = FUNCTIONS.flatMap((name) => NEEDS[name].map((request) => [name, request.action, request] as const));
const owned = needs.filter(([, , { resource }]) => resource.includes(':123456789012:'));
const regional = owned.filter(([, , { resource }]) => !resource.startsWith('arn:aws:iam::'));

describe('each role', () => {
  it.each(needs)('%s may %s', async (name, _action, request) => {
    expect(await may(name, request)).toBe(true);
  });

  it.each(owned)('%s may not %s in another account', async (name, _action, request) => {
    const resource = request.resource.replace('123456789012', '210987654321');
    expect(await may(name, { ...request, resource })).toBe(false);
  });

  it.each(regional)('%s may not %s in another Region', async (name, _action, request) => {
    const resource = request.resource.replace('us-east-1', 'eu-west-1');
    expect(await may(name, { ...request, resource })).toBe(false);
  });

  it.each(needs.filter(([, , { resource }]) => resource === '*'))(
    '%s may not %s for another Region',
    async (name, _action, request) => {
      expect(await may(name, { ...request, context: { 'aws:RequestedRegion': 'eu-west-1' } })).toBe(false);
    },
  );

  it.each(FUNCTIONS)('%s uses the key by SNS alone', async (name) => {
    const request = { action: 'kms:Decrypt', resource: arn('kms', 'key/undrift-Key') };
    expect(await may(name, { ...request, context: bySns })).toBe(true);
    expect(await may(name, { ...request, context: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } })).toBe(false);
    expect(await may(name, request)).toBe(false);
  });

  it.each(FUNCTIONS)('%s may not write the pause parameter', async (name) => {
    expect(await may(name, { action: 'ssm:PutParameter', resource: arn('ssm', 'parameter/undrift/dev/pause') })).toBe(
      false,
    );
  });
});

describe('who asks for which index', () => {
  const indexes = ['due', 'group', 'resource', 'recent', 'outbox'];

  it.each(FUNCTIONS)('%s queries those that it needs, and no other', async (name) => {
    const granted: string[] = [];
    for (const index of indexes) {
      const query = { action: 'dynamodb:Query', resource: `${ledger}/index/${index}` };
      if (await may(name, query)) granted.push(index);
    }
    expect(granted).toEqual(indexes.filter((index) => INDEXES[name].includes(index)));
  });

  /** The methods that query an index, and the files of `src/` that call them: of another one, the roles must know. */
  it('is known of each file that asks', async () => {
    const callers = async (pattern: RegExp) => {
      const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
      const texts = await Promise.all(files.map((file) => readFile(join(ROOT, 'src', file), 'utf8')));
      return files.filter((file, at) => !file.startsWith('aws/') && pattern.test(texts[at] ?? '')).sort();
    };
    // Only an instance's slot comes free: `release` of the other units frees none.
    expect(await callers(/\bledger\.due\(/u)).toEqual(['wake.ts']);
    expect(await callers(/\bledger\.(?:line|nextLine|underWay)\(/u)).toEqual([
      'next-in-line.ts',
      'wake-lines.ts',
      'wake.ts',
    ]);
    expect(await callers(/\boutbox\.due\(/u)).toEqual(['outbox.ts']);
    expect(await callers(/\bmail\.takeList\(/u)).toEqual(['lists.ts']);
    // Of the workers alone: those of security groups and of networks ask what went by an incident of another resource.
    expect(await callers(/\bledger\.recent\(/u)).toEqual(['own-call.ts', 'works/passed-rules.ts']);
    const scheduler = ['announce.ts', 'due.ts', 'outbox.ts', 'pause.ts', 'steps.ts', 'wake-lines.ts', 'wake.ts'];
    expect((await callers(/\bledger\.of\(/u)).filter((file) => scheduler.includes(file))).toEqual([]);
  });
});

/** All actions that write an item, whether a role has been granted them or not. */
const WRITES = [
  ...['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'],
  ...['PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate'],
];

describe('the copy of the pause flag', () => {
  const WORKERS = ['securityGroups', 'instances', 'networks'] as const;
  /** With every right that a further policy could give. */
  const withAll = (name: FunctionName) => [
    ...statementsFor(name),
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' } as const,
  ];
  const item = (name: string, ...keys: string[]): Request => ({
    action: `dynamodb:${name}`,
    resource: ledger,
    context: { 'dynamodb:LeadingKeys': keys },
  });

  it.each(WORKERS)('is read by %s', async (name) => {
    expect(await may(name, item('GetItem', 'pause'))).toBe(true);
  });

  it.each(WORKERS.flatMap((name) => WRITES.map((action) => [name, action] as const)))(
    '%s may not %s it, also where another policy allows everything, and may with other keys then',
    async (name, action) => {
      expect(await allowed(withAll(name), item(action, 'pause'))).toBe(false);
      expect(await allowed(withAll(name), item(action, 'incident#x', 'pause'))).toBe(false);
      expect(await allowed(withAll(name), item(action, 'incident#x', 'pause-told'))).toBe(true);
    },
  );

  it.each(WORKERS)('keeps %s from none of its own writes', async (name) => {
    expect(await may(name, item('PutItem', 'incident#x'))).toBe(true);
    expect(await may(name, item('PutItem', 'incident#x', 'request#y'))).toBe(true);
  });

  it('is written by the scheduler', async () => {
    expect(await may('recheck', item('PutItem', 'pause'))).toBe(true);
  });
});

describe('replacing an instance', () => {
  it.each([
    ['without the tag', here],
    ['with another value of the tag', { ...here, 'aws:ResourceTag/undrift:replace': 'denied' }],
  ])('is refused in a group %s', async (_case, context) => {
    expect(await may('instances', { ...replace, context })).toBe(false);
    expect(await may('instances', { ...markUnhealthy, context })).toBe(false);
  });

  it('takes the tag of --param', async () => {
    const renamed = await packageTemplate({ optInTagKey: 'team:immutable', optInTagValue: 'yes' });
    try {
      const { statements } = roleOf('instances', renamed.template);
      const context = { ...here, 'aws:ResourceTag/team:immutable': 'yes' };
      expect(await allowed(statements, { ...replace, context })).toBe(true);
      expect(await allowed(statements, replace)).toBe(false);
      expect(renamed.text).toContain('"UNDRIFT_OPT_IN_TAG": "team:immutable=yes"');
    } finally {
      await remove(renamed);
    }
  });

  it.each(['securityGroups', 'networks', 'recheck'] as const)('is not for %s', async (name) => {
    expect(await may(name, replace)).toBe(false);
    expect(await may(name, markUnhealthy)).toBe(false);
  });
});

/** What would be worst in the wrong hands; no role has any of it, not even on what it watches. */
const NEVER: readonly Request[] = [
  ...['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'ModifySecurityGroupRules'].map((name) => ({
    action: `ec2:${name}`,
    resource: group,
    context: here,
  })),
  ...['TerminateInstances', 'StopInstances', 'ModifyInstanceAttribute'].map((name) => ({
    action: `ec2:${name}`,
    resource: instance,
    context: optedIn,
  })),
  ...on(profile, 'iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'),
  ...on('arn:aws:iam::123456789012:role/web', 'iam:PassRole', 'iam:GetRole'),
  ...on(card, 'ec2:AttachNetworkInterface', 'ec2:DeleteNetworkInterface'),
  ...on(list(), 'ec2:RestoreManagedPrefixListVersion', 'ec2:DeleteManagedPrefixList'),
  ...on(ledger, 'dynamodb:DeleteItem', 'dynamodb:Scan', 'dynamodb:DeleteTable'),
  { action: 'autoscaling:UpdateAutoScalingGroup', resource: fleet, context: optedIn },
  { action: 'autoscaling:DetachInstances', resource: fleet, context: optedIn },
];

describe('rights of one unit', () => {
  it.each(FUNCTIONS.flatMap((name) => NEVER.map((request) => [name, request.action, request] as const)))(
    '%s never may %s',
    async (name, _action, request) => {
      expect(await may(name, request)).toBe(false);
    },
  );

  it.each(['instances', 'networks', 'recheck'] as const)('%s may not revoke', async (name) => {
    for (const request of revokes) expect(await may(name, request), request.action).toBe(false);
  });

  it.each(['securityGroups', 'instances', 'recheck'] as const)('%s may not set groups', async (name) => {
    for (const request of setGroups) expect(await may(name, request), request.resource).toBe(false);
  });

  it('are apart in whatever is written outside the ledger and the topic', () => {
    const READS = /^(dynamodb|kms|logs|sns|ssm|sqs):|:(Describe|Get|Lookup)[A-Z]/;
    const written = FUNCTIONS.map((name) =>
      statementsFor(name).flatMap(({ Action }) => listOf(Action).filter((action) => !READS.test(action))),
    );
    expect(written).toEqual([
      ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
      ['autoscaling:SetInstanceHealth', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      ['ec2:ModifyNetworkInterfaceAttribute'],
      [],
    ]);
  });

  it('name their actions and resources', async () => {
    for (const { Action, Resource, NotAction, NotResource } of FUNCTIONS.flatMap(statementsFor)) {
      expect([NotAction, NotResource]).toEqual([undefined, undefined]);
      for (const action of listOf(Action)) {
        expect(action).not.toContain('*');
        const [service = '', name = ''] = action.split(':');
        if (listOf(Resource).includes('*')) expect(await isWildcardOnlyAction(service, name), action).toBe(true);
      }
    }
  });

  it('are nowhere those that only open', () => {
    const opening =
      /AuthorizeSecurityGroup|ModifySecurityGroupRules|AssociateSecurityGroupVpc|RestoreManagedPrefixList/i;
    expect(JSON.stringify(FUNCTIONS.flatMap(statementsFor))).not.toMatch(opening);
  });

  it('stay within a boundary and a path that are given', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/boundary';
    expect(packaged.text.match(/"PermissionsBoundary":/g)).toHaveLength(FUNCTIONS.length);
    expect(packaged.text.match(/"Path": \{\s+"Ref": "RolePath"/g)).toHaveLength(FUNCTIONS.length);
    const params = { parameters: { PermissionsBoundaryArn: boundary } };
    expect(roleOf('recheck', packaged.template, params).statements).toEqual(statementsFor('recheck'));
  });
});
