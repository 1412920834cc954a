const MARK = '…';

/** The first whole characters that take at most so many bytes of UTF-8. */
export function headOf(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

/**
 * The text in at most so many bytes of UTF-8, whole characters only. What was cut ends in a mark, so that no pattern with an
 * end of its own matches it. Half of a surrogate pair, which no store takes, is replaced.
 */
export function cutText(text: string, bytes: number): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= bytes) return whole;
  const room = Math.max(0, bytes - Buffer.byteLength(MARK));
  return `${headOf(whole, room)}${MARK}`;
}
