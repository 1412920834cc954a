import { describe, expect, it } from 'vitest';
import type { Tags } from '../../../src/domain/estate.ts';
import { carries } from '../../../src/domain/tag-filter.ts';

const WEB: Tags = { Env: 'prod', Team: '', 'a:b': 'c' };

describe('tags fit the target of a call', () => {
  it.each<[string, readonly string[]]>([
    ['tag:Env', ['prod']],
    ['tag:Env', ['stage', 'prod']],
    ['tag:Env', []],
    ['tag:Team', ['']],
    ['tag:Team', []],
    ['tag:a:b', ['c']],
    ['tag-key', ['Nothing', 'Env']],
    ['tag-key', []],
  ])('%s=%j', (key, values) => {
    expect(carries(WEB, { key, values })).toBe(true);
  });

  it.each<[string, readonly string[]]>([
    ['tag:Env', ['stage']],
    ['tag:Env', ['']],
    ['tag:Env', ['Prod']],
    ['tag:Env', ['pro']],
    ['tag:Env', ['pro*']],
    ['tag:Env', ['*']],
    ['tag:Env', ['pro?']],
    ['tag:env', ['prod']],
    ['tag:Nothing', ['']],
    ['tag:Nothing', []],
    ['tag:constructor', []],
    ['tag-key', ['prod']],
    ['tag-key', ['En*']],
    ['tag-key', ['constructor']],
  ])('and do not: %s=%j', (key, values) => {
    expect(carries(WEB, { key, values })).toBe(false);
  });

  it('of a machine without tags fit nothing', () => {
    for (const key of ['tag:Env', 'tag-key']) expect(carries({}, { key, values: [] })).toBe(false);
  });
});
