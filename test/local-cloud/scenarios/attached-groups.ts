import {
  CreateNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { authorize, makeSecurityGroup, ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { call, PEOPLE, send } from '../../../scripts/scene/events.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';

const groupSet = (groupIds: readonly string[]) => ({ items: groupIds.map((groupId) => ({ groupId })) });

/** A group that lets as much of the internet in to SSH as is still allowed, and not more. */
async function narrowGroup({ clients }: Deployed, name: string, range: string): Promise<string> {
  const groupId = await makeSecurityGroup(clients, name);
  await authorize(clients, groupId, tcp(22, range));
  return groupId;
}

async function makeInterface({ clients }: Deployed, groupId: string): Promise<string> {
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({}));
  const command = new CreateNetworkInterfaceCommand({ SubnetId: Subnets[0]?.SubnetId, Groups: [groupId] });
  const { NetworkInterface } = await clients.ec2.send(command);
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

async function groupsOn({ clients }: Deployed, interfaceId: string): Promise<readonly (string | undefined)[]> {
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
  const { NetworkInterfaces = [] } = await clients.ec2.send(command);
  return NetworkInterfaces.flatMap(({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId));
}

async function setGroups({ clients }: Deployed, networkInterfaceId: string, groupIds: string[]): Promise<void> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: networkInterfaceId,
    Groups: groupIds,
  });
  await clients.ec2.send(command);
  const requestParameters = { networkInterfaceId, groupSet: groupSet(groupIds) };
  const responseElements = { _return: true };
  const record = { userIdentity: PEOPLE.user, requestParameters, responseElements };
  await send(clients.events, call('ModifyNetworkInterfaceAttribute', record));
}

export function attachedGroupScenarios(deployed: () => Deployed): void {
  it('takes a group off an interface again that opens it together with another, and revokes nothing', async () => {
    const at = deployed();
    const first = await narrowGroup(at, 'narrow-1', '8.0.0.0/8');
    const second = await narrowGroup(at, 'narrow-2', '9.0.0.0/8');
    const rules = await Promise.all([first, second].map((groupId) => ruleIds(at.clients, groupId)));
    const networkInterfaceId = await makeInterface(at, first);
    const responseElements = { networkInterface: { networkInterfaceId, groupSet: groupSet([first]) } };
    const requestParameters = { groupSet: groupSet([first]) };
    await send(at.clients.events, call('CreateNetworkInterface', { requestParameters, responseElements }));
    // The function must have seen the interface before: only then is it known which group is the new one.
    await new Promise((resolve) => setTimeout(resolve, 8000));

    await setGroups(at, networkInterfaceId, [first, second]);
    const [notice] = await noticesAbout(at, networkInterfaceId, 1);
    expect(notice?.message.decision.remediation).toEqual({
      action: 'detach-groups',
      interfaceId: networkInterfaceId,
      groupIds: [second],
      remaining: [first],
    });
    expect(notice?.attributes.outcome?.Value).toBe('done');
    expect(await groupsOn(at, networkInterfaceId)).toEqual([first]);
    expect(await Promise.all([first, second].map((groupId) => ruleIds(at.clients, groupId)))).toEqual(rules);
  });
}
