import { expect, it } from 'vitest';
import type { Fact } from '../../../src/domain/change.ts';
import { watchedTagChanged } from '../../../src/rules/watched-tag-changed.ts';
import { basePolicy } from '../policy/policies.ts';

const seen = (keys: readonly string[], watchedTags: readonly string[], removed = false) => {
  const fact: Fact = { kind: 'tags-changed', keys, removed };
  return watchedTagChanged.byFact(fact, { ...basePolicy(), watchedTags });
};

it.each<[string, readonly string[], readonly string[], boolean, string | null]>([
  ['a key that is watched', ['Name', 'Env'], ['Env'], false, 'Env'],
  ['several, in order', ['Stage', 'Env'], ['*'], false, 'Env, Stage'],
  ['a pattern', ['cost-centre'], ['cost-*'], true, 'cost-centre'],
  ['a key that is not', ['Name'], ['Env'], false, null],
  ['a key in another case', ['env'], ['Env'], false, null],
  ["undrift's own", ['undrift:tainted'], ['*'], false, null],
  ["AWS's own", ['aws:autoscaling:groupName'], ['*'], false, null],
  ['one that only begins alike', ['undrifted'], ['*'], false, 'undrifted'],
  ['all of them taken away', [], ['Env'], true, 'all'],
  ['all of them taken away where none is watched', [], [], true, null],
  ['none set', [], ['Env'], false, null],
])('%s', (_name, keys, watched, removed, drift) => {
  expect(seen(keys, watched, removed)?.drift ?? null).toBe(drift);
});

it('says what was done with them', () => {
  expect(seen(['Env'], ['Env'])?.summary).toBe('tags that the policy watches were set (Env)');
  expect(seen(['Env'], ['Env'], true)?.summary).toBe('tags that the policy watches were taken away (Env)');
});
