/** Reopening a port is free, so nothing that grows with it may keep undrift from closing it. */
import { describe, expect, it } from 'vitest';
import { RECORD_LIMIT } from '../../src/aws/incident-bounds.ts';
import { itemSize } from '../../src/aws/item-size.ts';
import { incidentItem } from '../../src/aws/ledger-items.ts';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
/** Ports that the shipped policy protects: 32 by TCP, 20 of them by UDP as well; each for IPv4 and IPv6: 104 rules. */
const UDP = [22, 23, 3389, 5985, 5986, 5900, 5901, 5902, 5903, 137, 138, 139, 445, 2049, 2375, 2376, 2379, 2380, 10250];
const TCP = [...UDP, 3306, 5432, 1433, 1434, 1521, 27017, 27018, 27019, 6379, 9200, 9300, 9042, 11211];
const PATHS = [...TCP.map((port) => ['tcp', port] as const), ...[...UDP, 11211].map((port) => ['udp', port] as const)];
const EVERYONE = [
  { kind: 'ipv4', cidr: '0.0.0.0/0' },
  { kind: 'ipv6', cidr: '::/0' },
] as const;

function reopened(occurrence: number): readonly SecurityGroupRule[] {
  return EVERYONE.flatMap((source) => PATHS.map(([protocol, port]) => ({ source, protocol, port }))).map(
    ({ source, protocol, port }, index) => ({
      id: `sgr-${(occurrence * 1000 + index).toString(16).padStart(17, '0')}`,
      groupId: GROUP,
      egress: false,
      protocol,
      fromPort: port,
      toPort: port,
      source,
      description: 'x'.repeat(255),
    }),
  );
}

function authorized(at: string, occurrence: number, rules: readonly SecurityGroupRule[]) {
  const items = rules.map(({ id }) => ({ groupId: GROUP, securityGroupRuleId: id, isEgress: false }));
  return {
    version: '0',
    id: `envelope-${occurrence}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: at,
    region: 'eu-central-1',
    resources: [],
    detail: {
      eventVersion: '1.10',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'AuthorizeSecurityGroupIngress',
      awsRegion: 'eu-central-1',
      eventTime: at,
      eventID: `event-${occurrence}`,
      requestID: `request-${occurrence}`,
      recipientAccountId: ACCOUNT,
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/mallory`, accountId: ACCOUNT },
      requestParameters: { groupId: GROUP, ipPermissions: {} },
      responseElements: { _return: true, securityGroupRuleSet: { items } },
    },
  };
}

const sizeOf = (incident: Incident) => itemSize(incidentItem(incident, 'w'.repeat(36)));

describe('a group of 104 rules that is opened over and over', () => {
  it('is closed within seconds, 200 times, on a record that stays small, and undo has every rule', async () => {
    const at = new World(shippedPolicy('enforce'));
    at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    for (let occurrence = 1; occurrence <= 200; occurrence += 1) {
      const rules = reopened(occurrence);
      at.securityGroups.open(...rules);
      at.send('security-groups', authorized(at.clock.iso(), occurrence, rules));
      await at.run(5);
      expect(at.securityGroups.rulesOf(GROUP), `occurrence ${occurrence}`).toEqual([]);
    }
    const incident = at.incident();
    expect(incident).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 200 });
    expect(incident.inverse).toMatchObject({ action: 'authorize-rules' });
    expect(incident.inverse).toHaveProperty('rules.length', 104);
    expect(sizeOf(incident)).toBeLessThan(RECORD_LIMIT / 3);
    expect(at.parked).toEqual([]);
    expect(at.waiting).toBe(0);
  }, 120_000);
});
