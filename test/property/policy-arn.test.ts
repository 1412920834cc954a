import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arnMatches } from '../../src/policy/arn.ts';
import { globMatches } from '../../src/policy/glob.ts';

/** What an IAM path may hold, and what a wildcard must not reach across. */
const piece = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', 'role', 'aws-service-role'), maxLength: 4 });
const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
const head = fc.constantFrom('arn:aws:iam::123456789012:role/', 'arn:aws:iam::*:role/', 'arn:*:iam::*:role/');
const pattern = fc.tuple(head, fc.array(part, { minLength: 1, maxLength: 4 })).map(([h, parts]) => h + parts.join('/'));
const arn = fc
  .tuple(
    fc.constantFrom('arn:aws:iam::123456789012:role/', 'arn:aws:iam::210987654321:user/'),
    fc.array(piece, { minLength: 1, maxLength: 4 }),
  )
  .map(([h, parts]) => h + parts.join('/'));
const cut = (text: string) => text.split(/[:/]/);

it('a pattern never fits an ARN that differs from it outside of a wildcard part', () => {
  fc.assert(
    fc.property(pattern, arn, (wanted, given) => {
      if (!arnMatches(wanted, given)) return;
      const [parts, facts] = [cut(wanted), cut(given)];
      expect(facts).toHaveLength(parts.length);
      parts.forEach((one, index) => {
        if (/[*?]/.test(one)) expect(globMatches(one, facts[index] ?? '')).toBe(true);
        else expect(facts[index]).toBe(one);
      });
      expect(given.replace(/[^:/]/g, '')).toBe(wanted.replace(/[^:/]/g, ''));
    }),
    { numRuns: 5000 },
  );
});

it('an ARN fits itself, and with whole parts as stars', () => {
  fc.assert(
    fc.property(arn, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (given, stars) => {
      const blurred = given
        .split(/([:/])/)
        .map((one, index) => (index > 0 && index % 2 === 0 && stars[index] ? '*' : one));
      expect(arnMatches(given, given)).toBe(true);
      expect(arnMatches(blurred.join(''), given)).toBe(true);
    }),
  );
});
