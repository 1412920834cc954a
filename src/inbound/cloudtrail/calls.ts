/** The calls that are watched, by service and name, and why some neighbours of theirs are not. */
import type { CallParser } from './call.ts';
import {
  attachVolume,
  modifyAttribute,
  modifyInterface,
  modifyMetadataOptions,
  terminateInGroup,
} from './instances.ts';
import { createInterface, runInstances } from './launches.ts';
import { modifyPrefixList, restorePrefixList } from './prefix-lists.ts';
import { associateProfile, disassociateProfile, replaceProfile } from './profiles.ts';
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
import { sendSshKey, startSession } from './sessions.ts';

const EC2 = 'ec2.amazonaws.com';
const SSM = 'ssm.amazonaws.com';
const CONNECT = 'ec2-instance-connect.amazonaws.com';
const AUTO_SCALING = 'autoscaling.amazonaws.com';

/** A Map, as the keys come from events: `constructor` must find nothing. */
const WATCHED: ReadonlyMap<string, CallParser> = new Map([
  [`${EC2} AuthorizeSecurityGroupIngress`, authorizeIngress],
  [`${EC2} AuthorizeSecurityGroupEgress`, authorizeEgress],
  [`${EC2} RevokeSecurityGroupIngress`, revokeIngress],
  [`${EC2} RevokeSecurityGroupEgress`, revokeEgress],
  [`${EC2} ModifySecurityGroupRules`, modifyRules],
  [`${EC2} UpdateSecurityGroupRuleDescriptionsIngress`, describeIngress],
  [`${EC2} UpdateSecurityGroupRuleDescriptionsEgress`, describeEgress],
  [`${EC2} CreateSecurityGroup`, createGroup],
  [`${EC2} AssociateSecurityGroupVpc`, associateVpc],
  [`${EC2} ModifyManagedPrefixList`, modifyPrefixList],
  [`${EC2} RestoreManagedPrefixListVersion`, restorePrefixList],
  [`${EC2} CreateNetworkInterface`, createInterface],
  [`${EC2} RunInstances`, runInstances],
  [`${EC2} ModifyInstanceAttribute`, modifyAttribute],
  [`${EC2} ModifyNetworkInterfaceAttribute`, modifyInterface],
  [`${EC2} ModifyInstanceMetadataOptions`, modifyMetadataOptions],
  [`${EC2} AssociateIamInstanceProfile`, associateProfile],
  [`${EC2} ReplaceIamInstanceProfileAssociation`, replaceProfile],
  [`${EC2} DisassociateIamInstanceProfile`, disassociateProfile],
  [`${EC2} AttachVolume`, attachVolume],
  [`${SSM} StartSession`, startSession],
  [`${CONNECT} SendSSHPublicKey`, sendSshKey],
  [`${AUTO_SCALING} TerminateInstanceInAutoScalingGroup`, terminateInGroup],
]);

const UNWATCHED: ReadonlyMap<string, string> = new Map([
  [`${EC2} DisassociateSecurityGroupVpc`, 'a security group that serves a VPC less opens nothing'],
  [`${EC2} DeleteSecurityGroup`, 'a deleted security group opens nothing'],
  [`${EC2} StartInstances`, 'not watched yet: the start of an instance'],
  [`${EC2} StopInstances`, 'not watched yet: the stop of an instance'],
  [`${EC2} RebootInstances`, 'not watched yet: the reboot of an instance'],
  [`${EC2} TerminateInstances`, 'ends an instance: Auto Scaling launches its successor'],
  [`${EC2} AttachNetworkInterface`, 'the groups of the interface were judged when they were set'],
  [`${EC2} CreateReplaceRootVolumeTask`, 'not watched yet: replaced root volumes'],
  [`${SSM} ResumeSession`, 'continues a session that was seen when it started'],
  [`${SSM} TerminateSession`, 'ends a session'],
  [`${SSM} SendCommand`, 'not watched yet: commands run by Systems Manager'],
  [`${SSM} StartAutomationExecution`, 'not watched yet: automations of Systems Manager'],
  [`${CONNECT} SendSerialConsoleSSHPublicKey`, 'not watched yet: the serial console'],
  [`${CONNECT} OpenTunnel`, 'not watched yet: tunnels of EC2 Instance Connect'],
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
