/** What a changed prefix list costs in a Region of 2,500 groups with 60 rules each, which is EC2's default quota. */
import { describe, expect, it } from 'vitest';
import { ec2Networks } from '../../../src/aws/networks.ts';
import { ec2SecurityGroups } from '../../../src/aws/security-groups.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { securityGroupWork } from '../../../src/works/security-groups.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeLedger } from '../../fakes/ledger.ts';
import { OPENED, POLICY } from '../decide/perfect.ts';
import { stub } from './stub.ts';

const [GROUPS, RULES] = [2500, 60];
const id = (kind: string, n: number) => `${kind}-${String(n).padStart(17, '0')}`;
const LIST = id('pl', 1);
const ALL = Array.from({ length: GROUPS }, (_, n) => id('sg', n));

type Asked = {
  readonly Filters?: readonly { readonly Name: string; readonly Values: readonly string[] }[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
};

function page<T>(all: readonly T[], { MaxResults = 1000, NextToken = '0' }: Asked) {
  const [first, end] = [Number(NextToken), Number(NextToken) + MaxResults];
  return { some: all.slice(first, end), ...(end < all.length && { NextToken: String(end) }) };
}

/** The first `naming` groups name the list in one inbound rule; every other rule is harmless. */
function region(naming: number) {
  const rulesOf = (GroupId: string) =>
    Array.from({ length: RULES }, (_, n) => ({
      ...{ SecurityGroupRuleId: `sgr-${GroupId.slice(3)}-${n}`, GroupId, IsEgress: false, IpProtocol: 'tcp' },
      ...{ FromPort: 1000 + n, ToPort: 1000 + n },
      ...(n === 0 && Number(GroupId.slice(3)) < naming ? { PrefixListId: LIST } : { CidrIpv4: '10.0.0.0/8' }),
    }));
  const wanted = ({ Filters = [] }: Asked) =>
    Filters.reduce((left, { Name, Values }) => {
      if (Name === 'group-id') return left.filter((one) => Values.includes(one));
      return Name === 'ip-permission.prefix-list-id' ? left.filter((_one, n) => n < naming) : [];
    }, ALL);
  return stub({
    DescribeSecurityGroups: (input) => {
      const { some, ...next } = page(wanted(input as Asked), input as Asked);
      return { SecurityGroups: some.map((GroupId) => ({ GroupId, GroupName: GroupId, VpcId: 'vpc-1' })), ...next };
    },
    DescribeSecurityGroupRules: (input) => {
      const { some, ...next } = page(wanted(input as Asked).flatMap(rulesOf), input as Asked);
      return { SecurityGroupRules: some, ...next };
    },
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [] }),
    DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: LIST, Version: 2 }] }),
    GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '192.0.2.0/24' }] }),
  });
}

const CHANGED: Change = {
  ...OPENED,
  fact: { kind: 'prefix-list-changed', added: ['192.0.2.0/24'] },
  resources: [{ type: 'prefix-list', id: LIST }],
};

async function callsFor(naming: number, policy: Policy = POLICY): Promise<readonly string[]> {
  const { client, asked } = region(naming);
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const securityGroups = ec2SecurityGroups(client);
  const work = securityGroupWork({
    securityGroups,
    ledger: new FakeLedger(clock),
    clock,
    policy,
    policyDigest: 'policy',
  });
  const targets = await work.targets(CHANGED);
  expect(targets).toHaveLength(naming);
  if (naming > 0) expect(await work.readMany?.(targets)).toHaveLength(naming);
  return asked.map(({ action }) => action);
}

const OUTBOUND_TOO: Policy = { ...POLICY, egress: { ...POLICY.egress, mode: null } };
const INBOUND_ONLY: Policy = { ...POLICY, egress: { ...POLICY.egress, mode: 'off' } };

describe('a changed prefix list in a Region at its quota', () => {
  it('costs one call where no group names it, and one more where outbound traffic is watched', async () => {
    expect(await callsFor(0, INBOUND_ONLY)).toEqual(['DescribeSecurityGroups']);
    expect(await callsFor(0, OUTBOUND_TOO)).toEqual(['DescribeSecurityGroups', 'DescribeSecurityGroups']);
  });

  it('costs a handful of calls where three groups name it: no other group is read', async () => {
    expect((await callsFor(3, INBOUND_ONLY)).length).toBeLessThanOrEqual(6);
  });

  it('costs less than a call for every six groups where all of them name it', async () => {
    const calls = await callsFor(GROUPS, INBOUND_ONLY);
    expect(calls.filter((action) => action === 'DescribeSecurityGroupRules')).toHaveLength((GROUPS * RULES) / 1000);
    expect(calls.length).toBeLessThan(GROUPS / 6);
  });

  it('costs the unit that removes entries two calls and the entries where no group names it', async () => {
    const { client, asked } = region(0);
    await ec2Networks(client).readPrefixList(LIST);
    expect(asked.map(({ action }) => action)).toEqual([
      'DescribeManagedPrefixLists',
      'GetManagedPrefixListEntries',
      'DescribeSecurityGroups',
    ]);
  });
});
