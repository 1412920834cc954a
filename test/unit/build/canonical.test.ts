import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../scripts/build/canonical.mjs';

describe('canonical JSON', () => {
  it.each([
    ['puts keys in order, at every depth', { b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    ['keeps the order of a list', ['b', 'a', { z: true, y: 'ü"' }], '["b","a",{"y":"ü\\"","z":true}]'],
    ['leaves out what is undefined', { a: undefined, b: 0 }, '{"b":0}'],
    ['writes nothing at all as null', undefined, 'null'],
  ])('%s', (_case, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});

describe('the digest of a policy', () => {
  it('is the same for two spellings of one policy', () => {
    expect(digestOf({ version: 1, mode: 'observe' })).toBe(digestOf({ mode: 'observe', version: 1 }));
  });

  it('differs where a list has another order, as the first match may win', () => {
    expect(digestOf({ rules: ['a', 'b'] })).not.toBe(digestOf({ rules: ['b', 'a'] }));
  });

  it('is twelve hex digits', () => {
    expect(digestOf(null)).toBe('74234e98afe7');
  });
});
