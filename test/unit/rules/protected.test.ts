import { describe, expect, it } from 'vitest';
import { spaceOf } from '../../../src/net/internet.ts';
import { intersect } from '../../../src/net/space.ts';
import type { ExposureSettings } from '../../../src/policy/policy.ts';
import { overlaps, prepare, type Traffic } from '../../../src/rules/protected.ts';
import { SETTINGS } from './perfect.ts';

/** Settings of their own for each test, as they are prepared once. */
const settings = (given: Partial<ExposureSettings> = {}): ExposureSettings => ({ ...SETTINGS, ...given });

describe('what a policy protects', () => {
  it('is one protocol and one interval each', () => {
    const web = [
      { from: 80, to: 80 },
      { from: 8000, to: 8999 },
    ];
    const protects = [
      { name: 'all traffic', protocols: 'all', ports: [] } as const,
      { name: 'web', protocols: [6, 17], ports: web },
    ];
    expect(prepare(settings({ protects })).protects).toEqual([
      { name: 'all traffic', protocol: 'all', ports: { from: 0, to: 65535 } },
      { name: 'web', protocol: 6, ports: { from: 80, to: 80 } },
      { name: 'web', protocol: 6, ports: { from: 8000, to: 8999 } },
      { name: 'web', protocol: 17, ports: { from: 80, to: 80 } },
      { name: 'web', protocol: 17, ports: { from: 8000, to: 8999 } },
    ]);
  });

  it('is prepared once for the same settings, and anew for others', () => {
    const [one, other] = [settings(), settings({ protects: [] })];
    expect(prepare(one)).toBe(prepare(one));
    expect(prepare(other).protects).toEqual([]);
  });
});

describe('what never counts', () => {
  const never = (...allowedRanges: readonly string[]) => prepare(settings({ allowedRanges })).never;
  const isIn = (cidr: string, space: ReturnType<typeof never>['ipv4']) => {
    const own = spaceOf(cidr.includes(':') ? 'ipv6' : 'ipv4', [cidr]);
    return JSON.stringify(intersect(own, space), replacer) === JSON.stringify(own, replacer);
  };
  const replacer = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

  it.each([
    ['private space', 'ipv4', '10.0.0.0/8', true],
    ['allowed space', 'ipv4', '52.94.76.0/24', true],
    ['not what is beside it', 'ipv4', '52.94.77.0/24', false],
    ['unique local space', 'ipv6', 'fc00::/7', true],
    ['allowed space of IPv6', 'ipv6', '2600:1::/32', true],
    ['not what is beside that', 'ipv6', '2600:2::/32', false],
    ['mapped private space', 'embedded', '::ffff:10.0.0.0/104', true],
    ['translated private space', 'embedded', '64:ff9b::10.0.0.0/104', true],
    ['translated allowed space', 'embedded', '64:ff9b::52.94.76.0/120', true],
    ['not translated space beside it', 'embedded', '64:ff9b::52.94.77.0/120', false],
    ['translated space that is allowed as IPv6', 'embedded', '64:ff9b::9.9.9.0/120', true],
    ['not IPv4 that is allowed translated', 'ipv4', '9.9.9.0/24', false],
  ] as const)('%s', (_name, kind, cidr, expected) => {
    const allowed = never('52.94.76.0/24', '2600:1::/32', '64:ff9b::9.9.9.0/120');
    expect(isIn(cidr, allowed[kind])).toBe(expected);
  });
});

describe('a rule overlaps what is protected', () => {
  const traffic = (protocol: Traffic['protocol'], from: number, to: number): Traffic => ({
    protocol,
    ports: { from, to },
  });
  const guarded = traffic(6, 20, 25);

  it.each([
    ['by the same ports', traffic(6, 20, 25), true],
    ['by its first port', traffic(6, 1, 20), true],
    ['by its last port', traffic(6, 25, 99), true],
    ['by a port inside', traffic(6, 22, 22), true],
    ['by ports around', traffic(6, 0, 65535), true],
    ['for all traffic', traffic('all', 0, 65535), true],
    ['not below', traffic(6, 1, 19), false],
    ['not above', traffic(6, 26, 99), false],
    ['not in another protocol', traffic(17, 20, 25), false],
  ] as const)('%s: %s', (_name, rule, expected) => {
    expect(overlaps(rule, guarded)).toBe(expected);
  });

  it('for all traffic only where that is for all traffic', () => {
    const everything = traffic('all', 0, 65535);
    expect(overlaps(traffic('all', 0, 65535), everything)).toBe(true);
    expect(overlaps(traffic(6, 0, 65535), everything)).toBe(false);
  });
});
