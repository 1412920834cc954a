/** Perfect events, to be given one deviation. */
export const ACCOUNT = '123456789012';
export const GROUP = 'sg-0a1b2c3d4e5f60718';
export const RULE = 'sgr-0a1b2c3d4e5f60718';
export const INSTANCE = 'i-0a1b2c3d4e5f60718';

const SSH = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
const ANSWERED = { groupId: GROUP, securityGroupRuleId: RULE, isEgress: false, ...SSH, cidrIpv4: '0.0.0.0/0' };

type Fields = Readonly<Record<string, unknown>>;

export function record(deviation: Fields = {}): Fields {
  return {
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ada`, accountId: ACCOUNT },
    eventTime: '2026-02-03T04:05:06Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    awsRegion: 'eu-west-1',
    requestParameters: { groupId: GROUP, ipPermissions: {}, ...SSH, cidrIp: '0.0.0.0/0' },
    responseElements: { _return: true, securityGroupRuleSet: { items: [ANSWERED] } },
    requestID: '11111111-2222-3333-4444-555555555555',
    eventID: '66666666-7777-8888-9999-000000000000',
    recipientAccountId: ACCOUNT,
    ...deviation,
  };
}

export function envelope(detail: unknown = record(), deviation: Fields = {}): Fields {
  return {
    version: '0',
    id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: '2026-02-03T04:05:07Z',
    region: 'eu-west-1',
    resources: [],
    detail,
    ...deviation,
  };
}

/** A call of another kind; `request` and `response` as CloudTrail writes them. */
export function call(eventName: string, request: unknown, response: unknown = null, eventSource = 'ec2.amazonaws.com') {
  return record({ eventName, eventSource, requestParameters: request, responseElements: response });
}

export function compliance(deviation: Fields = {}, result: Fields = {}): Fields {
  const detail = {
    resourceId: GROUP,
    resourceType: 'AWS::EC2::SecurityGroup',
    awsRegion: 'eu-west-1',
    awsAccountId: ACCOUNT,
    configRuleName: 'restricted-ssh',
    configRuleARN: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-ab12cd`,
    newEvaluationResult: { complianceType: 'NON_COMPLIANT', resultRecordedTime: '2026-02-03T04:05:05.123Z', ...result },
    oldEvaluationResult: { complianceType: 'COMPLIANT' },
    ...deviation,
  };
  return envelope(detail, { 'detail-type': 'Config Rules Compliance Change', source: 'aws.config' });
}
