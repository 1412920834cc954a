import { describe, expect, it } from 'vitest';
import { deadLetterNotice, delayedNotice, type MessageReport } from '../../../src/notice/message.ts';

const place = { account: '123456789012', region: 'eu-west-1', stage: 'prod', now: '2026-05-01T12:05:00.000Z' };
const report: MessageReport = {
  id: 'm1',
  unit: 'networks',
  about: { title: 'ModifyManagedPrefixList on pl-0abc', lines: ['by arn:aws:iam::123456789012:user/kim', 'event e1'] },
  reason: 'Retryable: ec2:DescribeManagedPrefixLists cannot be answered now (RequestLimitExceeded)',
  receives: 10,
  age: 300,
};
const UNTIL = '2026-05-02T00:00:00.000Z';
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('a message that is delayed', () => {
  it('is reported with what it is about, why, and until when it is tried', () => {
    const { subject, text, attributes } = delayedNotice(report, UNTIL, place);
    expect(subject).toBe('[undrift] Delayed: ModifyManagedPrefixList on pl-0abc (networks)');
    expect(flat(text)).toContain('by arn:aws:iam::123456789012:user/kim event e1 Tried 10 times, over 5 min.');
    expect(flat(text)).toContain('(RequestLimitExceeded)');
    expect(flat(text)).toContain('undrift tries again until 2026-05-02 00:00:00 UTC, and is then dead-lettered.');
    expect(attributes).toMatchObject({ outcome: 'delayed', severity: 'high', rule: 'none', region: 'eu-west-1' });
  });

  it('about an instance is less severe', () => {
    const { attributes } = delayedNotice({ ...report, unit: 'instances' }, UNTIL, place);
    expect(attributes).toMatchObject({ severity: 'medium' });
  });
});

describe('a message that is dead-lettered', () => {
  it('is reported as given up, with what to do', () => {
    const { subject, text, json } = deadLetterNotice({ ...report, receives: 1, age: 0 }, place);
    expect(subject).toBe('[undrift] Dead-lettered: ModifyManagedPrefixList on pl-0abc (networks)');
    expect(flat(text)).toContain('undrift does not try again');
    expect(flat(text)).toContain('Check the resource yourself.');
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      schema: 'undrift.notice/1',
      kind: 'dead-lettered',
      message: { id: 'm1', unit: 'networks', about: report.about.title, receives: 1, ageSeconds: 0 },
    });
  });

  it('of unknown age is reported without it', () => {
    const { text } = deadLetterNotice({ ...report, age: null }, place);
    expect(flat(text)).toContain('Tried 10 times. The last error:');
  });

  it('bounds and defuses what an attacker wrote into the event', () => {
    const title = `x\r\nBcc: eve https://evil ${'y'.repeat(5000)} \u202e`;
    const hostile = { ...report, about: { title, lines: [title] }, reason: title };
    for (const { subject, text } of [deadLetterNotice(hostile, place), delayedNotice(hostile, UNTIL, place)]) {
      expect(subject).toMatch(/^\[undrift\] [\x20-\x7e]{1,89}$/u);
      expect(text).not.toMatch(/Bcc.*\n\S|:\/\/|\u202e/u);
      expect(text.length).toBeLessThan(3000);
    }
  });
});
