import { describe, expect, it } from 'vitest';
import { tokenBucket } from '../../../../scripts/local/faults/bucket.mjs';
import { faultsOf } from '../../../../scripts/local/faults/config.mjs';
import { planOf } from '../../../../scripts/local/faults/plan.mjs';

const DESCRIBE = { service: 'ec2', action: 'DescribeSecurityGroups' };
const REVOKE = { service: 'ec2', action: 'RevokeSecurityGroupIngress' };
const PUBLISH = { service: 'sns', action: 'Publish' };

/** The kinds of fault that these calls meet, at these milliseconds. */
function kinds(faults: unknown, calls: readonly (readonly [typeof DESCRIBE, number])[]) {
  const fateOf = planOf(faultsOf(faults), 0);
  return calls.map(([call, now]) => fateOf(call, now).fault?.kind ?? null);
}

describe('a token bucket', () => {
  it('lets its capacity pass at once, then what comes back per second', () => {
    const bucket = tokenBucket({ capacity: 3, refill: 2 }, 0);
    const taken = [0, 0, 0, 0, 400, 500, 600, 1000, 1000].map((now) => bucket.take(now));
    expect(taken).toEqual([true, true, true, false, false, true, false, true, false]);
  });

  it('never holds more than its capacity', () => {
    const bucket = tokenBucket({ capacity: 2, refill: 10 }, 0);
    expect([60_000, 60_000, 60_000].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });

  it('loses no token when the clock steps back', () => {
    const bucket = tokenBucket({ capacity: 2, refill: 1 }, 10_000);
    expect([5000, 5000, 5000, 6000].map((now) => bucket.take(now))).toEqual([true, true, false, true]);
  });
});

describe('a plan of faults', () => {
  it('gives each action a bucket of its own', () => {
    const throttle = { faults: [{ service: 'ec2', kind: 'throttle', capacity: 1, refill: 0 }] };
    const calls = [DESCRIBE, DESCRIBE, REVOKE, REVOKE].map((call) => [call, 0] as const);
    expect(kinds(throttle, calls)).toEqual([null, 'throttle', null, 'throttle']);
  });

  it('shares one bucket among all the actions where the fault says so', () => {
    const throttle = { faults: [{ service: 'ec2', kind: 'throttle', capacity: 1, refill: 0, shared: true }] };
    expect(
      kinds(throttle, [
        [DESCRIBE, 0],
        [REVOKE, 0],
      ]),
    ).toEqual([null, 'throttle']);
  });

  it('leaves other services and other actions alone', () => {
    const faults = { faults: [{ service: 'ec2', actions: ['Describe*'], kind: 'reset' }] };
    expect(
      kinds(faults, [
        [DESCRIBE, 0],
        [REVOKE, 0],
        [PUBLISH, 0],
      ]),
    ).toEqual(['reset', null, null]);
    // A dot in a pattern is a dot, and a pattern fits a whole name.
    expect(kinds({ faults: [{ service: '*', actions: ['P.blish', 'Pub'], kind: 'reset' }] }, [[PUBLISH, 0]])).toEqual([
      null,
    ]);
  });

  it('applies a fault from its first second until before its last', () => {
    const window = { faults: [{ service: 'sns', kind: 'error', from: 10, until: 20 }] };
    const calls = [0, 9999, 10_000, 19_999, 20_000].map((now) => [PUBLISH, now] as const);
    expect(kinds(window, calls)).toEqual([null, null, 'error', 'error', null]);
  });

  it('meets the same calls with the same faults for the same seed, and with others for another', () => {
    const of = (seed: string) =>
      kinds(
        { seed, faults: [{ service: '*', kind: 'reset', probability: 0.5 }] },
        Array.from({ length: 200 }, () => [PUBLISH, 0] as const),
      );
    expect(of('a')).toEqual(of('a'));
    expect(of('a')).not.toEqual(of('b'));
    const share = of('a').filter((kind) => kind === 'reset').length / 200;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it('keeps the sequence of one service when calls of another come in between', () => {
    const faults = { faults: [{ service: 'sns', kind: 'reset', probability: 0.5 }] };
    const alone = kinds(
      faults,
      Array.from({ length: 50 }, () => [PUBLISH, 0] as const),
    );
    const mixed = kinds(
      faults,
      Array.from({ length: 100 }, (_, at) => [at % 2 ? PUBLISH : DESCRIBE, 0] as const),
    );
    expect(mixed.filter((_, at) => at % 2 === 1)).toEqual(alone);
  });

  it('adds up delays and lets the first other fault decide', () => {
    const faults = [
      { service: '*', kind: 'delay', seconds: 2 },
      { service: 'sns', kind: 'delay', seconds: [0.5, 1.5] },
      { service: 'sns', kind: 'refuse' },
      { service: 'sns', kind: 'reset' },
    ];
    const { holdMs, fault } = planOf(faultsOf({ faults }), 0)(PUBLISH, 0);
    expect(fault?.kind).toBe('refuse');
    expect(holdMs).toBeGreaterThanOrEqual(2500);
    expect(holdMs).toBeLessThanOrEqual(3500);
    expect(planOf(faultsOf({ faults }), 0)(DESCRIBE, 0)).toEqual({ holdMs: 2000, fault: null });
  });
});
