import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/policy/load.ts';
import { MINIMAL } from './documents.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const load = (text: string) => loadPolicy(`${MINIMAL}${text}`, 'policy.yml', NOW);
const OF_AWS = ['arn:*:securityhub:*::product/aws/*'];
/** MINIMAL has five lines. */
const withProducts = (...products: readonly string[]) =>
  load(`findings:\n  securityHub:\n    products:\n${products.map((it) => `      - "${it}"\n`).join('')}`);

describe('which findings of other services count', () => {
  it.each([
    ['', { products: OF_AWS, minSeverity: 'high' }],
    ['findings: {}\n', { products: OF_AWS, minSeverity: 'high' }],
    ['findings: { guardDuty: { minSeverity: 5 } }\n', { products: OF_AWS, minSeverity: 'high' }],
    ['findings: { securityHub: { minSeverity: low } }\n', { products: OF_AWS, minSeverity: 'low' }],
    [
      'findings: { securityHub: { products: ["arn:*:securityhub:*:*:product/*/*"] } }\n',
      { products: ['arn:*:securityhub:*:*:product/*/*'], minSeverity: 'high' },
    ],
  ])('%j', (text, securityHub) => {
    expect(load(text).policy.findings.securityHub).toEqual(securityHub);
  });

  it('leaves GuardDuty as it is where only Security Hub is named', () => {
    expect(load('findings: { securityHub: { minSeverity: low } }\n').policy.findings.guardDuty).toEqual({
      minSeverity: 7,
    });
  });
});

describe('what a product implies is told with its line', () => {
  const [OWN, PARTNER] = ["fits the account's own product", 'fits products that are not of AWS'];
  it.each([
    ['arn:*:securityhub:*:*:product/*/*', OWN],
    ['arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default', OWN],
    ['arn:*:securityhub:*:*:product/*/default', OWN],
    ['arn:aws:securityhub:*:1*:product/*/def?ult', OWN],
    ['arn:aws:securityhub:eu-west-1:1234567890??:product/123456789012/*', OWN],
    ['arn:aws:securityhub:eu-west-1::product/prowler/prowler', PARTNER],
    ['arn:*:securityhub:*::product/*/*', PARTNER],
    ['arn:*:securityhub:*::product/a*/inspector', PARTNER],
    ['arn:aws:securityhub:us-east-1:679703615338:product/armordefense/*', PARTNER],
    ['arn:aws:securityhub:eu-west-1:123456789012:product/12345678901/default', PARTNER],
  ])('%s', (pattern, implies) => {
    const { warnings } = withProducts(pattern);
    expect(warnings).toEqual([expect.stringContaining(`findings.securityHub.products[0]: ${pattern} ${implies}`)]);
    expect(warnings[0]).toMatch(/^policy\.yml:9:9 warning: /);
    expect(warnings[0]).toContain('securityhub:BatchImportFindings');
  });

  it('also that GuardDuty does not count here', () => {
    expect(withProducts('arn:*:securityhub:*::product/aws/guardduty').warnings).toEqual([
      expect.stringContaining('fits nothing that counts: what GuardDuty finds comes from itself'),
    ]);
  });

  it.each([
    ['arn:*:securityhub:*::product/aws/*'],
    ['arn:aws:securityhub:eu-west-1::product/aws/inspector'],
    ['arn:aws-cn:securityhub:cn-north-1::product/aws/securityhub'],
    ['arn:*:securityhub:*:*:product/aws/*'],
    ['arn:*:securityhub:*::product/aws/macie'],
  ])('nothing of %s', (pattern) => {
    expect(withProducts(pattern).warnings).toEqual([]);
  });

  it('each by itself, in the order of the file', () => {
    const { warnings } = withProducts(
      'arn:*:securityhub:*::product/aws/*',
      'arn:*:securityhub:*:*:product/*/*',
      'arn:*:securityhub:*::product/x/y',
    );
    expect(warnings.map((line) => line.split(' warning: ')[0])).toEqual(['policy.yml:10:9', 'policy.yml:11:9']);
  });
});

describe('a pattern that is no ARN of a product', () => {
  it.each([
    ['*'],
    ['*:product/aws/*'],
    ['arn:aws:securityhub:*'],
    ['inspector'],
    ['arn:aws:securityhub:eu-west-1::product/aws'],
    ['arn:aws:securityhub:eu-west-1::product/aws/'],
    ['arn:aws:securityhub:eu-west-1::product/aws/inspector/finding/1'],
    ['arn:aws:securityhub:eu-west-1:123456789012:hub/default'],
    ['arn:aws:iam::*:product/aws/inspector'],
    ['arn:aws:securityhub:eu:west:1::product/aws/inspector'],
    ['?'],
  ])('%s is a fault', (pattern) => {
    expect(() => withProducts(pattern)).toThrow(`found "${pattern}", which is no ARN of a product; write one such as`);
  });
});
