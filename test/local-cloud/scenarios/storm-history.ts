/** One group of many rules, opened again and again: its history must never stop the closing. */
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand, type IpPermission } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { makeSecurityGroup, ruleIds } from '../../../scripts/scene/estate.mjs';
import { call, send } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, output } from '../deployed.ts';
import { deadLetters, quantile, report, seconds } from './storm-scene.ts';
import { MINUTE, STORM } from './storm-sizes.ts';

const BOTH = [
  22, 23, 3389, 5985, 5986, 5900, 5901, 5902, 5903, 137, 138, 139, 445, 2049, 2375, 2376, 2379, 2380, 10250, 11211,
];
const TCP_ONLY = [3306, 5432, 1433, 1434, 1521, 27017, 27018, 27019, 6379, 9200, 9300, 9042];
/** As long as AWS takes it. */
const Description = 'x'.repeat(255);
const opening =
  (IpProtocol: string) =>
  (port: number): IpPermission => ({
    IpProtocol,
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0', Description }],
    Ipv6Ranges: [{ CidrIpv6: '::/0', Description }],
  });
const PERMISSIONS = [...[...BOTH, ...TCP_ONLY].map(opening('tcp')), ...BOTH.map(opening('udp'))];
/** DynamoDB's limit for an item, its names included. */
const MOST_BYTES = 400 * 1024;
const CLOSED_WITHIN_SECONDS = 30;

async function openAgain({ clients }: Deployed, groupId: string): Promise<void> {
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: PERMISSIONS });
  const { SecurityGroupRules = [] } = await clients.ec2.send(command);
  expect(SecurityGroupRules).toHaveLength(104);
  const items = SecurityGroupRules.map(({ SecurityGroupRuleId }) => ({
    groupId,
    securityGroupRuleId: SecurityGroupRuleId,
    isEgress: false,
  }));
  const event = call('AuthorizeSecurityGroupIngress', {
    requestParameters: { groupId, ipPermissions: {} },
    responseElements: { _return: true, securityGroupRuleSet: { items } },
  });
  await send(clients.events, event);
}

/** The bytes of each item of the ledger. */
async function itemSizes({ clients: { dynamo }, outputs }: Deployed): Promise<number[]> {
  const sizes: number[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const scan = { TableName: output(outputs, 'LedgerTable'), ...(ExclusiveStartKey && { ExclusiveStartKey }) };
    const { Items = [], LastEvaluatedKey } = await dynamo.send(new ScanCommand(scan));
    sizes.push(...Items.map((item) => bytesOf({ M: item }) - 3));
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return sizes;
}

/** By DynamoDB's formula: names and texts in UTF-8; 3 bytes for a list or map, and 1 for each of its elements. */
function bytesOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + 1 + bytesOf(each), 0);
  if (value.M === undefined) return 1;
  const entries = Object.entries(value.M);
  return 3 + entries.reduce((sum, [name, each]) => sum + 1 + Buffer.byteLength(name) + bytesOf(each), 0);
}

export function historyScenario(deployed: () => Deployed): void {
  const title = `closes 104 rules each of ${STORM.occurrences} times that they are opened, whatever its history`;
  it(title, { timeout: STORM.minutes * MINUTE }, async () => {
    const at = deployed();
    const groupId = await makeSecurityGroup(at.clients, 'opened-again');
    const took: number[] = [];
    const largest: number[] = [];
    for (let occurrence = 1; occurrence <= STORM.occurrences; occurrence += 1) {
      const began = Date.now();
      await openAgain(at, groupId);
      const closed = async () => (await ruleIds(at.clients, groupId)).length === 0;
      await until(`occurrence ${occurrence} closed`, closed, { seconds: CLOSED_WITHIN_SECONDS });
      took.push(Date.now() - began);
      if (occurrence % 10 !== 0) continue;
      largest.push(Math.max(...(await itemSizes(at))));
      report('reopened', { occurrence, lastTook: seconds(took.at(-1) ?? 0), largestItem: largest.at(-1) });
    }
    report(`reopened ${STORM.occurrences} times (${STORM.name})`, {
      secondsMedian: seconds(quantile(took, 0.5)),
      secondsP95: seconds(quantile(took, 0.95)),
      secondsMost: seconds(Math.max(...took)),
      largestItem: Math.max(...largest),
    });
    expect(Math.max(...largest)).toBeLessThan(MOST_BYTES);
    expect(await deadLetters(at)).toEqual({ SecurityGroups: 0, Instances: 0, Networks: 0 });
  });
}
