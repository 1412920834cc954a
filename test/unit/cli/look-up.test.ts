import { describe, expect, test } from 'vitest';
import { readEstate } from '../../../cli/explain/estate-file.ts';
import { lookUp } from '../../../cli/explain/look-up.ts';
import type { Change, Fact, ResourceRef } from '../../../src/domain/change.ts';
import type { Estate } from '../../../src/domain/estate.ts';
import { ACCOUNT, GROUP, INSTANCE } from '../inbound/perfect.ts';
import { closed } from '../notice/incident.ts';
import { group, INTERFACE, LIST, machine, rule } from './estate.ts';

const OTHER = 'sg-0fedcba9876543210';

const card = (id: string, groupIds: readonly string[], deviation: object = {}) => ({
  NetworkInterfaceId: id,
  OwnerId: ACCOUNT,
  VpcId: 'vpc-1',
  Description: 'primary',
  InterfaceType: 'interface',
  RequesterManaged: false,
  Groups: groupIds.map((GroupId) => ({ GroupId, GroupName: 'x' })),
  TagSet: [{ Key: 'Name', Value: 'web' }],
  ...deviation,
});

/** Two groups on one interface; a third interface has the second group alone. */
const WORLD = {
  SecurityGroups: [group(), group({ GroupId: OTHER, GroupName: 'partner' })],
  SecurityGroupRules: [
    rule('sgr-1', { CidrIpv4: undefined, PrefixListId: LIST }),
    rule('sgr-2', { GroupId: OTHER, CidrIpv4: undefined, ReferencedGroupInfo: { GroupId: GROUP } }),
  ],
  ManagedPrefixLists: [{ PrefixListId: LIST, PrefixListName: 'office', OwnerId: ACCOUNT, Version: 7 }],
  PrefixListEntries: { [LIST]: [{ Cidr: '3.0.0.0/8', Description: 'all of it' }, { Cidr: '4.0.0.0/8' }] },
  NetworkInterfaces: [
    card(INTERFACE, [GROUP, OTHER], { Attachment: { InstanceId: INSTANCE } }),
    card('eni-2', [OTHER]),
    card('eni-3', ['sg-0000000000000000f']),
  ],
  Reservations: [{ Instances: [machine(INSTANCE)] }],
};

const NOW = new Date('2026-02-03T05:00:00Z');

function found(fact: Fact, resource: ResourceRef, deviation: object = {}): Promise<readonly Estate[]> {
  const change: Change = { ...closed.change, account: ACCOUNT, fact, resources: [resource] };
  return lookUp(readEstate({ ...WORLD, ...deviation }), change, NOW);
}

/** What is judged: the kind and the id of each. */
const judged = (estates: readonly Estate[]): readonly string[] => estates.map(nameOf);

function nameOf(estate: Estate): string {
  switch (estate.kind) {
    case 'missing':
    case 'targets':
    case 'baseline':
      return `${estate.kind} ${estate.resource.id}`;
    case 'instance':
      return `instance ${estate.instance.id}`;
    case 'network-interface':
      return `interface ${estate.networkInterface.id}`;
    case 'prefix-list':
      return `list ${estate.list.id}`;
    case 'security-group':
      return `group ${estate.group.id}`;
  }
}

const ADDED: Fact = { kind: 'rules-added', egress: false, ruleIds: ['sgr-1'] };
const REGROUPED: Fact = { kind: 'security-groups-changed', groupIds: [GROUP, OTHER] };
const CREATED: Fact = { kind: 'interfaces-created', groupIds: [GROUP] };
const WIDENED: Fact = { kind: 'prefix-list-changed', added: null };
const SESSION: Fact = { kind: 'session-started', sessionId: null };
const theGroup: ResourceRef = { type: 'security-group', id: GROUP };
const theInterface: ResourceRef = { type: 'network-interface', id: INTERFACE };
const theInstance: ResourceRef = { type: 'instance', id: INSTANCE };

test.each<readonly [string, Fact, ResourceRef, readonly string[]]>([
  ['a group', ADDED, theGroup, [`group ${GROUP}`]],
  [
    'a list, with the groups that name it',
    WIDENED,
    { type: 'prefix-list', id: LIST },
    [`list ${LIST}`, `group ${GROUP}`],
  ],
  ['a list that the file lacks', WIDENED, { type: 'prefix-list', id: 'pl-9' }, ['missing pl-9']],
  [
    'the groups of an interface were set',
    REGROUPED,
    theInterface,
    [`instance ${INSTANCE}`, `interface ${INTERFACE}`, `group ${GROUP}`, `group ${OTHER}`],
  ],
  [
    'the groups of an instance were set',
    REGROUPED,
    theInstance,
    [`instance ${INSTANCE}`, `interface ${INTERFACE}`, `group ${GROUP}`, `group ${OTHER}`],
  ],
  ['an interface was made', CREATED, theInterface, [`interface ${INTERFACE}`, `group ${GROUP}`, `group ${OTHER}`]],
  ['an instance was launched', CREATED, theInstance, [`interface ${INTERFACE}`, `group ${GROUP}`, `group ${OTHER}`]],
  ['an instance was entered', SESSION, theInstance, [`instance ${INSTANCE}`]],
  [
    'a group of the interface is not in the file',
    REGROUPED,
    { type: 'network-interface', id: 'eni-3' },
    ['missing sg-0000000000000000f'],
  ],
  ['no such interface', REGROUPED, { type: 'network-interface', id: 'eni-9' }, ['missing eni-9']],
])('%s', async (_, fact, resource, expected) => {
  expect(judged(await found(fact, resource))).toEqual(expected);
});

test('every resource that the change names is judged, and each once', async () => {
  const change: Change = {
    ...closed.change,
    fact: CREATED,
    resources: ['eni-9', INTERFACE, 'eni-2'].map((id) => ({ ...theInterface, id })),
  };
  expect(judged(await lookUp(readEstate(WORLD), change, NOW))).toEqual([
    'missing eni-9',
    `interface ${INTERFACE}`,
    `group ${GROUP}`,
    `group ${OTHER}`,
    'interface eni-2',
  ]);
});

describe('a group has its surroundings', () => {
  const surroundings = async (fact: Fact, resource: ResourceRef, deviation: object = {}) => {
    const estate = (await found(fact, resource, deviation)).find((one) => one.kind === 'security-group');
    return estate?.kind === 'security-group' ? estate.surroundings : undefined;
  };

  test('interfaces, neighbours, and groups that refer to it', async () => {
    const around = await surroundings(ADDED, theGroup);
    expect(around?.interfaces.map(({ id }) => id)).toEqual([INTERFACE, 'eni-2']);
    expect(around?.neighbours).toMatchObject([{ group: { id: OTHER }, rules: [{ id: 'sgr-2' }] }]);
    expect(around?.referencedBy).toEqual([OTHER]);
  });

  test('unread where the file tells of no interface', async () => {
    expect(await surroundings(ADDED, theGroup, { NetworkInterfaces: [] })).toBeNull();
  });
});

describe('a list', () => {
  test('has its version, its words, and the groups that name it', async () => {
    expect((await found(WIDENED, { type: 'prefix-list', id: LIST }))[0]).toMatchObject({
      list: { version: 7, cidrs: ['3.0.0.0/8', '4.0.0.0/8'], descriptions: { '3.0.0.0/8': 'all of it' } },
      groups: [{ group: { id: GROUP }, rules: [{ id: 'sgr-1' }] }],
    });
  });
});

describe('an interface', () => {
  const first = (...interfaces: readonly object[]) => readEstate({ NetworkInterfaces: interfaces }).interfaces[0];

  test('is read as it is described', () => {
    expect(first(card('eni-1', [GROUP], { Attachment: { InstanceId: INSTANCE } }))).toEqual({
      id: 'eni-1',
      vpcId: 'vpc-1',
      ownerId: ACCOUNT,
      groupIds: [GROUP],
      instanceId: INSTANCE,
      requesterManaged: false,
      loadBalancer: false,
      interfaceType: 'interface',
      requesterId: null,
      publicAddresses: [],
      description: 'primary',
      tags: { Name: 'web' },
    });
  });

  test('has the public addresses of its associations, and is a load balancer by who it is attached for', () => {
    const balancer = {
      RequesterManaged: true,
      RequesterId: '412345678901',
      Attachment: { InstanceOwnerId: 'amazon-elb' },
      Association: { PublicIp: '198.51.100.7' },
      PrivateIpAddresses: [{ Association: { PublicIp: '198.51.100.8' } }],
      Ipv6Addresses: [{ Ipv6Address: '2001:db8::5' }, { Ipv6Address: 'fd00::5' }],
      Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8:1::/80' }],
    };
    expect(first(card('eni-1', [GROUP], balancer))).toMatchObject({
      loadBalancer: true,
      requesterId: '412345678901',
      publicAddresses: ['198.51.100.7', '198.51.100.8', '2001:db8:1::/80', '2001:db8::5'],
    });
  });

  test.each([
    ['a network load balancer', { RequesterManaged: true, InterfaceType: 'network_load_balancer' }, true],
    ['an application load balancer', { RequesterManaged: true, RequesterId: 'amazon-elb' }, true],
    ['another service', { RequesterManaged: true, RequesterId: 'amazon-rds' }, false],
    [
      'somebody who only says so',
      { RequesterManaged: false, Description: 'ELB app/web/1', RequesterId: 'amazon-elb' },
      false,
    ],
  ])('of %s', (_, deviation, expected) => {
    expect(first(card('eni-1', [GROUP], deviation))?.loadBalancer).toBe(expected);
  });

  test('is known by its instance, too, and better by itself', () => {
    const { TagSet: _, ...beside } = card('eni-1', [GROUP]);
    const Reservations = [{ Instances: [machine(INSTANCE, { NetworkInterfaces: [beside] })] }];
    const alone = readEstate({ Reservations }).interfaces;
    expect(alone).toMatchObject([{ id: 'eni-1', instanceId: INSTANCE, groupIds: [GROUP] }]);
    const described = [card('eni-1', [OTHER], { Attachment: { InstanceId: INSTANCE } })];
    expect(readEstate({ Reservations, NetworkInterfaces: described }).interfaces).toMatchObject([
      { groupIds: [OTHER] },
    ]);
  });

  test('without its groups is not known, and without its owner a fault', () => {
    expect(first(card('eni-1', [], { Groups: undefined }))).toBeUndefined();
    expect(() => first(card('eni-1', [GROUP], { OwnerId: undefined }))).toThrow(
      'NetworkInterfaces[0].OwnerId: expected a string',
    );
  });
});
