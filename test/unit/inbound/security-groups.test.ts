/** The calls about a group's rules, each in every shape that CloudTrail has been seen to write. */
import { describe, expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call, GROUP, RULE, record } from './perfect.ts';

const OTHER = 'sg-0fedcba9876543210';
const SECOND = 'sgr-0fedcba9876543210';
const VPC = 'vpc-0a1b2c3d4e5f60718';
const group = [{ type: 'security-group', id: GROUP }];
const named = [{ type: 'security-group', id: 'name=my web' }];

const DIRECTIONS = [
  ['Ingress', false],
  ['Egress', true],
] as const;

function answered(id: string, isEgress: unknown) {
  return { groupId: GROUP, securityGroupRuleId: id, isEgress };
}

describe.each(DIRECTIONS)('AuthorizeSecurityGroup%s', (direction, egress) => {
  const authorize = (request: unknown, response: unknown = null) =>
    parseInbound(call(`AuthorizeSecurityGroup${direction}`, request, response));
  const answer = (...items: unknown[]) => ({ _return: true, securityGroupRuleSet: { items } });
  const added = (...ruleIds: string[]) => ({ kind: 'rules-added', egress, ruleIds });

  test.each([
    ['the items form', { groupId: GROUP, ipPermissions: { items: [] } }, answer(answered(RULE, egress)), [RULE], group],
    ['the flat form of old', { groupId: GROUP, ipPermissions: {}, cidrIp: '0.0.0.0/0' }, null, [], group],
    [
      'several rules',
      { groupId: GROUP },
      answer(answered(RULE, egress), answered(SECOND, egress)),
      [RULE, SECOND],
      group,
    ],
    ['one rule without a list', { groupId: GROUP }, { securityGroupRuleSet: answered(RULE, egress) }, [RULE], group],
    ['a wrapper', { [`AuthorizeSecurityGroup${direction}Request`]: { GroupId: GROUP } }, null, [], group],
    ['an answer that tells no direction', { groupId: GROUP }, answer(answered(RULE, undefined)), [RULE], group],
    ['a rule without an id', { groupId: GROUP }, answer({ groupId: GROUP, isEgress: egress }), [], group],
    ['a group by name', { groupName: 'my web' }, answer(answered(RULE, egress)), [RULE], group],
    ['a group by name, without response', { groupName: 'my web' }, null, [], named],
    ['a group by name, no rule told', { groupName: 'my web' }, { _return: true }, [], named],
    ['a group by name, no rule listed', { groupName: 'my web' }, answer(), [], named],
    ['a request that was cut', null, answer(answered(RULE, egress)), [RULE], group],
  ])('%s', (_name, request, response, ruleIds, resources) => {
    expect(authorize(request, response)).toMatchObject({ fact: added(...ruleIds), resources });
  });

  test('rules of the other direction are not named', () => {
    const response = answer(answered(RULE, String(!egress)), answered(SECOND, String(egress)));
    expect(authorize({ groupId: GROUP }, response)).toMatchObject({ fact: added(SECOND) });
  });

  test('the values of the rules that the answer lists, as far as they can be read', () => {
    const ssh = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv4: '0.0.0.0/0' };
    const odd = { ...answered(SECOND, egress), ipProtocol: 'tcp', cidrIpv4: 'anywhere' };
    const response = answer({ ...answered(RULE, egress), ...ssh }, odd);
    const recorded = [{ id: RULE, groupId: GROUP, egress, protocol: 'tcp', fromPort: 22, toPort: 22 }];
    expect(authorize({ groupId: GROUP }, response)).toMatchObject({ fact: added(RULE, SECOND), recorded });
    expect(authorize({ groupId: GROUP }, answer(answered(RULE, egress)))).not.toHaveProperty('recorded');
  });

  test('neither id nor name', () => {
    const message = 'requestParameters.groupId: expected the id of a security group, found nothing';
    expect(() => authorize({})).toThrow(new MalformedEvent(message));
  });
});

describe.each(DIRECTIONS)('RevokeSecurityGroup%s', (direction, egress) => {
  const action = `RevokeSecurityGroup${direction}`;
  const revoke = (request: unknown, response: unknown = { _return: true }) =>
    parseInbound(call(action, request, response));
  const answer = (...items: unknown[]) => ({ _return: true, revokedSecurityGroupRuleSet: { items } });

  const traffic = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
  const value = { protocol: 'tcp', fromPort: 22, toPort: 22 };
  const pair = { groupId: OTHER, userId: '210987654321' };

  test('the values that the answer lists, with the account that only the request names', () => {
    const rule = { ...answered(RULE, egress), ...traffic, referencedGroupId: OTHER, description: 'peers' };
    const request = { groupId: GROUP, ipPermissions: { items: [{ ...traffic, groups: { items: [pair] } }] } };
    const source = { kind: 'security-group', id: OTHER, ownerId: '210987654321' };
    expect(revoke(request, answer(rule))).toMatchObject({
      fact: {
        kind: 'rules-removed',
        egress,
        ruleIds: [RULE],
        removed: { [RULE]: { ...value, source, description: 'peers' } },
      },
    });
  });

  test('the values that were asked for, where no answer lists any, without those that EC2 did not find', () => {
    const range = (cidrIp: string) => ({ ...traffic, ipRanges: { items: [{ cidrIp }] } });
    const request = { groupId: GROUP, ipPermissions: { items: [range('10.0.0.0/8'), range('10.9.0.0/16')] } };
    const response = { _return: true, unknownIpPermissionSet: { items: [range('10.9.0.0/16')] } };
    const asked = [{ ...value, source: { kind: 'ipv4', cidr: '10.0.0.0/8' }, description: null }];
    expect(revoke(request, response)).toMatchObject({ fact: { kind: 'rules-removed', egress, ruleIds: [], asked } });
    expect(revoke(request, { _return: true, unknownIpPermissionSet: 'some' })).not.toHaveProperty('fact.asked');
  });

  test('as many values as an incident has room for', () => {
    const long = (n: number) => ({
      ...answered(`sgr-${n.toString(16).padStart(17, '0')}`, egress),
      ...traffic,
      cidrIpv4: '10.0.0.0/8',
      description: 'd'.repeat(255),
    });
    const parsed = revoke({ groupId: GROUP }, answer(...Array.from({ length: 1000 }, (_, n) => long(n))));
    if (!('fact' in parsed) || parsed.fact.kind !== 'rules-removed') throw new Error('not read as a removal');
    expect(parsed.fact.ruleIds).toHaveLength(1000);
    expect(JSON.stringify(parsed.fact.removed).length).toBeLessThan(21_000);
  });

  test.each([
    ['ids', { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE }] } }, [RULE]],
    [
      'several ids',
      {
        groupId: GROUP,
        securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE }, { securityGroupRuleId: SECOND }] },
      },
      [RULE, SECOND],
    ],
    ['bare ids', { groupId: GROUP, securityGroupRuleIds: { items: [RULE, SECOND] } }, [RULE, SECOND]],
    ['ids in a plain list', { groupId: GROUP, securityGroupRuleIds: [RULE] }, [RULE]],
    ['one id without a list', { groupId: GROUP, securityGroupRuleIds: { securityGroupRuleId: RULE } }, [RULE]],
    ['PascalCase', { GroupId: GROUP, SecurityGroupRuleIds: [{ SecurityGroupRuleId: RULE }] }, [RULE]],
    ['a wrapper', { [`${action}Request`]: { GroupId: GROUP, SecurityGroupRuleId: RULE } }, [RULE]],
    [
      'a wrapper with numbers',
      {
        [`${action}Request`]: {
          GroupId: GROUP,
          SecurityGroupRuleId: [
            { tag: 1, content: RULE },
            { tag: '2', content: SECOND },
          ],
        },
      },
      [RULE, SECOND],
    ],
    ['values', { groupId: GROUP, ipPermissions: { items: [{ ipProtocol: 'tcp' }] } }, []],
    ['the flat form', { groupId: GROUP, ipPermissions: {}, cidrIp: '0.0.0.0/0' }, []],
    ['no ids', { groupId: GROUP, securityGroupRuleIds: {} }, []],
  ])('by %s', (_name, request, ruleIds) => {
    expect(revoke(request)).toMatchObject({ fact: { kind: 'rules-removed', egress, ruleIds }, resources: group });
  });

  test('the answer names the rules that a call by values removed', () => {
    const response = answer(answered(RULE, egress), answered(SECOND, !egress));
    expect(revoke({ groupId: GROUP }, response)).toMatchObject({ fact: { ruleIds: [RULE] } });
  });

  test('what the call names counts before the answer', () => {
    const request = { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE }] } };
    expect(revoke(request, answer(answered(SECOND, egress)))).toMatchObject({ fact: { ruleIds: [RULE] } });
  });

  test('of a group by name', () => {
    expect(revoke({ groupName: 'my web' })).toMatchObject({ fact: { kind: 'rules-removed' }, resources: named });
  });

  test('of a group by name, whose id the answer tells', () => {
    expect(revoke({ groupName: 'my web' }, answer(answered(RULE, egress)))).toMatchObject({ resources: group });
  });

  test.each([
    [{ items: [{ securityGroupRuleId: 'x; y' }] }, 'expected an id such as sgr-0123456789abcdef0, found "x; y"'],
    [{ items: [7] }, 'expected a string, found 7'],
    ['all', 'expected an id such as sgr-0123456789abcdef0, found "all"'],
  ])('a rule that %j does not name is reported, and the group is judged', (securityGroupRuleIds, fault) => {
    const unread = [expect.stringContaining(fault)];
    expect(revoke({ groupId: GROUP, securityGroupRuleIds })).toMatchObject({ resources: group, unread });
  });

  test('no group', () => {
    const message = 'requestParameters.groupId: expected the id of a security group, found nothing';
    expect(() => revoke({})).toThrow(new MalformedEvent(message));
  });

  test('two groups', () => {
    const message = `responseElements.revokedSecurityGroupRuleSet.items[0].groupId: expected the group that requestParameters.groupId names, ${OTHER}, found "${GROUP}"`;
    expect(() => revoke({ groupId: OTHER }, answer(answered(RULE, egress)))).toThrow(new MalformedEvent(message));
  });

  test('a failed call removed nothing', () => {
    const raw = record({ eventName: action, errorCode: 'Client.InvalidPermission.NotFound' });
    expect(parseInbound(raw)).toEqual({
      irrelevant: 'the call failed (Client.InvalidPermission.NotFound): nothing was changed',
    });
  });
});

describe('ModifySecurityGroupRules', () => {
  const modify = (rules: unknown, deviation = {}) =>
    parseInbound(
      call('ModifySecurityGroupRules', {
        ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: rules, ...deviation },
      }),
    );
  const one = { SecurityGroupRuleId: RULE, SecurityGroupRule: { CidrIpv4: '0.0.0.0/0' } };

  test.each([
    ['one rule', { ...one, tag: 1 }, [RULE]],
    [
      'several rules',
      [
        { tag: 1, ...one },
        { tag: '2', ...one, SecurityGroupRuleId: SECOND },
      ],
      [RULE, SECOND],
    ],
    ['a list of one', [one], [RULE]],
  ])('%s', (_name, rules, ruleIds) => {
    expect(modify(rules)).toMatchObject({ fact: { kind: 'rules-modified', ruleIds }, resources: group });
  });

  test('the values that rules have from then on, in whatever direction', () => {
    const values = { IpProtocol: 'tcp', FromPort: '22', ToPort: 22, CidrIpv4: '0.0.0.0/0' };
    const recorded = [{ id: RULE, egress: null, protocol: 'tcp', fromPort: 22, source: { cidr: '0.0.0.0/0' } }];
    expect(modify({ ...one, SecurityGroupRule: values })).toMatchObject({ recorded });
    // Without a protocol it is not known what the rule lets through.
    expect(modify(one)).not.toHaveProperty('recorded');
  });

  test('flat, in camelCase', () => {
    const request = { groupId: GROUP, securityGroupRules: { items: [{ securityGroupRuleId: RULE }] } };
    expect(parseInbound(call('ModifySecurityGroupRules', request))).toMatchObject({
      fact: { kind: 'rules-modified', ruleIds: [RULE] },
      resources: group,
    });
  });

  test.each([['no group', one, { GroupId: undefined }, 'GroupId: expected a string, found nothing']])(
    '%s',
    (_name, rules, deviation, message) => {
      expect(() => modify(rules, deviation)).toThrow(
        new MalformedEvent(`requestParameters.ModifySecurityGroupRulesRequest.${message}`),
      );
    },
  );
});

describe.each(DIRECTIONS)('UpdateSecurityGroupRuleDescriptions%s', (direction, egress) => {
  const action = `UpdateSecurityGroupRuleDescriptions${direction}`;
  const describeRules = (request: unknown) => parseInbound(call(action, request, { _return: true }));
  const wrapped = (body: unknown) => describeRules({ [`${action}Request`]: body });
  const one = { SecurityGroupRuleId: RULE, Description: 'until friday', tag: 1 };

  test.each([
    ['one rule', { GroupId: GROUP, SecurityGroupRuleDescription: one }, [RULE], group],
    [
      'several rules',
      { GroupId: GROUP, SecurityGroupRuleDescription: [one, { ...one, SecurityGroupRuleId: SECOND, tag: 2 }] },
      [RULE, SECOND],
      group,
    ],
    ['by values', { GroupId: GROUP, IpPermissions: { IpProtocol: 'tcp', tag: 1 } }, [], group],
    ['a group by name', { GroupName: 'my web', SecurityGroupRuleDescription: one }, [RULE], named],
  ])('wrapped: %s', (_name, body, ruleIds, resources) => {
    expect(wrapped(body)).toMatchObject({ fact: { kind: 'rules-described', egress, ruleIds }, resources });
  });

  test.each([
    ['items', { securityGroupRuleDescriptions: { items: [{ securityGroupRuleId: RULE }] } }, [RULE]],
    ['by values', { ipPermissions: { items: [{ ipProtocol: 'tcp' }] } }, []],
  ])('flat: %s', (_name, body, ruleIds) => {
    expect(describeRules({ groupId: GROUP, ...body })).toMatchObject({
      fact: { kind: 'rules-described', egress, ruleIds },
      resources: group,
    });
  });

  test('no group', () => {
    const message = `requestParameters.${action}Request.groupId: expected the id of a security group, found nothing`;
    expect(() => wrapped({ SecurityGroupRuleDescription: one })).toThrow(new MalformedEvent(message));
  });
});

describe('AssociateSecurityGroupVpc', () => {
  const associate = (request: unknown) => parseInbound(call('AssociateSecurityGroupVpc', request));
  const wrapped = (body: unknown) => associate({ AssociateSecurityGroupVpcRequest: body });

  test.each([
    ['wrapped', { AssociateSecurityGroupVpcRequest: { GroupId: GROUP, VpcId: VPC } }, VPC],
    ['flat', { groupId: GROUP, vpcId: VPC }, VPC],
    ['no VPC told', { groupId: GROUP }, null],
  ])('%s', (_name, request, vpcId) => {
    expect(associate(request)).toMatchObject({ fact: { kind: 'group-associated', vpcId }, resources: group });
  });

  test.each([['no group', { VpcId: VPC }, 'GroupId: expected a string, found nothing']])(
    '%s',
    (_name, body, message) => {
      expect(() => wrapped(body)).toThrow(
        new MalformedEvent(`requestParameters.AssociateSecurityGroupVpcRequest.${message}`),
      );
    },
  );
});
