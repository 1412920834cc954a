/**
 * Numbers from 0 to below 1, the same sequence for the same seed (xorshift32 over an FNV-1a hash).
 * @param {string} seed
 * @returns {() => number}
 */
export function randomOf(seed) {
  let state = 0x811c9dc5;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
