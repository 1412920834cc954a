/**
 * A token bucket, as EC2 throttles with: a request takes one token, and tokens come back at a steady rate.
 * @param {{ capacity: number, refill: number }} size `refill` in tokens per second
 * @param {number} now milliseconds
 */
export function tokenBucket({ capacity, refill }, now) {
  let tokens = capacity;
  let filledAt = now;
  return {
    /** @param {number} now milliseconds @returns {boolean} whether there was a token */
    take(now) {
      // A clock that steps back must not take tokens away.
      tokens = Math.min(capacity, tokens + (Math.max(0, now - filledAt) / 1000) * refill);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
