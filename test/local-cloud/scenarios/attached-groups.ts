import { ModifyInstanceAttributeCommand, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { groupsEvent, PEOPLE } from '../../../scripts/scene/events.mjs';
import { groupsOn, makeInterface, runInstance } from '../../../scripts/scene/network.mjs';
import { interfaceGroupsEvent, interfaceMadeEvent, launchEvent } from '../../../scripts/scene/network-events.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';
import {
  expectRevoked,
  groupWith,
  HTTPS,
  incidentsOf,
  interfaceKnown,
  type Kept,
  open,
  openHarmless,
  PRIVATE,
  tell,
} from './network-scene.ts';

/** A group that lets as much of the internet in to SSH as is still allowed, and not more. */
async function narrowGroup(at: Deployed, range: string) {
  const { groupId, siblings } = await groupWith(at, PRIVATE, HTTPS);
  const ids = await openHarmless(at, groupId, tcp(22, range));
  return { groupId, ids: [...siblings, ...ids].sort() };
}

/** Two groups that are open where both are. */
async function twoGroups(at: Deployed) {
  const [first, second] = await Promise.all([narrowGroup(at, '52.0.0.0/8'), narrowGroup(at, '54.0.0.0/8')]);
  return { first, second, both: [first.groupId, second.groupId].sort() };
}
type Two = Awaited<ReturnType<typeof twoGroups>>;

/** The group came off again, and not a rule was revoked. */
async function expectTakenOff(
  at: Deployed,
  interfaceId: string,
  { first, second, both }: Two,
  off: string,
  kept: Kept,
) {
  const [notice] = await noticesAbout(at, interfaceId, 1);
  const remaining = both.filter((id) => id !== off);
  const act = { action: 'detach-groups', interfaceId, groupIds: [off], remaining };
  expect(notice?.message.decision).toMatchObject({ kind: 'remediate', rule: 'internet', remediation: act });
  expect(notice?.attributes.outcome?.Value).toBe('done');
  expect(notice?.message.undo.command).toContain(`--network-interface-id ${interfaceId} --groups`);
  expect(await groupsOn(at.clients, interfaceId)).toEqual(remaining);
  const incidents = await incidentsOf(at, interfaceId);
  expect(incidents.map(({ unit, status, closedBy }) => [unit, status, closedBy])).toEqual([
    ['networks', 'closed', 'undrift'],
  ]);
  for (const { groupId, ids } of [first, second]) {
    kept.set(groupId, ids);
    expect(await ruleIds(at.clients, groupId)).toEqual(ids);
    expect(await incidentsOf(at, groupId)).toEqual([]);
  }
  expect(await noticesAbout(at, interfaceId, 1)).toHaveLength(1);
}

async function interfaceWith(at: Deployed, groupIds: string[]) {
  const interfaceId = await makeInterface(at.clients, groupIds);
  await tell(at, interfaceMadeEvent(interfaceId, groupIds));
  return interfaceId;
}

/** Groups that are harmless apart, and open where they meet. */
export function attachedGroupScenarios(deployed: () => Deployed, kept: Kept): void {
  it.concurrent('takes a group off an interface again that opens it together with another', async () => {
    const at = deployed();
    const two = await twoGroups(at);
    const interfaceId = await interfaceWith(at, [two.first.groupId]);
    // Only then is it known which group is the new one.
    await interfaceKnown(at, interfaceId);
    const set = { NetworkInterfaceId: interfaceId, Groups: two.both };
    await at.clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand(set));
    await tell(at, interfaceGroupsEvent(interfaceId, two.both, { userIdentity: PEOPLE.user }));
    await expectTakenOff(at, interfaceId, two, two.second.groupId, kept);
  });

  it.concurrent('takes it off an instance whose groups were set', async () => {
    const at = deployed();
    const two = await twoGroups(at);
    const launched = await runInstance(at.clients, [two.first.groupId]);
    await tell(at, launchEvent(launched, [two.first.groupId]));
    await interfaceKnown(at, launched.interfaceId);
    const set = { InstanceId: launched.instanceId, Groups: two.both };
    await at.clients.ec2.send(new ModifyInstanceAttributeCommand(set));
    await tell(at, groupsEvent(launched.instanceId, two.both));
    await expectTakenOff(at, launched.interfaceId, two, two.second.groupId, kept);
  });

  it.concurrent('leaves one group on an instance that is launched with two that open it together', async () => {
    const at = deployed();
    const two = await twoGroups(at);
    const launched = await runInstance(at.clients, two.both);
    await tell(at, launchEvent(launched, two.both));
    // Both are as wide: the one with the lower id comes off.
    await expectTakenOff(at, launched.interfaceId, two, two.both[0] ?? '', kept);
  });

  it.concurrent('leaves one group on an interface that is made with two that open it together', async () => {
    const at = deployed();
    const two = await twoGroups(at);
    const interfaceId = await interfaceWith(at, two.both);
    await expectTakenOff(at, interfaceId, two, two.both[0] ?? '', kept);
  });

  it.concurrent('revokes a rule that opens the interface together with another group', async () => {
    const at = deployed();
    const first = await narrowGroup(at, '52.0.0.0/8');
    const second = await groupWith(at, PRIVATE, HTTPS);
    const about = await makeInterface(at.clients, [first.groupId, second.groupId]);
    const gone = await open(at, second.groupId, tcp(22, '54.0.0.0/9'));
    await expectRevoked(at, { groupId: second.groupId, gone, left: second.siblings, about }, kept);
    expect(await ruleIds(at.clients, first.groupId)).toEqual(first.ids);
    kept.set(first.groupId, first.ids);
  });

  it.concurrent('revokes it, too, where another interface has the group and is not open', async () => {
    const at = deployed();
    const first = await narrowGroup(at, '52.0.0.0/8');
    const second = await groupWith(at, PRIVATE, HTTPS);
    const about = await makeInterface(at.clients, [first.groupId, second.groupId]);
    await makeInterface(at.clients, [second.groupId]);
    const gone = await open(at, second.groupId, tcp(22, '54.0.0.0/9'));
    await expectRevoked(at, { groupId: second.groupId, gone, left: second.siblings, about }, kept);
    expect(await ruleIds(at.clients, first.groupId)).toEqual(first.ids);
    kept.set(first.groupId, first.ids);
  });

  it.concurrent('tells of older rules and leaves them where others, which are not open, have the groups', async () => {
    const at = deployed();
    const { first, second, both } = await twoGroups(at);
    const alone = await Promise.all(both.map((groupId) => makeInterface(at.clients, [groupId])));
    // Nobody told how the interface was made: what it had before is not known, so no group comes off.
    const about = await makeInterface(at.clients, [first.groupId]);
    const set = { NetworkInterfaceId: about, Groups: both };
    await at.clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand(set));
    await tell(at, interfaceGroupsEvent(about, both));
    const [notice] = await noticesAbout(at, about, 1);
    expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'shared' });
    const { action, groupId } = notice?.message.decision.remediation ?? {};
    expect([action, both.includes(groupId)]).toEqual(['revoke-rules', true]);
    expect(notice?.message.text).toContain(alone[both.indexOf(groupId)]);
    expect(await incidentsOf(at, about)).toMatchObject([{ status: 'held', guard: 'shared', attempts: [] }]);
    expect(await groupsOn(at.clients, about)).toEqual(both);
    for (const { groupId: id, ids } of [first, second]) {
      expect(await ruleIds(at.clients, id)).toEqual(ids);
      kept.set(id, ids);
    }
  });
}
