import { describe, expect, it } from 'vitest';
import type { ResourceType } from '../../../src/domain/change.ts';
import { isExposure } from '../../../src/domain/exposure.ts';

describe('an exposure', () => {
  it.each<[ResourceType, boolean]>([
    ['security-group', true],
    ['network-interface', true],
    ['prefix-list', true],
    ['instance', false],
    ['targets', false],
    ['launch-template', false],
    ['auto-scaling-group', false],
  ])('is a finding on a %s: %s', (type, expected) => {
    expect(isExposure({ resource: { type, id: 'any' } })).toBe(expected);
  });
});
