/** A packaged CloudFormation template with its intrinsics resolved, as it would stand in one account and Region. */

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };
export type Resource = { readonly Type: string; readonly Condition?: string; readonly Properties: JsonObject };
export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: Json }>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
};
export type Place = {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** What --param would set, by the name of the CloudFormation parameter. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Physical ids of a deployed stack by logical id; made up where they are missing. */
  readonly physical: Readonly<Record<string, string>>;
};

const HERE: Place = { account: ACCOUNT, region: REGION, partition: 'aws', parameters: {}, physical: {} };

/** Stands for AWS::NoValue until the entry that holds it is dropped. */
const NOTHING = '\u0000nothing';

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Resources whose condition is false are left out. */
export function resolveTemplate(template: Template, place: Partial<Place> = {}): Readonly<Record<string, Resource>> {
  const world = { ...HERE, ...place };
  const entries = Object.entries(template.Resources)
    .filter(([, resource]) => resource.Condition === undefined || holds(resource.Condition, template, world))
    .map(([id, resource]) => [id, resolve(resource, template, world) as unknown as Resource]);
  return Object.fromEntries(entries);
}

function resolve(value: unknown, template: Template, place: Place): Json {
  if (Array.isArray(value)) return value.map((item) => resolve(item, template, place)).filter((v) => v !== NOTHING);
  if (!isObject(value)) return value as Json;
  const [key, ...others] = Object.keys(value);
  if (others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::')))
    return intrinsic(key, value[key] as Json, template, place);
  const entries = Object.entries(value).map(([name, item]) => [name, resolve(item, template, place)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NOTHING));
}

function intrinsic(name: string, value: Json, template: Template, place: Place): Json {
  if (name === 'Ref') return reference(String(value), template, place);
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = Array.isArray(value) ? value.map(String) : String(value).split('.');
    return attributeOf(id ?? '', attribute ?? '', template, place);
  }
  if (name === 'Fn::Sub') return substitute(String(value), template, place);
  if (name === 'Fn::Join' && Array.isArray(value))
    return (resolve(value[1], template, place) as readonly Json[]).join(String(value[0]));
  if (name === 'Fn::If' && Array.isArray(value))
    return resolve(holds(String(value[0]), template, place) ? value[1] : value[2], template, place);
  throw new Error(`No test has needed ${name} yet`);
}

const substitute = (text: string, template: Template, place: Place): string =>
  text.replace(/\$\{([^!}][^}]*)\}/g, (_whole, name: string) => {
    const [id = '', attribute] = name.split('.');
    return String(
      attribute === undefined ? reference(id, template, place) : attributeOf(id, attribute, template, place),
    );
  });

function reference(id: string, template: Template, place: Place): Json {
  const pseudo: Record<string, string> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': place.partition,
    'AWS::URLSuffix': place.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::StackName': 'undrift-dev',
    'AWS::NoValue': NOTHING,
  };
  const parameter = template.Parameters?.[id];
  if (parameter !== undefined) return place.parameters[id] ?? parameter.Default ?? '';
  return pseudo[id] ?? place.physical[id] ?? madeUpId(id, template, place);
}

function madeUpId(id: string, template: Template, place: Place): string {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`The template refers to ${id}, which it does not have`);
  const given = resource.Properties.FunctionName ?? resource.Properties.LogGroupName ?? resource.Properties.Name;
  const name = typeof given === 'string' ? given : `undrift-${id}`;
  if (resource.Type === 'AWS::SQS::Queue') return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
  if (resource.Type === 'AWS::SNS::Topic') return arn(place, 'sns', name);
  return name;
}

function attributeOf(id: string, attribute: string, template: Template, place: Place): string {
  const physical = String(reference(id, template, place));
  if (attribute === 'QueueName') return lastOf(physical);
  if (attribute !== 'Arn') throw new Error(`No test has needed ${id}.${attribute} yet`);
  const type = template.Resources[id]?.Type ?? '';
  if (type === 'AWS::SQS::Queue') return arn(place, 'sqs', lastOf(physical));
  if (type === 'AWS::DynamoDB::Table') return arn(place, 'dynamodb', `table/${physical}`);
  if (type === 'AWS::Events::Rule') return arn(place, 'events', `rule/${physical}`);
  if (type === 'AWS::KMS::Key') return arn(place, 'kms', `key/${physical}`);
  if (type === 'AWS::Lambda::Function') return arn(place, 'lambda', `function:${physical}`);
  if (type === 'AWS::Logs::LogGroup') return `${arn(place, 'logs', `log-group:${physical}`)}:*`;
  if (type === 'AWS::IAM::Role') return `arn:${place.partition}:iam::${place.account}:role/${physical}`;
  throw new Error(`No test has needed the ARN of a ${type} yet`);
}

const lastOf = (url: string): string => url.split('/').at(-1) ?? '';

const arn = ({ partition, region, account }: Place, service: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

function holds(name: string, template: Template, place: Place): boolean {
  const test = (value: unknown): boolean => {
    if (!isObject(value)) throw new Error(`Condition ${name} is not understood`);
    const list = (key: string) => value[key] as readonly Json[];
    if (value.Condition !== undefined) return holds(String(value.Condition), template, place);
    if (value['Fn::Not']) return !test(list('Fn::Not')[0]);
    if (value['Fn::And']) return list('Fn::And').every(test);
    if (value['Fn::Or']) return list('Fn::Or').some(test);
    const [left, right] = list('Fn::Equals').map((side) => resolve(side, template, place));
    return left === right;
  };
  return test(template.Conditions?.[name]);
}
