import { expect, test } from 'vitest';
import { cutText } from '../../../src/domain/cut.ts';

test.each([
  { title: 'what fits stays', text: 'open', bytes: 4, expected: 'open' },
  { title: 'what does not ends in a mark', text: 'opened up', bytes: 8, expected: 'opene…' },
  { title: 'a character of four bytes is not cut in two', text: '🔓🔓🔓', bytes: 10, expected: '🔓…' },
  { title: 'half of a surrogate pair is replaced', text: 'a\ud83d', bytes: 10, expected: 'a\ufffd' },
])('$title', ({ text, bytes, expected }) => {
  expect(cutText(text, bytes)).toBe(expected);
  expect(Buffer.byteLength(cutText(text, bytes))).toBeLessThanOrEqual(bytes);
});
