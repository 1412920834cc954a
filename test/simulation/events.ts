import { ACCOUNT, REGION } from './world.ts';

const PERSON = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/kim`, accountId: ACCOUNT, userName: 'kim' };
let events = 0;

/** A CloudTrail call as EventBridge delivers it. */
export function call(eventName: string, at: string, rest: Record<string, unknown>) {
  events += 1;
  const eventSource = typeof rest.eventSource === 'string' ? rest.eventSource : 'ec2.amazonaws.com';
  const detail = {
    eventVersion: '1.09',
    userIdentity: PERSON,
    eventTime: at.replace(/\.\d+Z$/, 'Z'),
    eventSource,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2',
    requestID: `request-${events}`,
    eventID: `event-${events}`,
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    responseElements: null,
    ...rest,
  };
  return {
    version: '0',
    id: `envelope-${events}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.split('.')[0]}`,
    account: ACCOUNT,
    time: detail.eventTime,
    region: REGION,
    resources: [],
    detail,
  };
}

export type Opened = { id: string; groupId: string; protocol?: string; fromPort: number; toPort: number; cidr: string };

export function authorize(at: string, rule: Opened) {
  const { id, groupId, protocol = 'tcp', fromPort, toPort, cidr } = rule;
  const source = cidr.includes(':') ? { cidrIpv6: cidr } : { cidrIpv4: cidr };
  return call('AuthorizeSecurityGroupIngress', at, {
    requestParameters: { groupId, ipPermissions: {}, ipProtocol: protocol, fromPort, toPort, cidrIp: cidr },
    responseElements: {
      _return: true,
      securityGroupRuleSet: {
        items: [
          { groupId, securityGroupRuleId: id, isEgress: false, ipProtocol: protocol, fromPort, toPort, ...source },
        ],
      },
    },
  });
}

export function startSession(at: string, instanceId: string, sessionId: string) {
  return call('StartSession', at, {
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { target: instanceId },
    responseElements: { sessionId, tokenValue: 'Value hidden due to security reasons.' },
  });
}

export function endSession(at: string, sessionId: string) {
  return call('TerminateSession', at, {
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { sessionId },
    responseElements: { sessionId },
  });
}

export function resumeSession(at: string, sessionId: string) {
  return call('ResumeSession', at, {
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { sessionId },
    responseElements: { sessionId, tokenValue: 'Value hidden due to security reasons.' },
  });
}

export function pushKey(at: string, instanceId: string) {
  return call('SendSSHPublicKey', at, {
    eventSource: 'ec2-instance-connect.amazonaws.com',
    requestParameters: { instanceId, instanceOSUser: 'ec2-user', sSHPublicKey: 'ssh-ed25519 AAAA' },
    responseElements: { success: true },
  });
}

export function changeUserData(at: string, instanceId: string) {
  return call('ModifyInstanceAttribute', at, {
    requestParameters: { instanceId, userData: '<sensitiveDataRemoved>' },
    responseElements: { _return: true },
  });
}

export function setGroups(at: string, instanceId: string, groupId: string) {
  return call('ModifyInstanceAttribute', at, {
    requestParameters: { instanceId, groupSet: { items: [{ groupId }] } },
    responseElements: { _return: true },
  });
}

/** The machines are named by `targets`, or by `instanceIds: ["*"]`. */
export function sendCommand(at: string, named: object, commandId: string | null, documentName = 'AWS-RunShellScript') {
  return call('SendCommand', at, {
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { documentName, parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS', ...named },
    responseElements: commandId === null ? null : { command: { commandId, status: 'Pending', targetCount: 0 } },
  });
}

/** The same call with the credentials that EC2 delivered to an instance. */
export function byInstance<T extends { readonly detail: object }>(event: T, instanceId: string): T {
  const userIdentity = {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/${instanceId}`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/web`, userName: 'web' },
      ec2RoleDelivery: '2.0',
    },
  };
  return { ...event, detail: { ...event.detail, userIdentity } };
}
