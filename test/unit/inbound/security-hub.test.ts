import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';

type Finding = Record<string, unknown>;
type Raw = Record<string, unknown> & { detail: { findings: readonly [Finding] } };
const CRITICAL: Raw = JSON.parse(readFileSync('events/securityhub.FindingsImported.inspector-critical.json', 'utf8'));
const [PERFECT] = CRITICAL.detail.findings;
const INSPECTOR = 'arn:aws:securityhub:eu-west-1::product/aws/inspector';
const OWN = 'arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default';
const ID = 'i-0a1b2c3d4e5f60718';

const event = (findings: unknown, rest: Record<string, unknown> = {}) => ({
  ...CRITICAL,
  ...rest,
  detail: { findings },
});
const deviating = (finding: Finding, rest: Record<string, unknown> = {}) => event([{ ...PERFECT, ...finding }], rest);
const parse = (finding: Finding, rest?: Record<string, unknown>) =>
  parseInbound(deviating(finding, rest)) as unknown as Change;
const instance = (arn: unknown, Type: unknown = 'AwsEc2Instance') => ({ Type, Id: arn });
const arnOf = (id: string, { partition = 'aws', region = 'eu-west-1', account = '123456789012' } = {}) =>
  `arn:${partition}:ec2:${region}:${account}:instance/${id}`;
const severity = (Severity: unknown, own?: unknown) =>
  parse({ Severity, FindingProviderFields: own === undefined ? undefined : { Severity: own } }).fact;

describe('a finding of Security Hub', () => {
  it('is a change of the instance that it names, by nobody known, with its product', () => {
    expect(parseInbound(CRITICAL)).toEqual({
      source: 'security-hub',
      name: 'CVE-2024-3094 - xz-libs',
      fact: {
        kind: 'alert',
        by: 'security-hub',
        product: INSPECTOR,
        what: 'CVE-2024-3094 - xz-libs',
        severity: 'critical',
      },
      resources: [{ type: 'instance', id: ID }],
      actor: expect.objectContaining({ arn: null }),
      at: '2026-02-03T04:05:06Z',
      eventId: expect.stringMatching(/^securityhub-[0-9a-f]{64}$/),
      requestId: null,
      account: '123456789012',
      region: 'eu-west-1',
    });
  });

  it('keeps the product that anybody may feed: to count it or not is for the policy', () => {
    expect(parse({ ProductArn: OWN }).fact).toMatchObject({ product: OWN, severity: 'critical' });
  });

  it('is the same occurrence when it is sent again with an update, and another of another product', () => {
    const { eventId } = parse({});
    const updated = { UpdatedAt: '2026-02-04T10:00:00.000Z', Severity: { Label: 'HIGH' }, Title: 'another title' };
    expect(parse(updated, { id: 'another-envelope' }).eventId).toBe(eventId);
    expect(parse({ ProductArn: OWN }).eventId).not.toBe(eventId);
    expect(parse({ Id: `${PERFECT.Id}0` }).eventId).not.toBe(eventId);
  });

  it('has an identity of bounded length and harmless characters, whatever its id is', () => {
    for (const Id of ['x'.repeat(100_000), 'a b\u0000\n/<script>', '1']) {
      expect(parse({ Id }).eventId).toMatch(/^securityhub-[0-9a-f]{64}$/);
    }
  });

  it.each<[string, Finding]>([
    ['as it is', {}],
    ['of 1970', { LastObservedAt: '1970-01-01T00:00:00Z', UpdatedAt: '1970-01-01T00:00:00Z' }],
    ['of 2099', { LastObservedAt: '2099-01-01T00:00:00Z', CreatedAt: '2099-01-01T00:00:00Z' }],
    ['without a time', { LastObservedAt: undefined, UpdatedAt: undefined, CreatedAt: undefined }],
    ['with times that are none', { LastObservedAt: 'lately', UpdatedAt: 7, CreatedAt: {} }],
  ])('is of the time when Security Hub sent it, %s', (_name, finding) => {
    expect(parse(finding).at).toBe('2026-02-03T04:05:06Z');
  });

  it('that was sent at no time is malformed', () => {
    expect(() => parse({}, { time: 'lately' })).toThrow('time: expected a time such as 2026-02-03T04:05:06Z');
  });
});

describe('the instances of a finding', () => {
  it('are all that it names, each once, and nothing else that it names', () => {
    const Resources = [
      instance('arn:aws:ecr:eu-west-1:123456789012:repository/web', 'AwsEcrRepository'),
      instance(arnOf('i-1')),
      instance(arnOf('i-2')),
      instance(arnOf('i-1')),
      instance(arnOf('i-3', { account: '210987654321' })),
      instance(arnOf('i-4', { region: 'eu-north-1' })),
      instance('i-5'),
    ];
    expect(parse({ Resources }).resources).toEqual([
      { type: 'instance', id: 'i-1' },
      { type: 'instance', id: 'i-2' },
    ]);
  });

  it.each(['aws-cn', 'aws-us-gov', 'aws-iso-b'])('are those of the partition %s as well', (partition) => {
    expect(parse({ Resources: [instance(arnOf('i-1', { partition }))] }).resources).toHaveLength(1);
  });

  it.each([
    ['i-0a1b2c3d4e5f60718'],
    ['arn:aws:ec2:eu-west-1:123456789012:volume/vol-1'],
    ['arn:aws:ec2:eu-west-1:123456789012:instance/i-1; rm'],
    [`${arnOf('i-1')}\n`],
    [arnOf(`i-${'a'.repeat(100_000)}`)],
    [arnOf('i-1', { account: '210987654321' })],
    [arnOf('i-1', { region: 'eu-north-1' })],
    [''],
    [null],
    [7],
  ])('are not %#', (arn) => {
    expect(parse({ Resources: [instance(arn)] })).toEqual({
      irrelevant: 'a finding of Security Hub that names no instance of this account and Region by its ARN',
    });
  });
});

describe('asks nothing:', () => {
  const about = (type: string) => `findings of Security Hub about ${type} are not watched`;
  it.each<[Finding, string]>([
    [{ Sample: true }, 'a sample finding of Security Hub'],
    [{ Title: '[SAMPLE] x' }, 'a sample finding of Security Hub'],
    [{ RecordState: 'ARCHIVED' }, 'an archived finding of Security Hub'],
    [{ Workflow: { Status: 'SUPPRESSED' } }, 'a finding of Security Hub that is suppressed'],
    [{ Workflow: { Status: 'RESOLVED' } }, 'a finding of Security Hub that is resolved'],
    [{ Compliance: { Status: 'PASSED' } }, 'a finding of Security Hub about a control that found nothing (PASSED)'],
    [
      { Compliance: { Status: 'NOT_AVAILABLE' } },
      'a finding of Security Hub about a control that found nothing (NOT_AVAILABLE)',
    ],
    [{ Resources: [instance('x', 'AwsS3Bucket')] }, about('AwsS3Bucket')],
    [{ Resources: [instance('x', `Aws\n${'x'.repeat(1000)}`)] }, about(`Aws ${'x'.repeat(93)}...`)],
    [{ Resources: [] }, about('nothing')],
    [{ AwsAccountId: '210987654321' }, 'a finding of Security Hub of another account'],
    [{ Region: 'eu-north-1' }, 'a finding of Security Hub of another Region'],
    [
      { ProductArn: 'arn:aws-cn:securityhub:eu-west-1::product/aws/guardduty' },
      'a finding of Security Hub that GuardDuty itself has sent',
    ],
  ])('%j', (finding, irrelevant) => {
    expect(parse(finding)).toEqual({ irrelevant });
  });

  it.each<[Finding]>([
    [{ Sample: false }],
    [{ RecordState: undefined }],
    [{ Workflow: { Status: 'NOTIFIED' } }],
    [{ Workflow: undefined }],
    [{ Compliance: { Status: 'FAILED' } }],
    [{ Compliance: { Status: 'WARNING' } }],
    [{ AwsAccountId: undefined, Region: undefined }],
    // A name that only looks like it.
    [{ ProductArn: 'arn:aws:securityhub:eu-west-1:123456789012:product/aws/guardduty' }],
    [{ ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty-like' }],
  ])('not %j', (finding) => {
    expect(parse(finding)).toMatchObject({ source: 'security-hub', resources: [{ id: ID }] });
  });
});

describe('the severity of a finding', () => {
  it.each([
    ['INFORMATIONAL', 'informational'],
    ['LOW', 'low'],
    ['MEDIUM', 'medium'],
    ['HIGH', 'high'],
    ['CRITICAL', 'critical'],
  ])('is its label %s, whatever its number says', (Label, expected) => {
    expect(severity({ Label, Normalized: 0 })).toMatchObject({ severity: expected });
  });

  it.each([
    [0, 'informational'],
    [1, 'low'],
    [39, 'low'],
    [40, 'medium'],
    [69, 'medium'],
    [70, 'high'],
    [89, 'high'],
    [90, 'critical'],
    [100, 'critical'],
  ])('is without a label that of its number %d', (Normalized, expected) => {
    expect(severity({ Normalized })).toMatchObject({ severity: expected });
  });

  it.each([
    ['raised by hand counts as its product had it', 'CRITICAL', { Label: 'LOW' }, 'low'],
    ['raised by hand, its product had a number', 'CRITICAL', { Normalized: 40 }, 'medium'],
    ['lowered by hand is lower', 'LOW', { Label: 'CRITICAL' }, 'low'],
    ['of which the product says its own word alone', 'HIGH', { Original: '9.1' }, 'high'],
  ])('%s', (_name, Label, own, expected) => {
    expect(severity({ Label }, own)).toMatchObject({ severity: expected });
  });
});

describe('what strangers write', () => {
  it('is cleaned and bounded, and does not end in the dead-letter queue', () => {
    expect(parse({ Title: `a\r\nSubject:\u202e\u0000b${'x'.repeat(100_000)}` }).name).toBe(
      `a Subject: b${'x'.repeat(241)}...`,
    );
    expect(parse({ Title: '\u200b\u0007' }).name).toBe('without a title');
  });

  it.each<[Finding, string]>([
    [{ ProductArn: undefined }, 'detail.findings[0].ProductArn: expected a string'],
    [{ ProductArn: 'x'.repeat(3000) }, 'detail.findings[0].ProductArn: expected at most 2048 characters'],
    [{ ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws' }, 'ProductArn: expected the ARN of a product'],
    [
      { ProductArn: 'arn:aws:securityhub:eu-west-1:123456789012:product/x/default::product/aws/inspector' },
      'ProductArn: expected the ARN of a product',
    ],
    [{ ProductArn: 'arn:aws:iam::123456789012:product/aws/inspector' }, 'ProductArn: expected the ARN of a product'],
  ])('%j is malformed, and says where', (finding, message) => {
    expect(() => parse(finding)).toThrow(MalformedEvent);
    expect(() => parse(finding)).toThrow(message);
  });

  it.each<[Finding, object]>([
    [{ Id: undefined }, { eventId: '59887110-5390-5004-b899-cb599edde751' }],
    [{ Title: { a: 1 } }, { name: 'without a title' }],
    [{ Region: 'a\tb' }, { region: 'eu-west-1' }],
    [{ Region: 'no Region at all' }, { region: 'eu-west-1' }],
    [{ AwsAccountId: 7 }, { account: '123456789012' }],
    [{ Workflow: 'odd', Compliance: 7 }, { source: 'security-hub' }],
  ])('%j hides no finding', (finding, expected) => {
    expect(parse(finding)).toMatchObject({ fact: { kind: 'alert' }, ...expected });
  });

  it.each([
    [undefined, undefined, 'critical'],
    [{ Label: 'high' }, undefined, 'critical'],
    [{ Normalized: 101 }, undefined, 'critical'],
    [{ Normalized: '90' }, { Label: 'LOW' }, 'low'],
    [{ Label: 'odd', Normalized: 70 }, undefined, 'high'],
    ['odd', 'odd', 'critical'],
  ])('a severity of %j, by its product %j, counts as %s', (Severity, own, expected) => {
    const finding = { Severity, FindingProviderFields: { Severity: own } };
    expect(parse(finding)).toMatchObject({ fact: { severity: expected } });
  });

  it('asks nothing before it is read strictly: a sample whose product is none is a sample', () => {
    expect(parseInbound(event([{ ...PERFECT, Sample: true, ProductArn: 7 }]))).toEqual({
      irrelevant: 'a sample finding of Security Hub',
    });
  });

  it.each([
    ['two', [PERFECT, { ...PERFECT, Id: 'other' }], 'found a list of 2'],
    ['none', [], 'found a list of 0'],
    ['nothing', undefined, 'found nothing'],
  ])('an event with %s is malformed, as none may be lost', (_name, findings, found) => {
    expect(() => parseInbound(event(findings))).toThrow(
      new MalformedEvent(`detail.findings: expected one finding, as AWS sends them, ${found}`),
    );
  });
});
