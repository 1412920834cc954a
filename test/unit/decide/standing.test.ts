import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { InstanceEstate, LaunchCheck } from '../../../src/domain/estate.ts';
import type { HubSeverity } from '../../../src/domain/hub-severity.ts';
import type { Image, ImageFacts } from '../../../src/domain/image.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { ACCOUNT } from '../guards/perfect.ts';
import { ALTERED, CONTEXT, FLEET_INSTANCE, HISTORY, POLICY, verdict } from './perfect.ts';

/** i-1 was launched on 1 February, and it is 1 March, noon: 28 days and a half. */
const DRIFT = { kind: 'compared' as const, baseline: 'lt-1 version 1', differences: [] };
const LIVE: InstanceEstate = { ...FLEET_INSTANCE, drift: DRIFT };
const COMPLAINT = verdict(ALTERED, 'drifted');
const OLD: Partial<Policy> = { maxInstanceAgeDays: 28 };

const image = (id: string, name: string): Image => ({
  id,
  name,
  ownerId: ACCOUNT,
  ownerAlias: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  tags: {},
});
const IMAGES: ImageFacts = {
  images: {
    'ami-1': { kind: 'read', image: image('ami-1', 'web-1') },
    'ami-2': { kind: 'read', image: image('ami-2', 'golden-2') },
    'ami-3': { kind: 'unread', why: 'ami-3 is gone' },
  },
  parameters: { '/golden/ami': { kind: 'image', imageId: 'ami-2' } },
};
const GOLDEN: Partial<Policy> = { images: { approved: [{ names: ['golden-*'] }], maxAgeDays: null } };
const READ: InstanceEstate = { ...LIVE, imageFacts: IMAGES };

type Given = { change?: Change; estate?: InstanceEstate; policy?: Partial<Policy> };
const decided = ({ change = COMPLAINT, estate = LIVE, policy = {} }: Given) =>
  decide(change, estate, { ...POLICY, ...policy }, HISTORY, CONTEXT);
const short = (given: Given) =>
  decided(given).map(({ kind, guard, rule }) => [kind, guard, rule].filter(Boolean).join(' '));

describe('an instance that is too old', () => {
  it('is replaced when a verdict makes us look: the whole finding', () => {
    expect(decided({ policy: OLD })).toMatchObject([
      {
        kind: 'remediate',
        rule: 'too-old',
        finding: {
          key: 'instance/i-1/too-old',
          round: `verdict:${occurrenceOf('')}`,
          severity: 'low',
          summary: 'i-1 is not as it may be: it runs for 28 days, and maxInstanceAgeDays is 28',
        },
      },
    ]);
  });

  it.each<[string, Given, string[]]>([
    ['young enough by a day', { policy: { maxInstanceAgeDays: 29 } }, ['ignore']],
    ['of any age where nothing is asked', {}, ['ignore']],
    [
      'whose launch time is not known',
      { policy: OLD, estate: { ...LIVE, instance: { ...LIVE.instance, launchedAt: null } } },
      ['ignore'],
    ],
    [
      'beside a change by a person',
      { change: ALTERED, policy: OLD },
      ['remediate user-data-changed', 'remediate too-old'],
    ],
    [
      'on a change that is no finding',
      { change: { ...ALTERED, fact: { kind: 'closing-call' } }, policy: OLD },
      ['ignore'],
    ],
    ['by a Config rule that means nothing', { change: verdict(ALTERED, 'other'), policy: OLD }, ['ignore']],
    [
      'that cannot be compared',
      { policy: OLD, estate: { ...LIVE, drift: { kind: 'unknown', why: 'gone' } } },
      ['remediate too-old', 'ignore'],
    ],
    ['of no group', { policy: OLD, estate: { ...LIVE, group: null } }, ['hold not-opted-in too-old']],
    [
      'that is ending',
      { policy: OLD, estate: { ...LIVE, instance: { ...LIVE.instance, state: 'shutting-down' } } },
      ['ignore'],
    ],
    [
      'with the rule off',
      { policy: { ...OLD, instanceRules: { ...POLICY.instanceRules, 'too-old': { mode: 'off' } } } },
      ['ignore too-old'],
    ],
    [
      'from before undrift',
      { change: verdict(ALTERED, 'drifted', false), policy: { ...OLD, when: 'new' } },
      ['hold pre-existing too-old'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('is the same occurrence beside whatever change, and nobody fights for it', () => {
    const done = { instanceId: 'i-9', successor: 'i-8', incidentId: 'x', rule: 'too-old', drift: 'instance//too-old' };
    const past = [1, 2, 3].map((hour) => ({
      ...done,
      actor: ALTERED.actor.arn,
      begunAt: `2026-03-01T0${hour}:10:00.000Z`,
      changedAt: `2026-03-01T0${hour}:00:00.000Z`,
      doneAt: `2026-03-01T0${hour}:20:00.000Z`,
    }));
    const estate: InstanceEstate = { ...LIVE, records: { holders: [], warming: [], past } };
    const [, found] = decided({ change: ALTERED, estate, policy: OLD });
    expect(found).toMatchObject({ kind: 'remediate', finding: { round: `verdict:${occurrenceOf('')}` } });
  });
});

describe('an instance whose image is not approved', () => {
  it('is found, with the image in its key', () => {
    const [found, ...others] = decided({ estate: READ, policy: GOLDEN });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: 'remediate',
      finding: {
        key: 'instance/i-1/image-not-approved/ami-1',
        round: `verdict:${occurrenceOf('ami-1')}`,
        severity: 'high',
        summary: 'i-1 is not as it may be: its image ami-1 is not approved: no entry of images.approved fits it',
      },
    });
  });

  it.each<[string, Given, string[]]>([
    [
      'approved',
      { estate: READ, policy: { images: { approved: [{ names: ['web-*'] }], maxAgeDays: null } } },
      ['ignore'],
    ],
    ['where nothing is asked', { estate: READ }, ['ignore']],
    ['not read', { policy: GOLDEN }, ['ignore']],
  ])('none when it is %s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('is held when that cannot be told', () => {
    const estate: InstanceEstate = { ...READ, instance: { ...READ.instance, imageId: 'ami-3' } };
    expect(decided({ estate, policy: GOLDEN })).toMatchObject([
      {
        kind: 'hold',
        guard: 'unreadable',
        reason: 'whether its image ami-3 is approved could not be told: ami-3 is gone',
      },
    ]);
  });

  const ready = (...images: string[]): LaunchCheck => ({ kind: 'ready', images });
  it.each<[string, LaunchCheck, string | null]>([
    ['another image, approved', ready('ami-2'), null],
    ['the parameter that the policy names', ready('resolve:ssm:/golden/ami'), null],
    [
      'the same image',
      ready('ami-1'),
      'a successor would have the image ami-1, which is not approved either: no entry of images.approved fits it',
    ],
    [
      'one approved and one not',
      ready('ami-2', 'ami-1'),
      'a successor would have the image ami-1, which is not approved either: no entry of images.approved fits it',
    ],
    [
      'one that is gone',
      ready('ami-3'),
      'a successor would have the image ami-3, which cannot be told to be approved: ami-3 is gone',
    ],
    [
      'a parameter of somebody else',
      ready('resolve:ssm:/other'),
      'which image a successor would have could not be told: the template says resolve:ssm:/other',
    ],
    ['no image by name', { kind: 'ready' }, 'which image a successor would have could not be told'],
  ])('whose group launches %s', (_name, launch, why) => {
    const [found] = decided({ estate: { ...READ, launch }, policy: GOLDEN });
    expect(found).toMatchObject(
      why === null
        ? { kind: 'remediate', guard: null }
        : { kind: 'hold', guard: 'fight', reason: `replacing would not help: ${why}`, retryAfter: 3600 },
    );
  });

  it('keeps no other finding from its replacement', () => {
    const policy = { ...GOLDEN, ...OLD };
    expect(short({ estate: { ...READ, launch: ready('ami-1') }, policy })).toEqual([
      'remediate too-old',
      'hold fight image-not-approved',
    ]);
  });
});

describe('a finding of GuardDuty', () => {
  const alert = (severity: number): Change => ({
    ...ALTERED,
    source: 'guardduty',
    name: 'Trojan:EC2/DNSDataExfiltration',
    fact: { kind: 'alert', by: 'guardduty', what: 'Trojan:EC2/DNSDataExfiltration', severity },
  });

  it('counts from the severity that the policy names, with its type in the key', () => {
    expect(decided({ change: alert(7) })).toMatchObject([
      {
        kind: 'remediate',
        rule: 'guardduty-finding',
        finding: {
          key: 'instance/i-1/guardduty-finding/Trojan:EC2/DNSDataExfiltration',
          round: occurrenceOf('event-1'),
          summary: 'i-1 is not as it may be: GuardDuty finds Trojan:EC2/DNSDataExfiltration (severity 7)',
        },
      },
    ]);
    expect(decided({ change: alert(6.9) })).toMatchObject([
      { kind: 'ignore', reason: 'its severity, 6.9, is below findings.guardDuty.minSeverity' },
    ]);
    expect(
      short({ change: alert(6.9), policy: { findings: { ...POLICY.findings, guardDuty: { minSeverity: 6 } } } }),
    ).toEqual(['remediate guardduty-finding']);
  });

  it('makes us look at how the instance stands as well, if it counts', () => {
    expect(short({ change: alert(8), policy: OLD })).toEqual(['remediate guardduty-finding', 'remediate too-old']);
    expect(short({ change: alert(2), policy: OLD })).toEqual(['ignore']);
  });
});

describe('a finding of Security Hub', () => {
  const INSPECTOR = 'arn:aws:securityhub:eu-west-1::product/aws/inspector';
  const ANYBODY = 'arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default';
  const CVE = 'CVE-2024-3094 - xz-libs';
  const alert = (severity: HubSeverity = 'critical', product = INSPECTOR, what = CVE): Change => ({
    ...ALTERED,
    source: 'security-hub',
    name: what,
    fact: { kind: 'alert', by: 'security-hub', product, what, severity },
  });
  const counting = (products: readonly string[], minSeverity: HubSeverity = 'high'): Partial<Policy> => ({
    findings: { ...POLICY.findings, securityHub: { products, minSeverity } },
  });
  const because = (given: Given) => decided(given).map((it) => (it.kind === 'ignore' ? it.reason : it.kind));

  it('is told with its product and its title in the key: the whole finding', () => {
    expect(decided({ change: alert() })).toMatchObject([
      {
        kind: 'remediate',
        rule: 'security-hub-finding',
        finding: {
          key: `instance/i-1/security-hub-finding/aws/inspector/${CVE}`,
          round: occurrenceOf('event-1'),
          severity: 'high',
          summary: `i-1 is not as it may be: Security Hub has a finding of aws/inspector: ${CVE} (critical)`,
        },
      },
    ]);
  });

  it('does no more than the mode of its own rule says', () => {
    const observing: Partial<Policy> = {
      instanceRules: { ...POLICY.instanceRules, 'security-hub-finding': { mode: 'observe' } },
    };
    expect(short({ change: alert(), policy: observing })).toEqual(['hold observe security-hub-finding']);
    const off: Partial<Policy> = {
      instanceRules: { ...POLICY.instanceRules, 'security-hub-finding': { mode: 'off' } },
    };
    expect(short({ change: alert(), policy: off })).toEqual(['ignore security-hub-finding']);
  });

  it('of the product that anybody may feed is ignored by name, however severe it is, unless the policy names it', () => {
    expect(because({ change: alert('critical', ANYBODY) })).toEqual([
      `its product, ${ANYBODY}, is not among findings.securityHub.products`,
    ]);
    expect(short({ change: alert('critical', ANYBODY), policy: counting([INSPECTOR, ANYBODY]) })).toEqual([
      'remediate security-hub-finding',
    ]);
    expect(because({ change: alert(), policy: counting([ANYBODY]) })).toEqual([
      `its product, ${INSPECTOR}, is not among findings.securityHub.products`,
    ]);
  });

  it.each([
    ['arn:aws:securityhub:eu-west-1:123456789012:product/aws/inspector'],
    ['arn:aws:securityhub:eu-west-1::product/aws-like/inspector'],
    ['arn:aws:securityhub:eu-west-1::product/partner/aws'],
  ])('of %s is none of the products of AWS', (product) => {
    expect(short({ change: alert('critical', product) })).toEqual(['ignore']);
  });

  it.each<[HubSeverity, HubSeverity, boolean]>([
    ['critical', 'critical', true],
    ['high', 'critical', false],
    ['high', 'high', true],
    ['medium', 'high', false],
    ['medium', 'medium', true],
    ['low', 'low', true],
    ['informational', 'low', false],
  ])('that is %s, where the policy asks for %s: %s', (severity, least, counts) => {
    const policy = counting([INSPECTOR], least);
    const below = `its severity, ${severity}, is below findings.securityHub.minSeverity`;
    expect(because({ change: alert(severity), policy })).toEqual([counts ? 'remediate' : below]);
  });

  it('has a key of bounded length', () => {
    const [decision] = decided({ change: alert('high', INSPECTOR, 'x'.repeat(5000)) });
    expect(decision?.kind === 'remediate' && decision.finding.key.length).toBe(400);
  });

  it('makes us look at how the instance stands as well, if it counts', () => {
    expect(short({ change: alert(), policy: OLD })).toEqual(['remediate security-hub-finding', 'remediate too-old']);
    expect(short({ change: alert('critical', ANYBODY), policy: OLD })).toEqual(['ignore']);
  });
});
