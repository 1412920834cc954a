const MARK = '…';

/**
 * The text in at most so many bytes of UTF-8, whole characters only. What was cut ends in a mark, so that no pattern with an
 * end of its own matches it. Half of a surrogate pair, which no store takes, is replaced.
 */
export function cutText(text: string, bytes: number): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= bytes) return whole;
  const room = Math.max(0, bytes - Buffer.byteLength(MARK));
  return `${new TextDecoder().decode(Buffer.from(whole).subarray(0, room), { stream: true })}${MARK}`;
}
