/** One odd id in a list leaves the others in the outcome, and is itself reported. However long the list is, all of it counts. */
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call, GROUP, INSTANCE, record } from './perfect.ts';

const SSM = 'ssm.amazonaws.com';
const AUTO_SCALING = 'autoscaling.amazonaws.com';
const OTHER = 'i-0b2c3d4e5f6071829';
const changeOf = (raw: unknown) => parseInbound(raw) as Change;
const items = (key: string, ids: readonly unknown[]) => ({ items: ids.map((id) => ({ [key]: id })) });
const answer = (ids: readonly unknown[]) => items('securityGroupRuleId', ids);

const OF_INSTANCES: readonly [string, (ids: readonly unknown[]) => unknown][] = [
  ['StopInstances', (ids) => call('StopInstances', { instancesSet: items('instanceId', ids) })],
  ['MonitorInstances', (ids) => call('MonitorInstances', { instancesSet: items('instanceId', ids) })],
  [
    'CreateTags',
    (ids) => call('CreateTags', { resourcesSet: items('resourceId', ids), tagSet: { items: [{ key: 'Env' }] } }),
  ],
  ['DetachInstances', (ids) => call('DetachInstances', { instanceIds: ids }, null, AUTO_SCALING)],
  ['SetInstanceProtection', (ids) => call('SetInstanceProtection', { instanceIds: ids }, null, AUTO_SCALING)],
  [
    'AssociateInstanceEventWindow',
    (ids) =>
      call('AssociateInstanceEventWindow', {
        AssociateInstanceEventWindowRequest: { AssociationTarget: { InstanceId: ids } },
      }),
  ],
  [
    'ModifyInstanceCreditSpecification',
    (ids) =>
      call('ModifyInstanceCreditSpecification', {
        ModifyInstanceCreditSpecificationRequest: {
          InstanceCreditSpecification: ids.map((id) => ({ InstanceId: id, CpuCredits: 'unlimited' })),
        },
      }),
  ],
  ['SendCommand by ids', (ids) => call('SendCommand', { documentName: 'X', instanceIds: ids }, null, SSM)],
  [
    'SendCommand by a target of ids',
    (ids) => call('SendCommand', { documentName: 'X', targets: [{ key: 'InstanceIds', values: ids }] }, null, SSM),
  ],
];

describe('of instances that a call lists', () => {
  it.each(OF_INSTANCES)('%s: the others count, and what is no id is reported beside them', (_call, raw) => {
    for (const odd of ['i-odd\tone', 'x'.repeat(3000), 7, { a: 1 }]) {
      const { resources } = changeOf(raw([INSTANCE, odd, OTHER]));
      expect(resources.filter(({ type }) => type === 'instance').map(({ id }) => id)).toEqual(
        // What is tagged and is text, but no instance's id, is something else.
        [INSTANCE, OTHER],
      );
      if (_call === 'CreateTags' && odd === 'x'.repeat(3000)) continue;
      expect(resources.filter(({ type }) => type === 'targets').map(({ id }) => id.slice(0, 12))).toEqual([
        'instance-id=',
      ]);
    }
  });

  it.each(OF_INSTANCES)('%s: 1,001 of them all count', (_call, raw) => {
    const ids = Array.from({ length: 1001 }, (_, n) => `i-${n.toString(16).padStart(17, '0')}`);
    expect(changeOf(raw(ids)).resources.map(({ id }) => id)).toEqual(ids);
  });

  it('20,000 associations that look alike are read at once', () => {
    const entries = Array.from({ length: 20_000 }, () => ({ name: 'AWS-X', instanceId: INSTANCE }));
    const raw = call('CreateAssociationBatch', { entries }, { failed: [{ entry: entries[0] }] }, SSM);
    const begun = performance.now();
    expect(changeOf(raw).resources.map(({ id }) => id)).toEqual([INSTANCE]);
    // It took seconds while each was compared with each of the others.
    expect(performance.now() - begun).toBeLessThan(1500);
  });

  it('none can be read: then the event is malformed', () => {
    expect(() => parseInbound(call('StopInstances', { instancesSet: items('instanceId', [7]) }))).toThrow(
      MalformedEvent,
    );
  });
});

describe('of rules that a call names', () => {
  const RULE = 'sgr-0a1b2c3d4e5f60718';
  it.each<[string, unknown]>([
    ['AuthorizeSecurityGroupIngress', record({ responseElements: { securityGroupRuleSet: answer([7, RULE]) } })],
    [
      'RevokeSecurityGroupIngress',
      call('RevokeSecurityGroupIngress', { groupId: GROUP, securityGroupRuleIds: answer([7, RULE]) }),
    ],
    [
      'ModifySecurityGroupRules',
      call('ModifySecurityGroupRules', {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: [{ SecurityGroupRuleId: 7 }, { SecurityGroupRuleId: RULE }],
        },
      }),
    ],
    [
      'UpdateSecurityGroupRuleDescriptionsIngress',
      call('UpdateSecurityGroupRuleDescriptionsIngress', {
        UpdateSecurityGroupRuleDescriptionsIngressRequest: {
          GroupId: GROUP,
          SecurityGroupRuleDescription: [{ SecurityGroupRuleId: 7 }, { SecurityGroupRuleId: RULE }],
        },
      }),
    ],
  ])('%s: the group is judged with those that can be read, and the other is reported', (_call, raw) => {
    const { resources, fact, unread } = changeOf(raw);
    expect(resources).toEqual([{ type: 'security-group', id: GROUP }]);
    expect(fact).toMatchObject({ ruleIds: [RULE] });
    expect(unread).toEqual([expect.stringContaining('expected a string, found 7')]);
  });

  it('an answer that is none leaves the group of the request', () => {
    for (const securityGroupRuleSet of ['odd', 7, [7], { items: 7 }, { items: ['odd'] }]) {
      const { resources, unread } = changeOf(record({ responseElements: { securityGroupRuleSet } }));
      expect(resources).toEqual([{ type: 'security-group', id: GROUP }]);
      expect(unread).toHaveLength(1);
    }
  });

  it('a group that cannot be read in the request is the one of the answer', () => {
    const groupId = 'not an id';
    expect(changeOf(record({ requestParameters: { groupId } })).resources).toEqual([
      { type: 'security-group', id: GROUP },
    ]);
  });
});

describe('of what a call launched', () => {
  const ENI = 'eni-0a1b2c3d4e5f60718';
  const face = (networkInterfaceId: unknown, groupId: unknown = GROUP) => ({
    networkInterfaceId,
    groupSet: { items: [{ groupId }] },
  });
  const launched = (...instances: readonly object[]) =>
    changeOf(call('RunInstances', {}, { instancesSet: { items: instances } }));
  const instance = (instanceId: unknown, ...faces: readonly object[]) => ({
    instanceId,
    networkInterfaceSet: { items: faces },
  });

  it('an instance stands for its interfaces where one of them cannot be read', () => {
    expect(launched(instance(INSTANCE, face(ENI), face(7))).resources).toEqual([{ type: 'instance', id: INSTANCE }]);
  });

  it('the others are judged where one cannot be read at all, which is reported', () => {
    const { resources, unread } = launched(instance(7, face(7)), instance(OTHER, face(ENI)));
    expect(resources).toEqual([{ type: 'network-interface', id: ENI }]);
    expect(unread).toEqual(['responseElements.instancesSet.items[0].instanceId: expected a string, found 7']);
  });

  it('the live state says which groups there are where one cannot be read', () => {
    expect(launched(instance(INSTANCE, face(ENI), face('eni-1', 7))).fact).toEqual({
      kind: 'interfaces-created',
      groupIds: [],
    });
  });
});

describe('a tag key', () => {
  const tagged = (...keys: readonly unknown[]) =>
    changeOf(
      call('CreateTags', {
        resourcesSet: items('resourceId', [INSTANCE]),
        tagSet: { items: keys.map((key) => ({ key, value: '1' })) },
      }),
    );

  it('with any character in it leaves the other keys, and is itself compared as it was written', () => {
    expect(tagged('Environment', 'x\ty').fact).toMatchObject({ keys: ['Environment', 'x\ty'] });
  });

  it('that is no text leaves the other keys, and is reported', () => {
    const { fact, unread } = tagged('Environment', 7);
    expect(fact).toMatchObject({ keys: ['Environment'] });
    expect(unread).toEqual([expect.stringContaining('tagSet.items[1].key')]);
  });
});

describe('targets of Systems Manager', () => {
  const command = (...targets: readonly unknown[]) =>
    changeOf(call('SendCommand', { documentName: 'X', targets }, null, SSM)).resources;

  it('with a value of 3,000 characters are looked up as they are', () => {
    const values = ['x'.repeat(3000)];
    expect(command({ key: 'tag:Env', values })).toMatchObject([{ type: 'targets', lookUp: { filters: [{ values }] } }]);
  });

  it('with any character in the key of a tag are looked up as they are', () => {
    expect(command({ key: 'tag:x\ty', values: ['1'] })).toMatchObject([
      { type: 'targets', lookUp: { filters: [{ key: 'tag:x\ty' }] } },
    ]);
  });

  it('that cannot be read leave the ids beside them, and are not replaced by what the others mean alone', () => {
    expect(command({ key: 'InstanceIds', values: [INSTANCE] }, { key: 7 }, { key: 'tag:Env', values: ['p'] })).toEqual([
      { type: 'instance', id: INSTANCE },
      { type: 'targets', id: 'targets that cannot be read' },
    ]);
  });

  it('name an instance however deep and after however many others it stands in the parameters of an automation', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: [INSTANCE] } } } } } } };
    const parameters = { Decoys: Array.from({ length: 1001 }, () => 'x'), Deep: [deep], Last: [OTHER] };
    const raw = call('StartAutomationExecution', { documentName: 'X', parameters }, null, SSM);
    expect(changeOf(raw).resources.map(({ id }) => id)).toEqual([INSTANCE, OTHER]);
  });
});
