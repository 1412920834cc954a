/**
 * @typedef {object} Count of one call, such as `ec2 DescribeSecurityGroups`
 * @property {number} received
 * @property {number} passed answered by the emulator
 * @property {number} throttled
 * @property {number} failed refused, reset, answered with an error, or left without an answer
 */

/** How many calls came, and what became of them. */
export function counts() {
  /** @type {Record<string, Count>} */
  const calls = {};
  return {
    calls,
    /** @param {{ service: string, action: string }} call @param {keyof Count} what */
    add({ service, action }, what) {
      const name = `${service} ${action}`;
      calls[name] ??= { received: 0, passed: 0, throttled: 0, failed: 0 };
      calls[name][what] += 1;
    },
  };
}
