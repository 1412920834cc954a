import { describe, expect, it, test } from 'vitest';
import type { Actor } from '../../../src/domain/actor.ts';
import type { NetworkInterface } from '../../../src/domain/estate.ts';
import { KEEPERS, type Keeper, keeperOf } from '../../../src/domain/keepers.ts';
import { isCallOf } from '../../../src/policy/keeper-calls.ts';
import { groupOf, interfaceOf } from '../decide/networks.ts';
import { ACCOUNT } from '../guards/perfect.ts';
import { ALICE } from '../policy/subjects.ts';

const { group: GROUP } = groupOf('sg-a');
const CONTROLLER = interfaceOf('eni-1', ['sg-a'], {
  instanceId: null,
  requesterManaged: true,
  requesterId: 'AROAEXAMPLE000000005:directoryservice',
  description: 'AWS created network interface for directory d-936700000a',
});
const nameOf = (users: readonly NetworkInterface[] | undefined, tags = {}) =>
  keeperOf({ ...GROUP, tags }, users)?.name ?? null;

test('each row names the page of AWS that describes what the service makes', () => {
  for (const { source } of KEEPERS) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
});

describe('a group is kept', () => {
  it.each<[string, string, Partial<NetworkInterface>]>([
    ['AWS Directory Service', 'of a directory', {}],
    [
      'AWS Directory Service',
      'of a directory in China',
      { description: 'Amazon created network interface for directory d-936700000a' },
    ],
    [
      'Amazon WorkSpaces',
      'of a desktop',
      { description: `Created By Amazon Workspaces for AWS Account ID ${ACCOUNT}` },
    ],
    [
      'Amazon GuardDuty, or another service with a VPC endpoint',
      'of an endpoint',
      { interfaceType: 'vpc_endpoint', description: 'VPC Endpoint Interface vpce-0123456789abcdef0' },
    ],
  ])('by %s: an interface %s', (name, _of, deviation) => {
    expect(nameOf([{ ...CONTROLLER, ...deviation }])).toBe(name);
  });

  it('by Amazon EKS: its own tag, wherever the group is in private use', () => {
    const tags = { 'aws:eks:cluster-name': 'prod' };
    expect(nameOf([], tags)).toBe('Amazon EKS');
    expect(nameOf([interfaceOf('eni-2', ['sg-a'])], tags)).toBe('Amazon EKS');
  });
});

describe('nobody keeps a group', () => {
  it.each<[string, readonly NetworkInterface[] | undefined, Readonly<Record<string, string>>]>([
    ['that no interface has', [], {}],
    ['whose interfaces were not read', undefined, { 'aws:eks:cluster-name': 'prod' }],
    ['that something else has, too', [CONTROLLER, interfaceOf('eni-2', ['sg-a'])], {}],
    ['whose interface only claims to be one', [{ ...CONTROLLER, requesterManaged: false }], {}],
    ['on an interface of another type', [{ ...CONTROLLER, interfaceType: 'efa' }], {}],
    ['on an interface that no row describes', [{ ...CONTROLLER, description: 'RDSNetworkInterface' }], {}],
    ['whose description only begins so', [{ ...CONTROLLER, description: `${CONTROLLER.description} and more` }], {}],
    ['with a public address', [{ ...CONTROLLER, publicAddresses: ['198.51.100.7'] }], {}],
    ['of a load balancer', [{ ...CONTROLLER, loadBalancer: true }], {}],
    [
      'of two services',
      [
        CONTROLLER,
        { ...CONTROLLER, interfaceType: 'vpc_endpoint', description: 'VPC Endpoint Interface vpce-01234567' },
      ],
      {},
    ],
    [
      'of EKS that has come to a public address',
      [interfaceOf('eni-2', ['sg-a'], { publicAddresses: ['2600::1'] })],
      { 'aws:eks:cluster-name': 'prod' },
    ],
    ['of a stack', [interfaceOf('eni-2', ['sg-a'])], { 'aws:cloudformation:stack-name': 'web' }],
    [
      'of another kind of tag',
      [],
      { 'aws:autoscaling:groupName': 'web', 'aws:createdBy': 'kim', 'aws:new:thing': 'x' },
    ],
    ['that is only named so', [interfaceOf('eni-2', ['sg-a'])], { Name: 'GuardDutyManagedSecurityGroup-vpc-01234567' }],
  ])('%s', (_name, users, tags) => {
    expect(nameOf(users, tags)).toBeNull();
  });
});

describe('a call of the service', () => {
  const directory = KEEPERS.find(({ name }) => name === 'AWS Directory Service') as Keeper;
  const linked = (arn: string): Actor => ({ ...ALICE, type: 'AssumedRole', issuerArn: arn, invokedBy: null });
  const role = (path: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${path}`;

  it.each<[string, Actor]>([
    ['by its service-linked role', linked(role('aws-service-role/ds.amazonaws.com/AWSServiceRole'))],
    ['on behalf of a person', { ...ALICE, invokedBy: 'ds.amazonaws.com' }],
  ])('is one %s', (_name, actor) => {
    expect(isCallOf(directory, actor, ACCOUNT)).toBe(true);
  });

  it.each<[string, Actor]>([
    ['a person', ALICE],
    ['another service', { ...ALICE, invokedBy: 'cloudformation.amazonaws.com' }],
    ['the role of another service', linked(role('aws-service-role/eks.amazonaws.com/AWSServiceRole'))],
    ['a role of another account', linked(role('aws-service-role/ds.amazonaws.com/AWSServiceRole', '210987654321'))],
    ['a role under a path that anybody may choose', linked(role('service-role/ds.amazonaws.com/AWSServiceRole'))],
    ['a path deeper than a service-linked role has', linked(role('aws-service-role/ds.amazonaws.com/x/y'))],
    ['a path with colons', linked(role('x:role/aws-service-role/ds.amazonaws.com/y'))],
    ['an ARN that is none', linked('ds.amazonaws.com')],
    ['a user whose path looks like it', { ...linked(role('aws-service-role/ds.amazonaws.com/x')), type: 'IAMUser' }],
  ])('is none by %s', (_name, actor) => {
    expect(isCallOf(directory, actor, ACCOUNT)).toBe(false);
  });
});
