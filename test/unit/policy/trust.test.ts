import { describe, expect, it } from 'vitest';
import { type Actor, UNKNOWN_ACTOR } from '../../../src/domain/actor.ts';
import type { TrustedActor } from '../../../src/policy/policy.ts';
import { type TrustedCall, trustedBy } from '../../../src/policy/trust.ts';
import { basePolicy } from './policies.ts';
import { ALICE, DEPLOYER } from './subjects.ts';

const ROLE: TrustedActor = { id: 'deploy', role: 'arn:aws:iam::123456789012:role/deploy' };
const USER: TrustedActor = { id: 'alice', user: 'arn:aws:iam::123456789012:user/alice' };
const SERVICE: TrustedActor = { id: 'asg', service: 'autoscaling.amazonaws.com' };
const AUTO_SCALING: Actor = { ...UNKNOWN_ACTOR, type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };

type Row = readonly [name: string, trusted: TrustedActor, actor: Actor, id: string | null];
const TABLE: readonly Row[] = [
  ['the role behind the session', ROLE, DEPLOYER, 'deploy'],
  ['a role pattern', { ...ROLE, role: 'arn:aws:iam::*:role/dep*' }, DEPLOYER, 'deploy'],
  ['a role of another account', ROLE, { ...DEPLOYER, issuerArn: 'arn:aws:iam::210987654321:role/deploy' }, null],
  ['a role whose name goes on', ROLE, { ...DEPLOYER, issuerArn: `${DEPLOYER.issuerArn}-x` }, null],
  ['a session that calls itself like the role', ROLE, { ...DEPLOYER, arn: ROLE.role ?? '', issuerArn: null }, null],
  ['a user with the issuer of a role', ROLE, { ...DEPLOYER, type: 'IAMUser' }, null],
  ['a federated user', ROLE, { ...DEPLOYER, type: 'FederatedUser' }, null],
  ['the user', USER, ALICE, 'alice'],
  ['the user’s ARN on another type', USER, { ...ALICE, type: 'FederatedUser' }, null],
  ['a session for a user entry', USER, { ...DEPLOYER, arn: USER.user ?? '' }, null],
  ['the root of the account', USER, { ...ALICE, type: 'Root', arn: 'arn:aws:iam::123456789012:root' }, null],
  ['a service by itself', SERVICE, AUTO_SCALING, 'asg'],
  ['another service', SERVICE, { ...AUTO_SCALING, invokedBy: 'ec2.amazonaws.com' }, null],
  ['a person through the service', SERVICE, { ...ALICE, invokedBy: 'autoscaling.amazonaws.com' }, null],
  ['the root through the service', SERVICE, { ...AUTO_SCALING, type: 'Root' }, null],
  ['the role with its source identity', { ...ROLE, sourceIdentity: 'github-*' }, DEPLOYER, 'deploy'],
  ['the role with another source identity', { ...ROLE, sourceIdentity: 'gitlab' }, DEPLOYER, null],
  [
    'the role without source identity',
    { ...ROLE, sourceIdentity: 'github-*' },
    { ...DEPLOYER, sourceIdentity: null },
    null,
  ],
  ['a source identity alone', { id: 'x', sourceIdentity: 'github-*' }, DEPLOYER, null],
  ['an entry that names nobody', { id: 'x' }, DEPLOYER, null],
  ['nobody at all', ROLE, UNKNOWN_ACTOR, null],
];

const callBy = (actor: Actor, rest: Partial<TrustedCall> = {}): TrustedCall => ({
  actor,
  name: 'ModifyInstanceAttribute',
  account: '123456789012',
  resources: [{ type: 'instance', id: 'i-0123456789abcdef0' }],
  ...rest,
});

describe('trustedBy', () => {
  it.each(TABLE)('%s', (_name, trusted, actor, id) => {
    expect(trustedBy(callBy(actor), { ...basePolicy(), trustedActors: [trusted] })?.id ?? null).toBe(id);
  });

  const SSM_ROLE = 'arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM';
  const stateManager: Actor = { ...DEPLOYER, issuerArn: SSM_ROLE };
  const PATCH = { document: 'AWS-RunPatchBaseline' };
  const WEB = 'lt-0123456789abcdef0';
  const templates = (...ids: readonly string[]) => ids.map((id) => ({ type: 'launch-template', id }) as const);
  type Conditions = Pick<TrustedActor, 'calls' | 'documents' | 'launchTemplates'>;

  it.each<[string, Conditions, Partial<TrustedCall>, boolean]>([
    ['a document that it names', { documents: ['AWS-RunPatch*'] }, { content: PATCH }, true],
    ['another document', { documents: ['AWS-RunPatch*'] }, { content: { document: 'AWS-RunShellScript' } }, false],
    [
      'a document that the record does not tell',
      { documents: ['AWS-RunPatch*'] },
      { content: { document: null } },
      false,
    ],
    ['a call that runs none', { documents: ['AWS-RunPatch*'] }, {}, false],
    [
      'a document of another account under that name',
      { documents: ['*RunPatchBaseline'] },
      { content: { document: 'arn:aws:ssm:eu-west-1:210987654321:document/AWS-RunPatchBaseline' } },
      false,
    ],
    [
      'a document by its ARN',
      { documents: ['arn:aws:ssm:*:123456789012:document/web-*'] },
      { content: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/web-restart' } },
      true,
    ],
    ['a call that it names', { calls: ['SendCommand'] }, { name: 'SendCommand' }, true],
    ['another call', { calls: ['SendCommand'] }, { name: 'StartSession' }, false],
    [
      'a call with another document',
      { calls: ['SendCommand'], documents: ['A'] },
      { name: 'SendCommand', content: PATCH },
      false,
    ],
    ['its launch template', { launchTemplates: [WEB] }, { resources: templates(WEB) }, true],
    ['another one', { launchTemplates: [WEB] }, { resources: templates('lt-0123456789abcdef1') }, false],
    ['another one beside it', { launchTemplates: [WEB] }, { resources: templates(WEB, 'lt-0a') }, false],
    ['a call about no template', { launchTemplates: [WEB] }, { resources: [] }, false],
    ['an instance of that id', { launchTemplates: [WEB] }, { resources: [{ type: 'instance', id: WEB }] }, false],
  ])('an entry with conditions, and %s', (_case, conditions, call, expected) => {
    const trustedActors = [{ id: 'patches', role: SSM_ROLE, ...conditions }];
    expect(trustedBy(callBy(stateManager, call), { ...basePolicy(), trustedActors }) !== null).toBe(expected);
  });

  it('finds the entry among others', () => {
    expect(trustedBy(callBy(ALICE), { ...basePolicy(), trustedActors: [SERVICE, ROLE, USER] })).toBe(USER);
    expect(trustedBy(callBy(ALICE), basePolicy())).toBeNull();
  });
});
