import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';

type Raw = Record<string, unknown> & { detail: Record<string, unknown> };
const MINING: Raw = JSON.parse(readFileSync('events/guardduty.Finding.bitcoin-mining.json', 'utf8'));
const deviating = (detail: Record<string, unknown>, rest: Record<string, unknown> = {}): Raw => ({
  ...MINING,
  ...rest,
  detail: { ...MINING.detail, ...detail },
});

describe('a finding of GuardDuty', () => {
  it('is a change of the instance that it names, by nobody known', () => {
    expect(parseInbound(MINING)).toMatchObject({
      source: 'guardduty',
      name: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
      fact: { kind: 'alert', by: 'guardduty', what: 'CryptoCurrency:EC2/BitcoinTool.B!DNS', severity: 8 },
      resources: [{ type: 'instance', id: 'i-0a1b2c3d4e5f60718' }],
      actor: { arn: null },
      at: '2026-02-03T04:00:00Z',
      eventId: '56c1f2a3b4d5e6f708192a3b4c5d6e7f',
      requestId: null,
      account: '123456789012',
    });
  });

  it('is the same occurrence when it is sent again with an update', () => {
    const { eventId } = parseInbound(MINING) as Change;
    const updated = deviating({ updatedAt: '2026-02-03T10:05:00.000Z' }, { id: 'another-envelope' });
    expect(parseInbound(updated)).toMatchObject({ eventId });
  });

  it('without an id of its own has that of its envelope', () => {
    expect(parseInbound(deviating({ id: undefined }))).toMatchObject({ eventId: MINING.id });
  });

  it.each([
    [{ service: { archived: true } }, 'an archived finding of GuardDuty'],
    [{ service: { additionalInfo: { sample: true } } }, 'a sample finding of GuardDuty'],
    [{ title: '[SAMPLE] x' }, 'a sample finding of GuardDuty'],
    [{ resource: { resourceType: 'S3Bucket' } }, 'findings of GuardDuty about S3Bucket are not watched'],
    [{ accountId: '210987654321' }, 'a finding of GuardDuty about an instance of another account'],
  ])('%j asks nothing', (detail, irrelevant) => {
    expect(parseInbound(deviating(detail))).toEqual({ irrelevant });
  });

  it.each([
    [{ severity: '8' }, 'detail.severity: expected a severity from 0 to 10'],
    [{ severity: 11 }, 'detail.severity: expected a severity from 0 to 10'],
    [{ type: undefined }, 'detail.type: expected a string'],
    [{ resource: undefined }, 'detail.resource.resourceType: expected a string'],
    [
      { resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-1; rm' } } },
      'detail.resource.instanceDetails.instanceId: expected an id',
    ],
  ])('%j is malformed, and says where', (detail, message) => {
    expect(() => parseInbound(deviating(detail))).toThrow(MalformedEvent);
    expect(() => parseInbound(deviating(detail))).toThrow(message);
  });
});
