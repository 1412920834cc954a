import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorize, ruleIds, rulesOf, tcp } from '../../scripts/scene/estate.mjs';
import { authorizeEvent, PEOPLE } from '../../scripts/scene/events.mjs';
import {
  authorizeEgress,
  changePrefixList,
  egressRuleIds,
  entriesOf,
  makePrefixList,
} from '../../scripts/scene/network.mjs';
import { prefixListEvent, revokeEvent } from '../../scripts/scene/network-events.mjs';
import { allowed, FUNCTIONS, roleOf } from '../package/iam.ts';
import { type Deployed, deploy, noticesAbout } from './deployed.ts';
import { checkRecordedCalls } from './rights.ts';
import {
  expectLeftAlone,
  groupWith,
  incidentsOf,
  judgedHarmless,
  openHarmless,
  PRIVATE,
  tell,
  WORLD,
} from './scenarios/network-scene.ts';
import { templateOf } from './scenarios/patterns.ts';

const BY_HAND = { userIdentity: PEOPLE.user };
const NARROW = tcp(8080, '10.1.0.0/16');

/** What the policy that undrift comes with leaves off. Without `BY_HAND` the trusted pipeline did it. */
describe('deployed with a stricter policy', () => {
  let at: Deployed;
  beforeAll(async () => {
    at = await deploy('enforce', 'test/local-cloud/strict.yml');
  });
  afterAll(() => at?.stop());

  /** A group that lets nothing out, whose rules undrift has read. */
  async function groupOfPipeline() {
    const { groupId } = await groupWith(at);
    await closeEgress(at, groupId);
    return { groupId, ids: await openHarmless(at, groupId, PRIVATE) };
  }

  it('revokes a harmless rule that a person added, and not one that the pipeline added', async () => {
    const { groupId, ids } = await groupOfPipeline();
    const more = await openHarmless(at, groupId, NARROW);
    const rules = await authorize(at.clients, groupId, tcp(8081, '10.2.0.0/16'));
    const [gone = ''] = rules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);
    await tell(at, authorizeEvent({ groupId, permission: tcp(8081, '10.2.0.0/16'), rules }, BY_HAND));
    const [notice] = await noticesAbout(at, groupId, 1);
    const act = { action: 'revoke-rules', groupId, egress: false, ruleIds: [gone] };
    expect(notice?.message.decision).toMatchObject({ kind: 'remediate', rule: 'pipeline-only', remediation: act });
    expect(notice?.attributes.outcome?.Value).toBe('done');
    expect(await ruleIds(at.clients, groupId)).toEqual([...ids, ...more].sort());
    expect(await incidentsOf(at, groupId)).toMatchObject([{ status: 'closed', closedBy: 'undrift' }]);
  });

  it('tells of a rule that a person took away, with the command that puts it back', async () => {
    const { groupId, ids } = await groupOfPipeline();
    const [lost = ''] = await openHarmless(at, groupId, NARROW);
    const [was] = (await rulesOf(at.clients, groupId)).filter((rule) => rule.SecurityGroupRuleId === lost);
    const revoke = { GroupId: groupId, SecurityGroupRuleIds: [lost] };
    await at.clients.ec2.send(new RevokeSecurityGroupIngressCommand(revoke));
    await tell(at, revokeEvent(groupId, [lost], BY_HAND));
    const [notice] = await noticesAbout(at, groupId, 1);
    expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'observe', rule: 'pipeline-only' });
    expect(notice?.message.finding.summary).toBe('rules were removed by hand: tcp 8080 from 10.1.0.0/16');
    expect(await ruleIds(at.clients, groupId)).toEqual(ids);
    expect(await incidentsOf(at, groupId)).toMatchObject([{ status: 'held', attempts: [] }]);

    const back = await runAuthorize(at, notice?.message.putBack.command);
    await tell(at, authorizeEvent({ groupId, permission: NARROW, rules: back }));
    const [again] = back;
    expect({ ...again, SecurityGroupRuleId: lost }).toEqual(was);
    await judgedHarmless(at, groupId, [again?.SecurityGroupRuleId ?? '']);
    expect(await ruleIds(at.clients, groupId)).toEqual([...ids, again?.SecurityGroupRuleId].sort());
    expect(await noticesAbout(at, groupId, 1)).toHaveLength(1);
  });

  it('revokes what lets a protected port out to the world, whoever added it, and leaves the office', async () => {
    const { groupId, ids } = await groupOfPipeline();
    const [office = ''] = (await letOut(at, groupId, '52.94.76.0/24')).ids;
    await judgedHarmless(at, groupId, [office]);
    const { ids: gone } = await letOut(at, groupId, WORLD);
    const [notice] = await noticesAbout(at, groupId, 1);
    const act = { action: 'revoke-rules', groupId, egress: true, ruleIds: gone };
    expect(notice?.message.decision).toMatchObject({ kind: 'remediate', rule: 'egress', remediation: act });
    expect(notice?.attributes.outcome?.Value).toBe('done');
    expect(notice?.message.undo.command).toContain('authorize-security-group-egress');
    expect(await egressRuleIds(at.clients, groupId)).toEqual([office]);
    expect(await ruleIds(at.clients, groupId)).toEqual(ids);
    expect(await incidentsOf(at, groupId)).toMatchObject([{ status: 'closed', closedBy: 'undrift' }]);
  });

  it('takes the entry that opens out of a prefix list, and every rule stays', async () => {
    const listId = await makePrefixList(at.clients, 'offices', ['52.94.76.0/24']);
    const naming = { ...tcp(22), PrefixListIds: [{ PrefixListId: listId }] };
    const groups = await Promise.all([groupOfPipeline(), groupOfPipeline()]);
    const named = await Promise.all(groups.map(({ groupId }) => openHarmless(at, groupId, naming)));
    const version = await changePrefixList(at.clients, listId, { add: [WORLD, '52.94.80.0/24'] });
    await tell(at, prefixListEvent(listId, version, [WORLD, '52.94.80.0/24']));
    const [notice] = await noticesAbout(at, listId, 1);
    const act = { action: 'remove-entries', prefixListId: listId, cidrs: [WORLD] };
    expect(notice?.message.decision).toMatchObject({ kind: 'remediate', rule: 'internet', remediation: act });
    expect(notice?.attributes.outcome?.Value).toBe('done');
    expect(await entriesOf(at.clients, listId)).toEqual(['52.94.76.0/24', '52.94.80.0/24']);
    expect(await incidentsOf(at, listId)).toMatchObject([{ unit: 'networks', status: 'closed', closedBy: 'undrift' }]);
    for (const [index, { groupId, ids }] of groups.entries())
      await expectLeftAlone(at, groupId, [...ids, ...(named[index] ?? [])], new Map());
  });

  it('gives the right to change lists to one role, and every call was within the rights', async () => {
    const template = await templateOf(at);
    const resource = 'arn:aws:ec2:us-east-1:123456789012:prefix-list/pl-0aaa1111bbb22223c';
    const context = { 'aws:RequestedRegion': 'us-east-1' };
    const may = await Promise.all(
      FUNCTIONS.map((name) =>
        allowed(roleOf(name, template).statements, { action: 'ec2:ModifyManagedPrefixList', resource, context }),
      ),
    );
    expect(FUNCTIONS.filter((_name, index) => may[index])).toEqual(['networks']);
    const { refusals, used } = await checkRecordedCalls(at.cloud.callsFile, template);
    expect(refusals.filter(({ action }) => action.startsWith('ec2:'))).toEqual([]);
    expect(used.networks).toContain('ec2:ModifyManagedPrefixList');
    expect(used.securityGroups).toContain('ec2:RevokeSecurityGroupEgress');
  });
});

/** Every new group lets all out. Nobody is told. */
async function closeEgress({ clients }: Deployed, groupId: string): Promise<void> {
  const ids = await egressRuleIds(clients, groupId);
  const revoke = { GroupId: groupId, SecurityGroupRuleIds: ids };
  if (ids.length > 0) await clients.ec2.send(new RevokeSecurityGroupEgressCommand(revoke));
}

async function letOut(at: Deployed, groupId: string, cidr: string) {
  const permission = tcp(445, cidr);
  const rules = await authorizeEgress(at.clients, groupId, permission);
  await tell(at, authorizeEvent({ groupId, permission, rules }, { eventName: 'AuthorizeSecurityGroupEgress' }));
  return { ids: rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId) };
}

/** Does what the command of the AWS CLI would do; a shell takes its words apart. */
async function runAuthorize({ clients }: Deployed, command: string) {
  const script = `aws() { printf '%s\\0' "$@"; }; ${command}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  const words = stdout.split('\0');
  expect(words.slice(0, 2)).toEqual(['ec2', 'authorize-security-group-ingress']);
  const option = (name: string) => words[words.indexOf(`--${name}`) + 1] ?? '';
  const request = { GroupId: option('group-id'), IpPermissions: JSON.parse(option('ip-permissions')) };
  const { SecurityGroupRules = [] } = await clients.ec2.send(new AuthorizeSecurityGroupIngressCommand(request));
  return SecurityGroupRules;
}
