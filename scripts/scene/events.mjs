import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** Somebody at work, as CloudTrail names them. */
export const PEOPLE = {
  root: { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
  user: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: `arn:aws:iam::${ACCOUNT}:user/kim`,
    accountId: ACCOUNT,
    userName: 'kim',
  },
  role: session('operator', 'arn:aws:iam::123456789012:role/operator'),
  sso: session(
    'AWSReservedSSO_admin_0123456789abcdef',
    `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_admin_0123456789abcdef`,
  ),
  service: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
};

/** @param {string} role @param {string} issuer */
function session(role, issuer) {
  return {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:kim@example.com',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/kim@example.com`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE', arn: issuer, accountId: ACCOUNT, userName: role },
      attributes: { mfaAuthenticated: 'true', creationDate: '2026-01-01T00:00:00Z' },
    },
  };
}

/**
 * A call as CloudTrail records it and EventBridge delivers it.
 * @param {string} eventName
 * @param {Record<string, unknown>} rest fields of the record: requestParameters, responseElements, …
 */
export function call(eventName, rest) {
  const eventSource = /** @type {string} */ (rest.eventSource ?? 'ec2.amazonaws.com');
  const detail = {
    eventVersion: '1.10',
    userIdentity: PEOPLE.role,
    eventTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: null,
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    ...rest,
  };
  return { source: `aws.${eventSource.split('.')[0]}`, 'detail-type': 'AWS API Call via CloudTrail', detail };
}

/** @typedef {ReturnType<typeof call> | { source: string, 'detail-type': string, detail: Record<string, unknown> }} AwsEvent */

/**
 * AuthorizeSecurityGroupIngress, from the answer that the API gave.
 * @param {{ groupId: string, permission: import('@aws-sdk/client-ec2').IpPermission, rules: import('@aws-sdk/client-ec2').SecurityGroupRule[], flat?: boolean }} what
 * @param {Record<string, unknown>} [rest]
 */
export function authorizeEvent({ groupId, permission, rules, flat = false }, rest = {}) {
  const { IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] } = permission;
  const ports = FromPort === undefined ? {} : { fromPort: FromPort, toPort: ToPort };
  const items = (/** @type {object[]} */ list) => (list.length === 0 ? {} : { items: list });
  const itemsForm = {
    groupId,
    ipPermissions: {
      items: [
        {
          ipProtocol: IpProtocol,
          ...ports,
          groups: {},
          ipRanges: items(IpRanges.map(({ CidrIp }) => ({ cidrIp: CidrIp }))),
          ipv6Ranges: items(Ipv6Ranges.map(({ CidrIpv6 }) => ({ cidrIpv6: CidrIpv6 }))),
          prefixListIds: items(PrefixListIds.map(({ PrefixListId }) => ({ prefixListId: PrefixListId }))),
        },
      ],
    },
  };
  const flatForm = { groupId, ipPermissions: {}, ipProtocol: IpProtocol, ...ports, cidrIp: IpRanges[0]?.CidrIp };
  return call('AuthorizeSecurityGroupIngress', {
    requestParameters: flat ? flatForm : itemsForm,
    responseElements: {
      requestId: randomUUID(),
      _return: true,
      securityGroupRuleSet: { items: rules.map(recordedRule) },
    },
    ...rest,
  });
}

/** @param {import('@aws-sdk/client-ec2').SecurityGroupRule} rule */
function recordedRule(rule) {
  return {
    groupOwnerId: ACCOUNT,
    groupId: rule.GroupId,
    securityGroupRuleId: rule.SecurityGroupRuleId,
    isEgress: rule.IsEgress,
    ipProtocol: rule.IpProtocol,
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
    ...(rule.CidrIpv4 && { cidrIpv4: rule.CidrIpv4 }),
    ...(rule.CidrIpv6 && { cidrIpv6: rule.CidrIpv6 }),
    ...(rule.PrefixListId && { prefixListId: rule.PrefixListId }),
  };
}

/** @param {string} instanceId @param {Record<string, unknown>} [rest] */
export function userDataEvent(instanceId, rest = {}) {
  return call('ModifyInstanceAttribute', {
    requestParameters: { instanceId, userData: '<sensitiveDataRemoved>' },
    responseElements: { requestId: randomUUID(), _return: true },
    ...rest,
  });
}

/**
 * ModifyInstanceAttribute with other security groups, which EC2 takes while the instance runs.
 * @param {string} instanceId @param {string[]} groupIds
 */
export function groupsEvent(instanceId, groupIds) {
  return call('ModifyInstanceAttribute', {
    requestParameters: { instanceId, groupSet: { items: groupIds.map((groupId) => ({ groupId })) } },
    responseElements: { requestId: randomUUID(), _return: true },
  });
}

/**
 * A Config rule's verdict.
 * @param {{ rule: string, type: 'AWS::EC2::SecurityGroup' | 'AWS::EC2::Instance', id: string }} what
 */
export function verdictEvent({ rule, type, id }) {
  const at = new Date().toISOString();
  /** @param {string} complianceType */
  const result = (complianceType) => ({
    evaluationResultIdentifier: {
      evaluationResultQualifier: { configRuleName: rule, resourceType: type, resourceId: id },
      orderingTimestamp: at,
    },
    complianceType,
    resultRecordedTime: at,
    configRuleInvokedTime: at,
  });
  const detail = {
    resourceId: id,
    resourceType: type,
    awsRegion: REGION,
    awsAccountId: ACCOUNT,
    configRuleName: rule,
    configRuleARN: `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/config-rule-abcdef`,
    recordVersion: '1.0',
    messageType: 'ComplianceChangeNotification',
    newEvaluationResult: result('NON_COMPLIANT'),
    oldEvaluationResult: result('COMPLIANT'),
    notificationCreationTime: at,
  };
  return { source: 'aws.config', 'detail-type': 'Config Rules Compliance Change', detail };
}

/**
 * Sends an event as AWS does: on the default bus, with a source that only AWS may use.
 * @param {import('@aws-sdk/client-eventbridge').EventBridgeClient} client
 * @param {AwsEvent} event
 */
export async function send(client, event) {
  const entry = {
    Source: event.source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Time: new Date(),
    Resources: [],
  };
  const answer = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (answer.FailedEntryCount) throw new Error(`the event was not taken: ${answer.Entries?.[0]?.ErrorMessage}`);
}
