import { type IpPermission, ModifySecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { authorize, makeSecurityGroup, ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { authorizeEvent, call, PEOPLE, send, verdictEvent } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { recordedCalls } from '../../recorded-calls.ts';
import { type Deployed, noticesAbout, output } from '../deployed.ts';

let groups = 0;

/** A group with rules that nobody has anything against. */
export async function legitimateGroup({ clients }: Deployed) {
  groups += 1;
  const groupId = await makeSecurityGroup(clients, `web-${groups}`, { Owner: 'web-team' });
  await authorize(clients, groupId, tcp(443, '0.0.0.0/0', '::/0'));
  await authorize(clients, groupId, tcp(22, '198.18.0.0/24', '10.0.0.0/8'));
  return { groupId, siblings: await ruleIds(clients, groupId) };
}

async function open(at: Deployed, groupId: string, permission: IpPermission, rest: { flat?: boolean } = {}) {
  const rules = await authorize(at.clients, groupId, permission);
  const event = authorizeEvent({ groupId, permission, rules, ...rest });
  await send(at.clients.events, event);
  return { event, ids: rules.map((rule) => rule.SecurityGroupRuleId ?? '') };
}

const onlySiblings = (at: Deployed, groupId: string, siblings: readonly string[]) =>
  until(
    `only the siblings left in ${groupId}`,
    async () => JSON.stringify(await ruleIds(at.clients, groupId)) === JSON.stringify(siblings),
  );

const ALL: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const OPENINGS: [string, IpPermission, { flat?: boolean }][] = [
  ['IPv4, items form', tcp(22, '0.0.0.0/0'), {}],
  ['IPv4, flat form', tcp(22, '0.0.0.0/0'), { flat: true }],
  ['IPv6', tcp(22, '::/0'), {}],
  ['IPv4 and IPv6 in one call', tcp(3389, '0.0.0.0/0', '::/0'), {}],
  ['all traffic', ALL, {}],
  ['half of the internet', tcp(22, '0.0.0.0/1'), {}],
  ['a range of ports', { ...tcp(0, '0.0.0.0/0'), ToPort: 1024 }, {}],
];

export function securityGroupScenarios(deployed: () => Deployed): void {
  it.each(OPENINGS)('closes what opens a protected port: %s', async (_name, permission, form) => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const { ids } = await open(at, groupId, permission, form);
    await onlySiblings(at, groupId, siblings);
    const [notice] = await noticesAbout(at, groupId, 1);
    expect(notice?.message.decision.remediation).toEqual({
      action: 'revoke-rules',
      groupId,
      egress: false,
      ruleIds: [...ids].sort(),
    });
    expect(notice?.attributes.outcome?.Value).toBe('done');
    expect(notice?.message.secondsToFix).toBeGreaterThan(0);
  });

  it('closes two halves of the internet that were opened one after the other', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    for (const cidr of ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'])
      await open(at, groupId, tcp(22, cidr));
    await onlySiblings(at, groupId, siblings);
  });

  it('revokes no more than it takes when six /9 are opened at once, of which two may stay', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    await Promise.all([11, 12, 13, 14, 15, 16].map((first) => open(at, groupId, tcp(22, `${first}.0.0.0/9`))));
    const count = siblings.length + 2;
    await until('two of six left', async () => (await ruleIds(at.clients, groupId)).length <= count);
    await noticesAbout(at, groupId, 1);
    // Another opening is dealt with after these: by then, all of them were.
    const later = await legitimateGroup(at);
    await open(at, later.groupId, tcp(22, '0.0.0.0/0'));
    await noticesAbout(at, later.groupId, 1);
    expect(await ruleIds(at.clients, groupId)).toHaveLength(count);
  });

  it('leaves alone what opens nothing that is protected', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const { ids } = await open(at, groupId, tcp(8443, '0.0.0.0/0'));
    const closed = await legitimateGroup(at);
    await open(at, closed.groupId, tcp(22, '0.0.0.0/0'));
    // By the time that a later event is dealt with, this one was.
    await noticesAbout(at, closed.groupId, 1);
    expect(await ruleIds(at.clients, groupId)).toEqual([...siblings, ...ids].sort());
    expect(await noticesAbout(at, groupId, 0)).toEqual([]);
  });

  it('closes a narrow rule that was made wide in place (ModifySecurityGroupRules)', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const narrow = await authorize(at.clients, groupId, tcp(22, '198.18.7.0/24'));
    const SecurityGroupRuleId = narrow[0]?.SecurityGroupRuleId ?? '';
    const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' };
    const change = { GroupId: groupId, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] };
    await at.clients.ec2.send(new ModifySecurityGroupRulesCommand(change));
    const request = { GroupId: groupId, SecurityGroupRule: { SecurityGroupRuleId, SecurityGroupRule } };
    const requestParameters = { ModifySecurityGroupRulesRequest: request };
    await send(
      at.clients.events,
      call('ModifySecurityGroupRules', { requestParameters, responseElements: { _return: true } }),
    );
    await onlySiblings(at, groupId, siblings);
  });

  it('acts on a Config verdict, on live state and not on the verdict', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const innocent = await legitimateGroup(at);
    await authorize(at.clients, groupId, tcp(22, '0.0.0.0/0'));
    const verdict = { rule: 'restricted-ssh', type: 'AWS::EC2::SecurityGroup' } as const;
    await send(at.clients.events, verdictEvent({ ...verdict, id: innocent.groupId }));
    await send(at.clients.events, verdictEvent({ ...verdict, id: groupId }));
    await onlySiblings(at, groupId, siblings);
    await noticesAbout(at, groupId, 1);
    expect(await ruleIds(at.clients, innocent.groupId)).toEqual(innocent.siblings);
  });

  it('acts once and tells once when the event comes three times', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    const { event } = await open(at, groupId, tcp(22, '0.0.0.0/0'));
    await send(at.clients.events, event);
    await onlySiblings(at, groupId, siblings);
    await send(at.clients.events, event);
    const later = await legitimateGroup(at);
    await open(at, later.groupId, tcp(22, '0.0.0.0/0'));
    await noticesAbout(at, later.groupId, 1);
    expect(await noticesAbout(at, groupId, 1)).toHaveLength(1);
  });

  it('closes fifty re-openings fifty times, and programs get each notification', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    for (let round = 1; round <= 50; round++) {
      await open(at, groupId, tcp(22, '0.0.0.0/0'));
      await onlySiblings(at, groupId, siblings);
    }
    // One more may say that it is a loop: that is reported of a principal once an hour, whatever the group.
    const rounds = async () =>
      new Set((await noticesAbout(at, groupId, 50)).map(({ message }) => message.incident.rounds));
    await until(`each of fifty occurrences on ${groupId} reported`, async () => (await rounds()).size === 50);
    expect(await rounds()).toEqual(new Set(Array.from({ length: 50 }, (_, n) => n + 1)));
  });

  it('closes what is open although EC2 answers with a state of five seconds ago', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    await at.cloud.staleReads(5);
    await open(at, groupId, tcp(22, '0.0.0.0/0'));
    const notices = await noticesAbout(at, groupId, 1);
    expect(await ruleIds(at.clients, groupId)).toEqual(siblings);
    expect(notices).toHaveLength(1);
  });

  it('closes what an Authorize opened of which CloudTrail left everything out', async () => {
    const at = deployed();
    const { groupId, siblings } = await legitimateGroup(at);
    // A narrow rule: undrift sees the group.
    const { ids } = await open(at, groupId, tcp(22, '198.18.7.0/24'));
    await untilSeen(at);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await authorize(at.clients, groupId, tcp(22, '0.0.0.0/0'));
    const omitted = { omitted: true, originalSize: 131_072, reason: 'too large' };
    const event = call('AuthorizeSecurityGroupIngress', { requestParameters: omitted, responseElements: omitted });
    await send(at.clients.events, event);
    const expected = [...siblings, ...ids].sort();
    const isClosed = async () => JSON.stringify(await ruleIds(at.clients, groupId)) === JSON.stringify(expected);
    // Half a minute for EC2 to settle, and up to a minute for the scheduler.
    await until(`what was opened in ${groupId} closed`, isClosed, { seconds: 240 });
    const [notice] = await noticesAbout(at, groupId, 1);
    expect(notice?.attributes.outcome?.Value).toBe('done');
  });

  it('ignores the events of its own calls, and tells of one that its role made and it did not', async () => {
    const at = deployed();
    const own = await legitimateGroup(at);
    const misused = await legitimateGroup(at);
    await open(at, own.groupId, tcp(22, '0.0.0.0/0'));
    await noticesAbout(at, own.groupId, 1);
    const requestID = await requestIdOfRevoke(at, own.groupId);
    await send(at.clients.events, await ownRevoke(at, own.groupId, { requestID }));
    // Old enough not to be a call that is still to be recorded.
    const eventTime = new Date(Date.now() - 120_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await send(at.clients.events, await ownRevoke(at, misused.groupId, { eventTime }));
    const [notice] = await noticesAbout(at, misused.groupId, 1);
    expect(notice?.attributes.rule?.Value).toBe('own-role-misused');
    expect(await noticesAbout(at, own.groupId, 1)).toHaveLength(1);
  });
}

async function requestIdOfRevoke({ cloud }: Deployed, groupId: string): Promise<string> {
  const revoke = recordedCalls(cloud.callsFile).find(
    ({ action, params }) => action === 'RevokeSecurityGroupIngress' && params?.GroupId === groupId,
  );
  expect(revoke?.requestId).toMatch(/./);
  return revoke?.requestId ?? '';
}

async function ownRevoke(at: Deployed, groupId: string, rest: Record<string, unknown>) {
  const userIdentity = { ...PEOPLE.role, ...(await ownIdentity(at)) };
  return call('RevokeSecurityGroupIngress', { userIdentity, requestParameters: { groupId }, ...rest });
}

/** The identity under which the security-group function calls: the role of the deployed stack. */
async function ownIdentity({ cloud, outputs }: Deployed) {
  const name = output(outputs, 'SecurityGroupsFunction');
  const answer = await fetch(`${cloud.env.AWS_ENDPOINT_URL}/2015-03-31/functions/${name}/configuration`);
  const { Role: arn } = (await answer.json()) as { Role: string };
  return { sessionContext: { ...PEOPLE.role.sessionContext, sessionIssuer: { type: 'Role', arn } } };
}

/** By the time that a later event is dealt with, the earlier ones were. */
async function untilSeen(at: Deployed): Promise<void> {
  const later = await legitimateGroup(at);
  await open(at, later.groupId, tcp(22, '0.0.0.0/0'));
  await noticesAbout(at, later.groupId, 1);
}
