import { expect, test } from 'vitest';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';

test('an occurrence is known by a short digest, however many rules it has', () => {
  const rules = Array.from({ length: 104 }, (_, at) => `sgr-${String(at).padStart(17, '0')}`);
  expect(occurrenceOf('sgr-0123456789abcdef0')).toBe('6c72a68b82f780503901cd34');
  expect(occurrenceOf(...rules)).toHaveLength(24);
  expect(occurrenceOf(...rules)).not.toBe(occurrenceOf(...rules.slice(1)));
});
