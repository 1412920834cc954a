import { describe, expect, it } from 'vitest';
import { type LaunchedFrom, told } from '../../../src/domain/ran.ts';

const KEYS = ['Build', 'build'];
const from = (image: Record<string, string> | null, template: Record<string, string> | null): LaunchedFrom => ({
  image: image === null ? null : { name: 'web', tags: image },
  template: template === null ? null : { name: 'web', tags: template },
  unread: [],
});

describe('the tag that tells a build', () => {
  it.each<[string, LaunchedFrom, ReturnType<typeof told>]>([
    ['is the first of the list', from({ build: '2', Build: '1' }, null), { tag: 'Build', value: '1', on: 'image' }],
    ['may be a later one', from({ build: '2' }, null), { tag: 'build', value: '2', on: 'image' }],
    ['is of the image first', from({ build: '2' }, { Build: '3' }), { tag: 'build', value: '2', on: 'image' }],
    ['is of the template else', from({ Other: '2' }, { Build: '3' }), { tag: 'Build', value: '3', on: 'template' }],
    ['is no empty one', from({ Build: '' }, { Build: '3' }), { tag: 'Build', value: '3', on: 'template' }],
    ['is of the template of a lost image', from(null, { build: '3' }), { tag: 'build', value: '3', on: 'template' }],
    ['is matched as it is written', from({ BUILD: '2' }, null), null],
    ['is absent where nothing is known', from(null, null), null],
  ])('%s', (_name, given, expected) => {
    expect(told(KEYS, given)).toEqual(expected);
  });

  it('is absent where no tag is asked for', () => {
    expect(told([], from({ Build: '1' }, { Build: '1' }))).toBeNull();
  });
});
