/** Calls that open a port without adding a rule, as CloudTrail records them: shapes as in `events/`. */
import { call } from './events.mjs';

/** @typedef {Record<string, unknown>} Rest fields of the record that differ */

/** @param {string[]} groupIds */
const groupSet = (groupIds) => ({ items: groupIds.map((groupId) => ({ groupId })) });

/** @param {string} networkInterfaceId @param {string[]} groupIds @param {Rest} [rest] */
export function interfaceMadeEvent(networkInterfaceId, groupIds, rest = {}) {
  const requestParameters = { groupSet: groupSet(groupIds), privateIpAddressesSet: {} };
  const networkInterface = { networkInterfaceId, requesterManaged: false, groupSet: groupSet(groupIds) };
  return call('CreateNetworkInterface', { requestParameters, responseElements: { networkInterface }, ...rest });
}

/** @param {string} networkInterfaceId @param {string[]} groupIds all that it has from now on @param {Rest} [rest] */
export function interfaceGroupsEvent(networkInterfaceId, groupIds, rest = {}) {
  const requestParameters = { networkInterfaceId, groupSet: groupSet(groupIds) };
  const responseElements = { _return: true };
  return call('ModifyNetworkInterfaceAttribute', { requestParameters, responseElements, ...rest });
}

/** @param {{ instanceId: string, interfaceId: string }} launched @param {string[]} groupIds @param {Rest} [rest] */
export function launchEvent({ instanceId, interfaceId }, groupIds, rest = {}) {
  const groups = groupSet(groupIds);
  const networkInterfaceSet = { items: [{ networkInterfaceId: interfaceId, status: 'pending', groupSet: groups }] };
  return call('RunInstances', {
    requestParameters: { instancesSet: { items: [{ minCount: 1, maxCount: 1 }] }, groupSet: groups },
    responseElements: {
      groupSet: {},
      instancesSet: { items: [{ instanceId, groupSet: groups, networkInterfaceSet }] },
    },
    ...rest,
  });
}

/** One entry is an object, several are a list. @param {string} listId @param {number} version @param {string[]} added @param {Rest} [rest] */
export function prefixListEvent(listId, version, added, rest = {}) {
  const entries = added.map((cidr, index) => ({ cidr, tag: index + 1 }));
  const AddEntry = entries.length === 1 ? entries[0] : entries;
  const request = { PrefixListId: listId, CurrentVersion: version, AddEntry };
  return call('ModifyManagedPrefixList', {
    requestParameters: { ModifyManagedPrefixListRequest: request },
    responseElements: {
      ModifyManagedPrefixListResponse: { prefixList: { prefixListId: listId, state: 'modify-in-progress', version } },
    },
    ...rest,
  });
}

/** @param {string} listId @param {number} version @param {number} previous the version that comes back @param {Rest} [rest] */
export function restoreEvent(listId, version, previous, rest = {}) {
  const request = { PrefixListId: listId, PreviousVersion: previous, CurrentVersion: version };
  const prefixList = { prefixListId: listId, state: 'restore-in-progress', version };
  return call('RestoreManagedPrefixListVersion', {
    requestParameters: { RestoreManagedPrefixListVersionRequest: request },
    responseElements: { RestoreManagedPrefixListVersionResponse: { prefixList } },
    ...rest,
  });
}

/** @param {string} groupId @param {string} vpcId @param {Rest} [rest] */
export function associateEvent(groupId, vpcId, rest = {}) {
  return call('AssociateSecurityGroupVpc', {
    requestParameters: { AssociateSecurityGroupVpcRequest: { GroupId: groupId, VpcId: vpcId } },
    responseElements: { AssociateSecurityGroupVpcResponse: { state: 'associating' } },
    ...rest,
  });
}

/**
 * No previous value, no direction.
 * @param {string} groupId
 * @param {{ SecurityGroupRuleId: string, SecurityGroupRule: object }[]} changes as the call takes them
 * @param {Rest} [rest]
 */
export function modifyRulesEvent(groupId, changes, rest = {}) {
  const several = changes.map((change, index) => ({ ...change, tag: index + 1 }));
  const SecurityGroupRule = changes.length === 1 ? changes[0] : several;
  const requestParameters = { ModifySecurityGroupRulesRequest: { GroupId: groupId, SecurityGroupRule } };
  const responseElements = { ModifySecurityGroupRulesResponse: { return: true } };
  return call('ModifySecurityGroupRules', { requestParameters, responseElements, ...rest });
}

/** @param {string} groupId @param {string[]} ruleIds @param {Rest} [rest] */
export function revokeEvent(groupId, ruleIds, rest = {}) {
  const securityGroupRuleIds = { items: ruleIds.map((securityGroupRuleId) => ({ securityGroupRuleId })) };
  const responseElements = { _return: true };
  return call('RevokeSecurityGroupIngress', {
    requestParameters: { groupId, securityGroupRuleIds },
    responseElements,
    ...rest,
  });
}
