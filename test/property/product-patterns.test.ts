import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arnMatches } from '../../src/policy/arn.ts';
import { productFault, productImplies } from '../../src/policy/product-patterns.ts';

const name = fc.constantFrom('aws', 'inspector', 'a', 'default', '123456789012', 'awsx');
const region = fc.constantFrom('eu-west-1', 'us-gov-east-1', '');
const account = fc.constantFrom('', '123456789012', '000000000000');
/** Products that are not of AWS's own name. */
const foreign = fc
  .tuple(fc.constantFrom('aws', 'aws-cn'), region, account, name, name)
  .filter(([, , , company]) => company !== 'aws')
  .map(([partition, where, whose, company, product]) => {
    return `arn:${partition}:securityhub:${where}:${whose}:product/${company}/${product}`;
  });
const own = region.map((where) => {
  return `arn:aws:securityhub:${where}:123456789012:product/123456789012/default`;
});

/** The ARN with some characters of its parts as wildcards, so that it still fits. */
const blurred = (arn: fc.Arbitrary<string>) =>
  fc
    .tuple(arn, fc.array(fc.constantFrom('keep', 'keep', 'keep', '?', '*', 'into'), { minLength: 100, maxLength: 100 }))
    .map(([text, ways]) => {
      const fixed = /^arn:|:securityhub:|:product\/|[:/]/g;
      const kept = new Set([...text.matchAll(fixed)].flatMap((it) => Array.from(it[0], (_, n) => it.index + n)));
      const pattern = Array.from(text).map((character, index) => {
        const way = kept.has(index) ? 'keep' : (ways[index] ?? 'keep');
        return way === 'keep' ? character : way === 'into' ? `*${character}` : way;
      });
      return { text, pattern: pattern.join('') };
    });

it('a pattern that fits a product is no fault, and one that fits what is not of AWS is warned of', () => {
  fc.assert(
    fc.property(blurred(foreign), ({ text, pattern }) => {
      expect(arnMatches(pattern, text)).toBe(true);
      expect(productFault(pattern)).toBeNull();
      expect(productImplies(pattern)).not.toBeNull();
    }),
    { numRuns: 1000 },
  );
});

it('a pattern that fits the account’s own product is warned of by that name', () => {
  fc.assert(
    fc.property(blurred(own), ({ pattern }) => {
      expect(productImplies(pattern)).toContain("the account's own product");
    }),
    { numRuns: 1000 },
  );
});
