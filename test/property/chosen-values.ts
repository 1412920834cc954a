/** Situations that undrift acts on, and every value in them that somebody without permissions on undrift can choose. */
import fc from 'fast-check';
import type { History } from '../../src/decide.ts';
import type { Change } from '../../src/domain/change.ts';
import type {
  AutoScalingGroup,
  InstanceEstate,
  NetworkInterface,
  SecurityGroupEstate,
} from '../../src/domain/estate.ts';
import { parseInbound } from '../../src/inbound/index.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { SelectorKey } from '../../src/policy/selector-keys.ts';
import { authorize, changeUserData } from '../simulation/events.ts';
import { groupEstate, interfaceOf } from '../unit/decide/networks.ts';
import { CONTEXT, HISTORY } from '../unit/decide/perfect.ts';
import { FLEET, INSTANCE } from '../unit/guards/perfect.ts';
import { rule, sourceOf } from '../unit/rules/perfect.ts';
import { cidr } from './estates.ts';

export const GROUP = 'sg-0123456789abcdef0';
export const OPENED = 'sgr-0123456789abcdef0';
const OTHER_GROUP = 'sg-0fedcba9876543210';
const BREAK_GLASS = 'arn:aws:iam::123456789012:role/break-glass';
const AT = '2026-03-01T11:59:55.000Z';

/** Entries that could each let something through: no value of the situation fits one before it is changed. */
const EXEMPTIONS = [
  `rules: [internet], select: { securityGroup: [${OTHER_GROUP}] }`,
  `rules: [internet], select: { securityGroup: ["legacy-*"], vpc: [vpc-1ab00000], actor: ["${BREAK_GLASS}"] }`,
  'rules: [internet], select: { port: [3389] }',
  'rules: [internet], select: { range: [9.9.9.0/24] }',
  'rules: [internet], select: { vpc: [vpc-1ab00000] }',
  `rules: [user-data-changed], select: { actor: ["${BREAK_GLASS}"] }`,
  'rules: [user-data-changed], select: { autoScalingGroup: ["lab-*"] }',
];
const MODES = [
  '{ rules: [internet], select: { vpc: [vpc-1ab00000] }, mode: observe }',
  `{ rules: [internet], select: { securityGroup: [${OTHER_GROUP}] }, mode: observe }`,
  '{ rules: [user-data-changed], select: { vpc: [vpc-1ab00000] }, mode: observe }',
  '{ rules: [user-data-changed], select: { autoScalingGroup: ["lab-*"] }, mode: observe }',
];
const TRUSTED = [
  '{ id: pipeline, role: "arn:aws:iam::123456789012:role/deploy" }',
  '{ id: any-account, role: "arn:aws:iam::*:role/deploy-*" }',
  '{ id: machine-user, user: "arn:aws:iam::123456789012:user/ci" }',
  '{ id: with-identity, role: "arn:aws:iam::123456789012:role/deploy", sourceIdentity: "github-*" }',
];

type Parts = {
  readonly when: 'new' | 'any';
  readonly exemptions: readonly string[];
  readonly modes: readonly string[];
  readonly trusted: readonly string[];
};

/** Read as `policy.yml` is, with every check. */
function policyOf({ when, exemptions, modes, trusted }: Parts): Policy {
  const listed = (name: string, entries: readonly string[]) =>
    entries.length === 0 ? `${name}: []` : `${name}:\n${entries.map((entry) => `  - ${entry}`).join('\n')}`;
  const dated = exemptions.map(
    (entry, n) => `{ id: x${n}, reason: A reason of some words., owner: who, expires: 2027-01-31, ${entry} }`,
  );
  const text = [
    ...['version: 1', 'mode: enforce', `when: ${when}`, 'rules:', '  internet:', '    protects:'],
    ...['      - { name: SSH, ports: [22] }', '      - { name: RDP, ports: [3389] }', '  user-data-changed: {}'],
    ...[listed('trustedActors', trusted), listed('exemptions', dated), listed('modes', modes)],
  ];
  return loadPolicy(text.join('\n'), 'policy.yml', CONTEXT.now).policy;
}

const NOTHING: Parts = { when: 'new', exemptions: [], modes: [], trusted: [] };
const ONE_ENTRY: readonly Parts[] = [
  ...EXEMPTIONS.map((entry) => ({ ...NOTHING, exemptions: [entry] })),
  ...MODES.map((entry) => ({ ...NOTHING, modes: [entry] })),
  ...TRUSTED.map((entry) => ({ ...NOTHING, trusted: [entry] })),
];
const EVERYTHING: Parts = { when: 'any', exemptions: EXEMPTIONS, modes: MODES, trusted: TRUSTED };
/** With no entry, with one, and with all of them; each is loaded once. */
export const anyPolicy: fc.Arbitrary<Policy> = fc.constantFrom(
  ...[NOTHING, EVERYTHING, ...ONE_ENTRY].flatMap((parts) =>
    (['new', 'any'] as const).map((when) => policyOf({ ...parts, when })),
  ),
);

type Event = ReturnType<typeof authorize>;
type Identity = Readonly<Record<string, unknown>>;
/** A record with the live state that it leads to. */
export type Opening = { readonly event: Event; readonly estate: SecurityGroupEstate; readonly history: History };
export type Altering = { readonly event: Event; readonly estate: InstanceEstate; readonly history: History };

const PERSON: Identity = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::123456789012:assumed-role/operator/kim',
  accountId: '123456789012',
  sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::123456789012:role/operator' } },
};

/** SSH is opened to the world on a group that an interface of the enforced VPC has. */
export const anyOpening: fc.Arbitrary<Opening> = fc
  .record({
    port: fc.constant(22),
    world: fc.constantFrom('0.0.0.0/0', '::/0', 'pl-0123456789abcdef0'),
    used: fc.boolean(),
  })
  .map(({ world, used }) => {
    const opened = { id: OPENED, groupId: GROUP, fromPort: 22, toPort: 22, cidr: world };
    const rules = [rule(OPENED, { groupId: GROUP, source: sourceOf(world) })];
    const group = { id: GROUP, name: 'web', ownerId: '123456789012', vpcId: 'vpc-0e0f0000', tags: {} };
    const users = used ? [interfaceOf('eni-1', [GROUP], { vpcId: 'vpc-0e0f0000' })] : [];
    const list = {
      id: 'pl-0123456789abcdef0',
      name: 'office',
      ownerId: '123456789012',
      cidrs: ['0.0.0.0/0'],
      version: 1,
    };
    return {
      event: withIdentity(authorize(AT, opened), PERSON),
      estate: groupEstate([{ group, rules }], users, world.startsWith('pl-') ? [list] : []),
      history: HISTORY,
    };
  });

/** The user data of an instance of a group that opted in is changed. */
export const anyAltering: fc.Arbitrary<Altering> = fc.constant({
  event: withIdentity(changeUserData(AT, 'i-0123456789abcdef0'), PERSON),
  estate: { kind: 'instance', instance: { ...INSTANCE, vpcId: 'vpc-0e0f0000' }, group: FLEET, drift: null },
  history: HISTORY,
});

function withDetail(event: Event, more: Readonly<Record<string, unknown>>): Event {
  return { ...event, detail: { ...event.detail, ...more } } as Event;
}

function withIdentity(event: Event, identity: Identity): Event {
  return withDetail(event, { userIdentity: { ...(event.detail.userIdentity as Identity), ...identity } });
}

/** The change that is made of the record, or what became of it instead. */
export function changeOf(event: Event): Change | string {
  try {
    const parsed = parseInbound(event);
    return 'irrelevant' in parsed ? parsed.irrelevant : parsed;
  } catch (error) {
    return String(error);
  }
}

/** What people choose where they may write anything: what the policies look for, what services are called, and odd ones. */
const WORDS = [
  'web',
  'legacy-1',
  'lab-1',
  'deploy',
  'break-glass',
  'default',
  'ElasticMapReduce-master',
  'd-1234567890_controllers',
];
const SERVICE_WORDS = [
  'ELB app/web/1',
  'AWS created network interface',
  'eks.amazonaws.com',
  'GuardDutyManagedSecurityGroup-vpc-1',
];
const ODD = [
  '',
  ' ',
  '*',
  '\t',
  '\u0000',
  '\u202e',
  '$(id)',
  'x'.repeat(3_000),
  'https://example.com',
  '{"omitted":true}',
  'omitted',
];
const anyText = fc.oneof(
  fc.constantFrom(
    ...WORDS,
    ...SERVICE_WORDS,
    ...ODD,
    'github-1',
    OTHER_GROUP,
    BREAK_GLASS,
    'vpc-1ab00000',
    'lab',
    'true',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
/** A name "can't start with sg-" (EC2 API Reference, CreateSecurityGroup). */
const anyGroupName = anyText.filter((name) => !name.startsWith('sg-'));
/** From 2 to 64 of these characters (STS API Reference, AssumeRole, SourceIdentity). */
const anySourceIdentity = fc.oneof(
  fc.constantFrom('github-1', 'github-main', 'deploy', 'break-glass', 'AutoScaling'),
  fc.stringMatching(/^[\w+=,.@-]{2,64}$/),
);
/** Nobody but AWS can set a tag whose key begins with `aws:` (EC2 User Guide, "Tag restrictions"). */
const anyTags = fc
  .dictionary(
    fc.oneof(
      fc.constantFrom('Env', 'Name', 'undrift:exempt', 'undrift:ignore', 'kubernetes.io/cluster/x', 'AWS:eks'),
      anyText,
    ),
    anyText,
    { maxKeys: 4 },
  )
  .map((tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:'))));
const anyServiceTag = fc.constantFrom(
  ...['aws:eks:cluster-name', 'aws:elasticmapreduce:job-flow-id', 'aws:fms:managed', 'aws:cloudformation:stack-name'],
);
/** IAM paths may hold colons (IAM User Guide, "IAM identifiers"); the name of a role may not. */
const anyRole = fc.constantFrom(
  'x:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  'aws-service-role-of-mine/AWSServiceRoleForAutoScaling',
  'service-role/AWSBackupDefaultServiceRole',
  'x:role/deploy',
  'deploy/deployer',
  'team/deploy',
  'x:role/break-glass',
  'break-glass/me',
);
const anyService = fc.constantFrom(
  ...['cloudformation.amazonaws.com', 'autoscaling.amazonaws.com', 'eks.amazonaws.com', 'signin.amazonaws.com'],
  ...['elasticloadbalancing.amazonaws.com', 'AWS Internal', 'undrift'],
);

/** One value that somebody chooses, and the keys of a selector that read it. */
export type Chosen<Of> = {
  readonly what: string;
  readonly feeds: readonly SelectorKey[];
  readonly change: (before: Of) => fc.Arbitrary<Of>;
};

const ofDetail = <Of extends { readonly event: Event }>(
  what: string,
  value: fc.Arbitrary<Readonly<Record<string, unknown>>>,
): Chosen<Of> => ({
  what,
  feeds: [],
  change: (before) => value.map((more) => ({ ...before, event: withDetail(before.event, more) })),
});

const ofIdentity = <Of extends { readonly event: Event }>(what: string, value: fc.Arbitrary<Identity>): Chosen<Of> => ({
  what,
  feeds: [],
  change: (before) => value.map((identity) => ({ ...before, event: withIdentity(before.event, identity) })),
});

const sessionOf = (role: string, name: string) => ({
  arn: `arn:aws:sts::123456789012:assumed-role/${role.split('/').at(-1)}/${name}`,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::123456789012:role/${role}` } },
});

/** What the caller of any API chooses. */
function ofCaller<Of extends { readonly event: Event }>(): readonly Chosen<Of>[] {
  const name = fc.constantFrom(
    'deploy',
    'i-0123456789abcdef0',
    'AutoScaling',
    'undrift',
    'aws-service-role',
    'github-1',
    'kim',
  );
  return [
    ofIdentity(
      'the name of the session',
      name.map((it) => sessionOf('operator', it)),
    ),
    ofIdentity(
      'the path of a role that they created',
      fc.tuple(anyRole, name).map(([role, it]) => sessionOf(role, it)),
    ),
    ofIdentity(
      'the source identity',
      anySourceIdentity.map((sourceIdentity) => {
        const { sessionContext } = sessionOf('operator', 'kim');
        return { sessionContext: { ...sessionContext, sourceIdentity } };
      }),
    ),
    ofIdentity(
      'the service that the call is made through',
      anyService.map((invokedBy) => ({ invokedBy })),
    ),
    ofDetail(
      'the user agent',
      anyText.map((userAgent) => ({ userAgent })),
    ),
    ofDetail(
      'the source address',
      fc.oneof(anyService, anyText).map((sourceIPAddress) => ({ sourceIPAddress })),
    ),
    ofDetail(
      'further parts of the record',
      anyText.map((odd) => ({
        additionalEventData: { [odd]: odd },
        tlsDetails: odd,
        resources: [odd],
        vpcEndpointId: odd,
      })),
    ),
  ];
}

const withGroup = (at: Opening, more: Partial<SecurityGroupEstate['group']>): Opening => ({
  ...at,
  estate: { ...at.estate, group: { ...at.estate.group, ...more } },
});
const withRules = (at: Opening, rules: SecurityGroupEstate['rules']): Opening => ({
  ...at,
  estate: { ...at.estate, rules },
});
function withInterfaces(at: Opening, more: readonly NetworkInterface[]): Opening {
  const { surroundings } = at.estate;
  if (surroundings === null) return at;
  return {
    ...at,
    estate: { ...at.estate, surroundings: { ...surroundings, interfaces: [...surroundings.interfaces, ...more] } },
  };
}

/** Of a network interface that they create: EC2 sets who asked for it, and whether a service manages it. */
const anyInterface = fc
  .record({
    vpcId: fc.constantFrom('vpc-0e0f0000', 'vpc-1ab00000'),
    interfaceType: fc.constantFrom('interface', 'efa', 'trunk'),
    description: anyText,
    tags: anyTags,
    instanceId: fc.constantFrom(null, 'i-0aaaaaaaaaaaaaaaa'),
    publicAddresses: fc.constantFrom([], ['203.0.113.7']),
    requesterId: fc.constantFrom(null, '123456789012', 'AROAEXAMPLE:amazon-elb', 'AROAEXAMPLE:eks'),
  })
  .map((given) => interfaceOf('eni-0aaaaaaaaaaaaaaaa', [GROUP], given));

const anyFurtherRule = fc.record({ port: fc.constantFrom(22, 443, 3389, 8080), source: cidr, egress: fc.boolean() });

export const OF_GROUP: readonly Chosen<Opening>[] = [
  ...ofCaller<Opening>(),
  { what: 'the name of the group', feeds: [], change: (at) => anyGroupName.map((name) => withGroup(at, { name })) },
  { what: 'the tags of the group', feeds: [], change: (at) => anyTags.map((tags) => withGroup(at, { tags })) },
  {
    what: 'which group they open: one that an AWS service made',
    feeds: [],
    change: (at) => anyServiceTag.map((key) => withGroup(at, { tags: { [key]: 'prod' } })),
  },
  {
    what: 'the descriptions of its rules',
    feeds: [],
    change: (at) =>
      anyText.map((description) =>
        withRules(
          at,
          at.estate.rules.map((it) => ({ ...it, description })),
        ),
      ),
  },
  {
    what: 'further rules of the group',
    feeds: [],
    change: (at) =>
      fc
        .array(anyFurtherRule, { maxLength: 4 })
        .map((more) =>
          withRules(at, [
            ...more.map(({ port, source, egress }, n) =>
              rule(`sgr-${n}`, { groupId: GROUP, fromPort: port, toPort: port, egress, source: sourceOf(source) }),
            ),
            ...at.estate.rules,
          ]),
        ),
  },
  {
    what: 'the name and the descriptions of a prefix list',
    feeds: [],
    change: (at) =>
      anyText.map((name) => {
        const prefixLists = at.estate.prefixLists.map((list) => ({
          ...list,
          name,
          descriptions: { '0.0.0.0/0': name },
        }));
        return { ...at, estate: { ...at.estate, prefixLists } };
      }),
  },
  {
    what: 'an interface that they create with the group, in any VPC',
    feeds: [],
    change: (at) => anyInterface.map((made) => withInterfaces(at, [made])),
  },
  {
    what: 'a load balancer that they create with the group',
    feeds: [],
    change: (at) =>
      anyInterface.map((made) =>
        withInterfaces(at, [{ ...made, requesterManaged: true, loadBalancer: true, instanceId: null }]),
      ),
  },
  {
    what: 'another group beside it, on an interface that they create',
    feeds: [],
    change: (at) =>
      anyText.map((name) => {
        const beside = interfaceOf('eni-0aaaaaaaaaaaaaaaa', [GROUP, OTHER_GROUP], { vpcId: 'vpc-1ab00000' });
        const { surroundings } = withInterfaces(at, [beside]).estate;
        if (surroundings === null) return at;
        const group = { id: OTHER_GROUP, name, ownerId: '123456789012', vpcId: 'vpc-1ab00000', tags: {} };
        const rules = [rule('sgr-beside', { groupId: OTHER_GROUP, source: sourceOf('10.0.0.0/8') })];
        return { ...at, estate: { ...at.estate, surroundings: { ...surroundings, neighbours: [{ group, rules }] } } };
      }),
  },
  ofDetail('a request so large that CloudTrail omits it', fc.constant({ requestParameters: { omitted: true } })),
];

const withFleet = (at: Altering, more: Partial<AutoScalingGroup>): Altering =>
  at.estate.group === null ? at : { ...at, estate: { ...at.estate, group: { ...at.estate.group, ...more } } };

export const OF_INSTANCE: readonly Chosen<Altering>[] = [
  ...ofCaller<Altering>(),
  {
    what: 'the tags of the instance',
    feeds: [],
    change: (at) =>
      anyTags.map((tags) => ({ ...at, estate: { ...at.estate, instance: { ...at.estate.instance, tags } } })),
  },
  {
    what: 'the tags of its Auto Scaling group',
    feeds: [],
    change: (at) => anyTags.map((tags) => withFleet(at, { tags: { ...tags, ...FLEET.tags } })),
  },
  {
    what: 'the Auto Scaling group that they attach it to',
    feeds: ['autoScalingGroup'],
    change: (at) => anyText.map((name) => withFleet(at, { name })),
  },
  {
    what: 'the role, if they can assume it',
    feeds: ['actor'],
    change: (at) => fc.constant({ ...at, event: withIdentity(at.event, sessionOf('break-glass', 'kim')) }),
  },
];
