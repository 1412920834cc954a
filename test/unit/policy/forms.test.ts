import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canFit, form } from '../../../src/policy/forms.ts';
import { globMatches } from '../../../src/policy/glob.ts';

const ID = [form('i-{h8}'), form('i-{h17}')];

describe('a pattern can fit an id', () => {
  it.each<[string, boolean]>([
    ['i-0123456789abcdef0', true],
    ['i-01234567', true],
    ['i-012345678', false],
    ['i-0123456789abcdefg', false],
    ['I-01234567', false],
    ['', false],
    ['*', true],
    ['i-*', true],
    ['*abc*', true],
    ['*web*', false],
    ['i-??????? ', false],
    ['i-????????', true],
    ['??????????', true],
    ['?????????', false],
    ['i-0123456789abcdef0*', true],
    ['i-0123456789abcdef0?', false],
    ['i-*-*', false],
  ])('%s: %s', (pattern, fits) => {
    expect(canFit(pattern, ID)).toBe(fits);
  });

  it('wherever wildcards stand in the place of characters of one', () => {
    const hex = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 17, maxLength: 17 });
    const marks = fc.array(fc.constantFrom('own', 'own', '?', '*', ''), { minLength: 19, maxLength: 19 });
    fc.assert(
      fc.property(hex, marks, (digits, places) => {
        const id = `i-${digits.join('')}`;
        const pattern = Array.from(id, (own, index) => (places[index] === 'own' ? own : places[index])).join('');
        // A character that was left out need not leave a pattern of an id.
        if (globMatches(pattern, id)) expect(canFit(pattern, ID)).toBe(true);
      }),
    );
  });

  it('and takes no long time to say no', () => {
    expect(canFit(`${'*a'.repeat(200)}z`, ID)).toBe(false);
  });
});

describe('a form', () => {
  it('with one or more of a set has no upper end', () => {
    const region = [form('{l+}-{l+}-{d+}')];
    for (const fits of ['eu-west-1', 'eu-*', '*-1', 'ap-southeast-12']) expect(canFit(fits, region)).toBe(true);
    for (const not of ['eu-west', 'eu_west_1', 'eu--1', 'EU-*', 'eu-west-1a']) expect(canFit(not, region)).toBe(false);
  });
});
