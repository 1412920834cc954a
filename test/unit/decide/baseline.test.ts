import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { BaselineEstate } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import type { Exemption, Policy } from '../../../src/policy/policy.ts';
import { DEPLOYER } from '../policy/subjects.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

const TEMPLATE = { type: 'launch-template', id: 'lt-1' } as const;
const GROUP = { type: 'auto-scaling-group', id: 'web' } as const;
/** Alice publishes a version at 11:59:55. */
const PUBLISHED: Change = {
  ...OPENED,
  name: 'CreateLaunchTemplateVersion',
  fact: { kind: 'baseline-changed', what: 'version', detail: '4' },
  resources: [TEMPLATE],
};
const REGROUPED: Change = {
  ...PUBLISHED,
  name: 'UpdateAutoScalingGroup',
  fact: { kind: 'baseline-changed', what: 'group', detail: 'launchTemplate' },
  resources: [GROUP],
};
const exemption = (select: Exemption['select']): Partial<Policy> => ({
  exemptions: [
    {
      id: 'handmade',
      reason: 'This fleet is kept by hand.',
      owner: 'web',
      ticket: null,
      rules: ['baseline-changed'],
      select,
      notBefore: null,
      expires: '2026-06-30T23:59:59.999Z',
    },
  ],
});
const accepted = (what: string, at: string): Partial<History> => ({
  lastReading: { kind: 'baseline', accepted: { [what]: at } },
});
const trustedActors = [{ id: 'deployment', role: DEPLOYER.issuerArn ?? '' }];

type Given = {
  readonly change?: Change;
  readonly resource?: BaselineEstate['resource'];
  readonly policy?: Partial<Policy>;
  readonly history?: Partial<History>;
};
const decided = ({ change = PUBLISHED, resource = TEMPLATE, policy, history }: Given = {}) =>
  decide(change, { kind: 'baseline', resource }, { ...POLICY, ...policy }, { ...HISTORY, ...history }, CONTEXT);
const short = (given: Given) => decided(given).map(({ kind, guard }) => [kind, guard].filter(Boolean).join(' '));

describe('what instances are launched from, changed', () => {
  it('by somebody who is not trusted is told: the whole decision', () => {
    expect(decided()).toEqual([
      {
        kind: 'hold',
        rule: 'baseline-changed',
        guard: 'baseline-changed',
        reason:
          'no instance that would be launched from it is replaced until a trusted actor makes the same kind of change, or an exemption covers the fleet',
        remediation: null,
        retryAfter: 600,
        finding: {
          key: 'launch-template/lt-1/baseline-changed/version',
          round: occurrenceOf('event-1'),
          resource: TEMPLATE,
          rule: 'baseline-changed',
          severity: 'high',
          summary: 'the launch template lt-1 has a version (4) by somebody who is not trusted',
          evidence: ['CreateLaunchTemplateVersion at 2026-03-01T11:59:55.000Z'],
        },
      },
    ]);
  });

  it.each<[string, Given, string]>([
    ['by the pipeline', { change: { ...PUBLISHED, actor: DEPLOYER }, policy: { trustedActors } }, 'ignore'],
    ['by somebody else than the pipeline', { policy: { trustedActors } }, 'hold baseline-changed'],
    ['of a group', { change: REGROUPED, resource: GROUP }, 'hold baseline-changed'],
    ['while it is only observed', { policy: { mode: 'observe' } }, 'hold baseline-changed'],
    ['with everything off', { policy: { mode: 'off' } }, 'ignore'],
    ['and taken back since', { history: accepted('version', '2026-03-01T11:59:56.000Z') }, 'ignore'],
    ['in the same second', { history: accepted('version', '2026-03-01T11:59:55.000Z') }, 'hold baseline-changed'],
    ['after it was taken back', { history: accepted('version', '2026-03-01T11:59:54.000Z') }, 'hold baseline-changed'],
    [
      'and something else taken back since',
      { history: accepted('default-version', '2026-03-01T11:59:59.000Z') },
      'hold baseline-changed',
    ],
    [
      'of an exempted fleet',
      { change: REGROUPED, resource: GROUP, policy: exemption({ autoScalingGroup: ['web'] }) },
      'hold exempted',
    ],
    [
      'of another fleet',
      { change: REGROUPED, resource: GROUP, policy: exemption({ autoScalingGroup: ['api'] }) },
      'hold baseline-changed',
    ],
    ['in a template, which is no fleet', { policy: exemption({ autoScalingGroup: ['web'] }) }, 'hold baseline-changed'],
    ['by another kind of fact', { change: { ...PUBLISHED, fact: { kind: 'user-data-changed' } } }, 'ignore'],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual([expected]);
  });
});

describe('Image Builder publishes a version', () => {
  // Its record names the role, the template and the image, and no pipeline.
  const sample = readFileSync('events/cloudtrail.CreateLaunchTemplateVersion.by-image-builder.json', 'utf8');
  const change = parseInbound(JSON.parse(sample)) as Change;
  const resource = { type: 'launch-template', id: 'lt-0a1b2c3d4e5f60718' } as const;
  const role =
    'arn:aws:iam::123456789012:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder';
  const kindWith = (trustedActors: Policy['trustedActors']) =>
    decide(change, { kind: 'baseline', resource }, { ...POLICY, trustedActors }, HISTORY, CONTEXT).map(
      ({ kind }) => kind,
    );

  it('of a template that the policy names beside its role: trusted', () => {
    expect(kindWith([{ id: 'images', role, launchTemplates: [resource.id] }])).toEqual(['ignore']);
  });

  it('of another template: reported', () => {
    expect(kindWith([{ id: 'images', role, launchTemplates: ['lt-0123456789abcdef0'] }])).toEqual(['hold']);
  });

  it('is not trusted by default', () => {
    expect(kindWith([])).toEqual(['hold']);
  });
});
