/** Every call that a deployed function made, asked again of the role it will have on AWS: the emulators ask no role. */
import { allowed, FUNCTIONS, type FunctionName, type Role, roleOf } from '../package/iam.ts';
import { ACCOUNT, type Place, REGION, type Template } from '../package/template.ts';
import { type RecordedCall, recordedCalls } from '../recorded-calls.ts';

/** What says which right a call needs. */
export type Call = Pick<RecordedCall, 'service' | 'action' | 'params' | 'userAgent'>;
type Params = Readonly<Record<string, unknown>>;
/** `keys`: the partition keys of what DynamoDB is asked to write. */
type Right = { readonly action: string; readonly resource: string; readonly keys?: readonly string[] };
type Refusal = Right & { readonly unit: FunctionName };
export type Checked = {
  readonly refusals: readonly Refusal[];
  /** What each unit was seen to use: a test that saw nothing has tested nothing. */
  readonly used: Readonly<Record<FunctionName, readonly string[]>>;
};

const UNITS: Readonly<Record<string, FunctionName>> = {
  'security-groups': 'securityGroups',
  instances: 'instances',
  networks: 'networks',
  recheck: 'recheck',
};

/** @param physical the stack's physical ids by logical id, for the names that only a deployment gives */
export async function checkRecordedCalls(
  callsFile: string,
  template: Template,
  physical: Place['physical'] = {},
): Promise<Checked> {
  return checkCalls(recordedCalls(callsFile), template, physical);
}

export async function checkCalls(
  calls: readonly Call[],
  template: Template,
  physical: Place['physical'] = {},
): Promise<Checked> {
  const used = new Map<FunctionName, Set<string>>(FUNCTIONS.map((name) => [name, new Set()]));
  const refusals: Refusal[] = [];
  const asked = new Set<string>();
  for (const call of calls) {
    const unit = unitOf(call.userAgent);
    if (unit === null) continue;
    const role = roleOf(unit, template, { physical });
    for (const right of rightsFor(call)) {
      used.get(unit)?.add(right.action);
      const question = `${unit} ${right.action} ${right.resource} ${kindsOf(right.keys).join()}`;
      if (asked.has(question)) continue;
      asked.add(question);
      if (!(await may(role, right, template))) refusals.push({ unit, ...right });
    }
  }
  const lists = FUNCTIONS.map((unit): [FunctionName, readonly string[]] => [unit, [...(used.get(unit) ?? [])].sort()]);
  return { refusals, used: Object.fromEntries(lists) as Checked['used'] };
}

const unitOf = (userAgent: string): FunctionName | null =>
  UNITS[/\bundrift\/(security-groups|instances|networks|recheck)\b/.exec(userAgent)?.[1] ?? ''] ?? null;

/** The tag of an Auto Scaling group is not on the wire: that it opted in is taken for granted, the decision is tested elsewhere. */
function may({ statements }: Role, right: Right, template: Template): Promise<boolean> {
  const [, key = '', value = ''] = /"UNDRIFT_OPT_IN_TAG":"([^"=]+)=([^"]+)"/.exec(JSON.stringify(template)) ?? [];
  const tag = right.resource.includes(':autoScalingGroup:') ? { [`aws:ResourceTag/${key}`]: value } : {};
  const keys = right.keys === undefined ? {} : { 'dynamodb:LeadingKeys': [...right.keys] };
  const { action, resource } = right;
  return allowed(statements, { action, resource, context: { 'aws:RequestedRegion': REGION, ...tag, ...keys } });
}

const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The rights that AWS asks for a call. A call that is not foreseen is asked for on `*`, which no write is granted on. */
function rightsFor({ service, action, params }: Call): readonly Right[] {
  const given = params ?? {};
  if (service === 'dynamodb') return ledgerRights(action, given);
  if (action === 'ModifyNetworkInterfaceAttribute') return groupRights(given);
  return [{ action: `${service}:${rightName(action)}`, resource: resourceOf(service, action, given) }];
}

/** The interface, and every group that it is to have. Whether an instance is asked for, the call does not show. */
function groupRights(params: Params): readonly Right[] {
  const groups = Object.keys(params).filter((key) => key.startsWith('SecurityGroupId.'));
  const resources = [
    `network-interface/${text(params.NetworkInterfaceId)}`,
    ...groups.map((key) => `security-group/${text(params[key])}`),
  ];
  return resources.map((resource) => ({
    action: 'ec2:ModifyNetworkInterfaceAttribute',
    resource: arn('ec2', resource),
  }));
}

/** SQS knows one right for a call and its batch. */
const rightName = (action: string) =>
  action.replace(/^(SendMessage|DeleteMessage|ChangeMessageVisibility)Batch$/, '$1');

function resourceOf(service: string, action: string, params: Params): string {
  if (service === 'sqs') return arn('sqs', text(params.QueueUrl).split('/').at(-1) ?? '');
  if (service === 'sns') return text(params.TopicArn);
  if (service === 'iam') return `arn:aws:iam::${ACCOUNT}:instance-profile/${text(params.InstanceProfileName)}`;
  if (service === 'ssm' && /^(Get|Put)Parameter$/.test(action))
    return arn('ssm', `parameter/${text(params.Name).replace(/^\//, '')}`);
  if (/^RevokeSecurityGroup(In|E)gress$/.test(action)) return arn('ec2', `security-group/${text(params.GroupId)}`);
  if (action === 'DescribeInstanceAttribute') return arn('ec2', `instance/${text(params.InstanceId)}`);
  if (/^(GetManagedPrefixListEntries|ModifyManagedPrefixList)$/.test(action))
    return arn('ec2', `prefix-list/${text(params.PrefixListId)}`);
  if (/^(TerminateInstanceInAutoScalingGroup|SetInstanceHealth)$/.test(action))
    return arn('autoscaling', 'autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/any');
  return '*';
}

function ledgerRights(action: string, params: Params): readonly Right[] {
  if (action === 'TransactWriteItems')
    return objects(params.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, write]) => ({
        action: `dynamodb:${TRANSACTED[kind] ?? kind}`,
        resource: tableOf((write as Params).TableName),
        ...keysOf(write as Params),
      })),
    );
  const index = text(params.IndexName);
  const table = tableOf(params.TableName);
  return [
    { action: `dynamodb:${action}`, resource: index === '' ? table : `${table}/index/${index}`, ...keysOf(params) },
  ];
}

/** A role's conditions may name keys. */
function keysOf({ Item, Key }: Params): { readonly keys?: readonly string[] } {
  const { pk } = (Item ?? Key ?? {}) as { readonly pk?: { readonly S?: unknown } };
  return typeof pk?.S === 'string' ? { keys: [pk.S] } : {};
}

/** Keys that differ only by what comes after the first # ask the same of a role. */
const kindsOf = (keys: readonly string[] = []) => keys.map((key) => key.split('#')[0] ?? '');

const TRANSACTED: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};
const tableOf = (name: unknown) =>
  text(name).startsWith('arn:') ? text(name) : arn('dynamodb', `table/${text(name)}`);
const objects = (value: unknown): readonly Params[] => (Array.isArray(value) ? value : []);
