/** The calls that are watched, by service and name, and why some neighbours of theirs are not. */
import { modifyAttribute, modifyInterface, modifyMetadataOptions } from './attributes.ts';
import { BASELINE_CALLS, GROUP_BASELINE_CALLS } from './baseline.ts';
import type { CallParser, CallTable } from './call.ts';
import { COMMAND_CALLS } from './commands.ts';
import { INTERFACE_CALLS } from './interfaces.ts';
import { createInterface, runInstances } from './launches.ts';
import { OPTION_CALLS, POWER_CALLS } from './options.ts';
import { modifyPrefixList, restorePrefixList } from './prefix-lists.ts';
import { associateProfile, disassociateProfile, replaceProfile } from './profiles.ts';
import { SCALING_CALLS } from './scaling.ts';
import {
  associateVpc,
  authorizeEgress,
  authorizeIngress,
  createGroup,
  describeEgress,
  describeIngress,
  modifyRules,
  revokeEgress,
  revokeIngress,
} from './security-groups.ts';
import { CONNECT_CALLS, GUI_CONNECT_CALLS, SESSION_CALLS } from './sessions.ts';
import { TAG_CALLS } from './tags.ts';
import { VOLUME_CALLS } from './volumes.ts';
import { WINDOW_CALLS } from './window-tasks.ts';

const EC2 = 'ec2.amazonaws.com';
const SSM = 'ssm.amazonaws.com';

/** Of security groups, and of what they are on and name. */
const NETWORK_CALLS: CallTable = {
  AuthorizeSecurityGroupIngress: authorizeIngress,
  AuthorizeSecurityGroupEgress: authorizeEgress,
  RevokeSecurityGroupIngress: revokeIngress,
  RevokeSecurityGroupEgress: revokeEgress,
  ModifySecurityGroupRules: modifyRules,
  UpdateSecurityGroupRuleDescriptionsIngress: describeIngress,
  UpdateSecurityGroupRuleDescriptionsEgress: describeEgress,
  CreateSecurityGroup: createGroup,
  AssociateSecurityGroupVpc: associateVpc,
  ModifyManagedPrefixList: modifyPrefixList,
  RestoreManagedPrefixListVersion: restorePrefixList,
  CreateNetworkInterface: createInterface,
  RunInstances: runInstances,
};

const ATTRIBUTE_CALLS: CallTable = {
  ModifyInstanceAttribute: modifyAttribute,
  ModifyNetworkInterfaceAttribute: modifyInterface,
  ModifyInstanceMetadataOptions: modifyMetadataOptions,
  AssociateIamInstanceProfile: associateProfile,
  ReplaceIamInstanceProfileAssociation: replaceProfile,
  DisassociateIamInstanceProfile: disassociateProfile,
};

const BY_SERVICE: Readonly<Record<string, readonly CallTable[]>> = {
  [EC2]: [
    NETWORK_CALLS,
    ATTRIBUTE_CALLS,
    OPTION_CALLS,
    POWER_CALLS,
    VOLUME_CALLS,
    INTERFACE_CALLS,
    TAG_CALLS,
    BASELINE_CALLS,
  ],
  [SSM]: [SESSION_CALLS, COMMAND_CALLS, WINDOW_CALLS],
  'ssm-guiconnect.amazonaws.com': [GUI_CONNECT_CALLS],
  'ec2-instance-connect.amazonaws.com': [CONNECT_CALLS],
  'autoscaling.amazonaws.com': [SCALING_CALLS, GROUP_BASELINE_CALLS],
};

/** A Map, as the keys come from events: `constructor` must find nothing. */
const WATCHED: ReadonlyMap<string, CallParser> = new Map(
  Object.entries(BY_SERVICE).flatMap(([service, tables]) =>
    tables.flatMap((table) => Object.entries(table).map(([name, parser]) => [`${service} ${name}`, parser] as const)),
  ),
);

const UNWATCHED: ReadonlyMap<string, string> = new Map([
  [`${EC2} DisassociateSecurityGroupVpc`, 'a security group that serves a VPC less opens nothing'],
  [`${EC2} DeleteSecurityGroup`, 'a deleted security group opens nothing'],
  [`${EC2} TerminateInstances`, 'ends an instance: Auto Scaling launches its successor'],
]);

export function parserOf(eventSource: string, eventName: string): CallParser | null {
  return WATCHED.get(`${eventSource} ${eventName}`) ?? null;
}

/** Why a call that has no parser asks nothing of us. */
export function whyUnwatched(eventSource: string, eventName: string): string {
  return UNWATCHED.get(`${eventSource} ${eventName}`) ?? `not watched: ${eventName} of ${eventSource}`;
}

/** `<service> <event name>` of every call that is watched: what the patterns of the EventBridge rules have to let through. */
export const WATCHED_CALLS: readonly string[] = [...WATCHED.keys()];
