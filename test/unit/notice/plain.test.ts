/** What strangers choose becomes no link, in a mail, a chat or a subject; what undrift itself says stays as it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascii, plain, shown } from '../../../src/notice/plain.ts';
import { asciiJson } from '../../../src/notice/shell.ts';

describe('a dot that could begin the end of a host name is broken', () => {
  it.each([
    ['evil.com', 'evil[.]com'],
    ['see evil.com/login, now', 'see evil[.]com/login, now'],
    ['EVIL.COM', 'EVIL[.]COM'],
    ['a.b.evil.com', 'a.b[.]evil[.]com'],
    ['10.0.0.1.nip.io', '10.0.0.1[.]nip[.]io'],
    ['ada@evil.com', 'ada@evil[.]com'],
    ['evil.xn--p1ai', 'evil[.]xn--p1ai'],
    ['evil.рф', 'evil[.]рф'],
    ['evil\u3002com', 'evil[.]com'],
    ['evil\uff0ecom', 'evil[.]com'],
    ['evil\u2024com', 'evil[.]com'],
    ['https://evil.com', 'https[:]//evil[.]com'],
    ['www.evil.com', 'www[.]evil[.]com'],
    ['rules.evil.com', 'rules[.]evil[.]com'],
    ['rules.internet.com', 'rules[.]internet[.]com'],
    ['rules.internet.mode.com', 'rules[.]internet[.]mode[.]com'],
    ['evil.com.t3.large', 'evil[.]com[.]t3[.]large'],
    ['t3.large.com', 't3[.]large[.]com'],
    ['policy.yml.com', 'policy[.]yml[.]com'],
  ])('%s', (value, expected) => {
    expect(plain(value)).toBe(expected);
    expect(plain(plain(value))).toBe(expected);
  });
});

describe('what undrift itself says stays as it is', () => {
  it.each([
    'tcp 22 from 0.0.0.0/0',
    'sg-0abc: tcp 22 from 10.1.2.3/32 (rule 1.2)',
    'the policy observes here (rules.command-run.mode)',
    'rules.egress is not listed',
    'its severity, 3.5, is below findings.guardDuty.minSeverity',
    'the instance type was changed (m6i.large)',
    'u7i-12tb.224xlarge, m5.metal, c7g.metal-24xl',
    'It is held. Look at it, e.g. by the command below.',
    'arn:aws:iam::123456789012:role/deploy',
    'undrift 0.1.0, 4.5 s',
  ])('%s', (text) => {
    expect(plain(text)).toBe(text);
  });
});

it('a subject folds what only looks like a dot or a scheme before it is broken', () => {
  expect(ascii('evil\u2024com evil\uff0ecom http\uff1a//x')).toBe('evil[.]com evil[.]com http[:]//x');
});

it('a terminal shows names as they are, to be copied, and no address with a scheme', () => {
  expect(shown('web.prod https://evil.com')).toBe('web.prod https[:]//evil.com');
});

it('nothing that strangers choose has a host name in it', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'Z', '1', '-', '.', '\u3002', '\u2024', ' ', '@', '/', 'é', 'ж', '['),
    maxLength: 40,
  });
  fc.assert(
    fc.property(word, (value) => {
      const host = /[\p{L}\p{N}][.\u2024\u3002\ufe52\uff0e\uff61]\p{L}[\p{L}\p{N}]/u;
      expect(plain(value, 1000)).not.toMatch(host);
      expect(ascii(value, 1000)).not.toMatch(host);
    }),
  );
});

it('a command carries every value exactly, and no link', () => {
  const value = { Description: 'evil.com https://evil.com 10.0.0.0/8 \\\\.com "x".com', CidrIp: '10.0.0.0/8' };
  const json = asciiJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[a-z\d]\.[a-z]{2}/i);
  expect(json).toContain('10.0.0.0/8');
});
