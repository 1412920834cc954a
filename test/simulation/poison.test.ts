/** One odd value beside what was done must not send the whole event to the dead-letter queue, unread. */
import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { call, sendCommand } from './events.ts';
import { ACCOUNT, REGION, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const GROUP = 'sg-0123456789abcdef0';
const COMMAND = '11111111-2222-4333-8444-555555555555';
const RULE = 'sgr-00000000000000001';

function fleet(size = 2) {
  const at = new World();
  const tags = { 'undrift:replace': 'allowed', Env: 'prod' };
  return { at, ids: at.fleet.addGroup({ name: 'web', desired: size, max: size + 5, tags }, BASELINE) };
}
const found = (at: World) => at.ledger.incidents.map(({ resource, finding }) => `${finding.rule} ${resource.id}`);

it('a TAB in a second tag key does not hide the watched tag beside it', async () => {
  const { at, ids } = fleet();
  const tag = (...keys: readonly string[]) => ({ items: keys.map((key) => ({ key, value: '1' })) });
  const resourcesSet = { items: [{ resourceId: ids[0] }] };
  at.send(
    'instances',
    call('CreateTags', at.clock.iso(), { requestParameters: { resourcesSet, tagSet: tag('Environment', 'x\ty') } }),
  );
  await at.run(60);
  expect(found(at)).toEqual([`watched-tag-changed ${ids[0]}`]);
  expect(at.parked).toEqual([]);
});

it('a watched pattern sees a key with any character in it', async () => {
  const { at, ids } = fleet();
  at.policy = { ...at.policy, watchedTags: ['team*'] };
  const resourcesSet = { items: [{ resourceId: ids[0] }] };
  const tagSet = { items: [{ key: 'team\tx', value: '1' }] };
  at.send('instances', call('CreateTags', at.clock.iso(), { requestParameters: { resourcesSet, tagSet } }));
  await at.run(60);
  expect(found(at)).toEqual([`watched-tag-changed ${ids[0]}`]);
});

it('a command for machines whose tag has 3,000 characters is reported', async () => {
  const { at, ids } = fleet();
  const targets = [{ key: 'tag:Env', values: ['prod', 'x'.repeat(3000)] }];
  at.nodes.reach(COMMAND, ids);
  at.send('instances', sendCommand(at.clock.iso(), { targets }, COMMAND));
  await at.run(60);
  expect(at.ledger.incidents.map(({ finding }) => finding.rule)).toEqual(['command-run']);
  expect(at.parked).toEqual([]);
});

it('of 1,001 instances that a call names, each is judged, in turns', async () => {
  const { at, ids } = fleet(1001);
  const items = ids.map((instanceId) => ({ instanceId }));
  at.send('instances', call('RebootInstances', at.clock.iso(), { requestParameters: { instancesSet: { items } } }));
  await at.run(1800);
  expect(new Set(at.ledger.incidents.map(({ resource }) => resource.id)).size).toBe(1001);
  expect(at.parked).toEqual([]);
}, 60_000);

it('an odd Region in a finding that does not count asks nothing', async () => {
  const { at, ids } = fleet();
  const finding = {
    Id: 'f1',
    ProductArn: `arn:aws:securityhub:${REGION}:${ACCOUNT}:product/${ACCOUNT}/default`,
    AwsAccountId: ACCOUNT,
    Region: 'eu\tcentral',
    Severity: { Label: 'LOW' },
    Title: 't',
    Resources: [{ Type: 'AwsEc2Instance', Id: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${ids[0]}` }],
  };
  at.send('instances', {
    id: 'x-1',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: ACCOUNT,
    region: REGION,
    time: '2026-03-01T12:00:00Z',
    detail: { findings: [finding] },
  });
  await at.run(60);
  expect(at.parked).toEqual([]);
  expect(at.meter.total('Irrelevant')).toBe(1);
});

it('a rule id that cannot be read leaves the port closed, and is reported', async () => {
  const at = new World();
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.securityGroups.open({
    ...{ id: RULE, groupId: GROUP, egress: false, protocol: 'tcp', fromPort: 22, toPort: 22, description: '' },
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  });
  const listed = [7, RULE].map((securityGroupRuleId) => ({ groupId: GROUP, securityGroupRuleId, isEgress: false }));
  at.send(
    'security-groups',
    call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
      requestParameters: { groupId: GROUP },
      responseElements: { _return: true, securityGroupRuleSet: { items: listed } },
    }),
  );
  await at.run(120);
  expect(at.incident()).toMatchObject({ status: 'closed', outcome: { kind: 'done' } });
  expect(at.parked.map(({ reason }) => reason)).toEqual([
    'MalformedEvent: the rest of it was dealt with; detail.responseElements.securityGroupRuleSet.items[0].securityGroupRuleId: expected a string, found 7',
  ]);
});
