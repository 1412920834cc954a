import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecurityGroupEstate, SecurityGroupRule } from '../../src/domain/estate.ts';
import { type Family, networkOf, parseCidr } from '../../src/net/cidr.ts';
import { NOT_INTERNET, spaceOf } from '../../src/net/internet.ts';
import { type Protocol, parseProtocol, portsOf } from '../../src/net/protocols.ts';
import { type Space, size, subtract, union } from '../../src/net/space.ts';
import type { Excused } from '../../src/rules/exposure.ts';
import { openings, stillOffending } from '../../src/rules/internet.ts';
import { estateOf, SETTINGS } from '../unit/rules/perfect.ts';
import { anyEstate, anyOrder, cidr } from './estates.ts';

const RUNS = { numRuns: 2000 };
const NONE: Excused = () => [];
const NO_ORDER = { named: new Set<string>(), lastClean: null };

/** Every protected protocol and port, one by one: no cutting into intervals as the code does it. */
const POINTS: readonly (readonly [Protocol, number])[] = [
  ['all', 0],
  ...[6, 17, 132, 33].map((protocol) => [protocol, 22] as const),
  [6, 3389],
  [17, 3389],
  ...[5900, 5901, 5902, 5903].map((port) => [6, port] as const),
];

const cidrsOf = ({ source }: SecurityGroupRule, { prefixLists }: SecurityGroupEstate): readonly string[] => {
  if (source.kind === 'security-group') return [];
  if (source.kind === 'prefix-list') return prefixLists.find(({ id }) => id === source.id)?.cidrs ?? [];
  return [source.cidr];
};

function lets(rule: SecurityGroupRule, protocol: Protocol, port: number): boolean {
  const own = parseProtocol(rule.protocol);
  if (own === null || rule.egress || (own !== 'all' && own !== protocol)) return false;
  const ports = portsOf(own, rule.fromPort, rule.toPort);
  return ports !== null && ports.from <= port && port <= ports.to;
}

/** The oracle: is any protected point open to more than the limit? */
function isOpenAnywhere(estate: SecurityGroupEstate, excused: Excused = NONE): boolean {
  return POINTS.some(([protocol, port]) =>
    (['ipv4', 'ipv6'] as const).some((family: Family) => {
      const cidrs = estate.rules.filter((it) => lets(it, protocol, port)).flatMap((it) => cidrsOf(it, estate));
      const ports = protocol === 'all' ? { from: 0, to: 65535 } : { from: port, to: port };
      const taken = union(NOT_INTERNET[family], excused({ protocol, ports, family }));
      return size(subtract(spaceOf(family, cidrs), taken)) > SETTINGS.limit[family];
    }),
  );
}

const without = (estate: SecurityGroupEstate, gone: readonly SecurityGroupRule[]): SecurityGroupEstate => ({
  ...estate,
  rules: estate.rules.filter((rule) => !gone.includes(rule)),
});

describe('what is revoked', () => {
  it('is something exactly when something is open, and is in the estate', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const { offending, open } = openings(estate, SETTINGS, order);
        expect(open.length > 0).toBe(isOpenAnywhere(estate));
        expect(offending.length > 0).toBe(isOpenAnywhere(estate));
        for (const rule of offending) expect(estate.rules).toContain(rule);
        expect(offending.some(({ egress }) => egress)).toBe(false);
        expect(new Set(offending).size).toBe(offending.length);
      }),
      RUNS,
    );
  });

  it('leaves nothing open', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const rest = without(estate, openings(estate, SETTINGS, order).offending);
        expect(isOpenAnywhere(rest)).toBe(false);
        expect(openings(rest, SETTINGS, order)).toEqual({ offending: [], open: [] });
      }),
      RUNS,
    );
  });

  it('could not have stayed, not one rule of it', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const { offending } = openings(estate, SETTINGS, order);
        for (const rule of offending) {
          const others = offending.filter((other) => other !== rule);
          expect(isOpenAnywhere(without(estate, others))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('is the same in whatever order the rules and the entries of lists are read', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, fc.infiniteStream(fc.nat(1000)), (estate, order, dice) => {
        const shuffle = <T>(list: readonly T[]): T[] =>
          list
            .map((it) => [dice.next().value ?? 0, it] as const)
            .sort(([a], [b]) => a - b)
            .map(([, it]) => it);
        const lists = shuffle(estate.prefixLists).map((list) => ({ ...list, cidrs: shuffle(list.cidrs) }));
        const shuffled = estateOf(shuffle(estate.rules), lists);
        expect(openings(shuffled, SETTINGS, order).offending).toEqual(openings(estate, SETTINGS, order).offending);
      }),
      RUNS,
    );
  });

  it('spares what was there at the last clean reading, where what came since is enough', () => {
    fc.assert(
      fc.property(anyEstate, anyEstate, (before, after) => {
        const known = without(before, openings(before, SETTINGS, NO_ORDER).offending).rules;
        const added = after.rules.map((rule) => ({ ...rule, id: `new-${rule.id}` }));
        const estate = estateOf([...known, ...added], before.prefixLists);
        const lastClean = new Set(known.map(({ id }) => id));
        const { offending } = openings(estate, SETTINGS, { named: new Set(), lastClean });
        expect(offending.filter(({ id }) => lastClean.has(id))).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** The two halves of a range, or the range alone where it has one address. */
function halves(text: string): readonly string[] {
  const parsed = parseCidr(text);
  const prefix = Number(text.split('/')[1]);
  if (parsed === null || prefix === (parsed.family === 'ipv4' ? 32 : 128)) return [text];
  const [network = ''] = networkOf(text)?.split('/') ?? [];
  const middle = (parsed.interval.first + parsed.interval.last + 1n) / 2n;
  const digits = (bits: number, step: number, base: number) =>
    Array.from({ length: bits / step }, (_, n) =>
      ((middle >> BigInt(bits - step * (n + 1))) & ((1n << BigInt(step)) - 1n)).toString(base),
    );
  const upper = parsed.family === 'ipv4' ? digits(32, 8, 10).join('.') : digits(128, 16, 16).join(':');
  return [`${network}/${prefix + 1}`, `${upper}/${prefix + 1}`];
}

describe('exposure', () => {
  const openOf = (estate: SecurityGroupEstate) =>
    openings(estate, SETTINGS, NO_ORDER).open.map(({ name, protocol, ports, family }) => ({
      ...{ name, protocol, ports, family },
    }));

  it('is the same when a range is written as its two halves', () => {
    fc.assert(
      fc.property(anyEstate, (estate) => {
        const rules = estate.rules.flatMap((rule) => {
          const { source } = rule;
          if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return [rule];
          return halves(source.cidr).map((text, n) => ({
            ...rule,
            id: `${rule.id}-${n}`,
            source: { kind: source.kind, cidr: text },
          }));
        });
        expect(openOf({ ...estate, rules })).toEqual(openOf(estate));
      }),
      RUNS,
    );
  });

  it('of a wider range is never less', () => {
    fc.assert(
      fc.property(anyEstate, (estate) => {
        const wider = estate.rules.map((rule) => {
          const { source } = rule;
          if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return rule;
          const [network, prefix] = source.cidr.split('/');
          return { ...rule, source: { ...source, cidr: `${network}/${Math.max(0, Number(prefix) - 1)}` } };
        });
        if (isOpenAnywhere(estate)) expect(openOf({ ...estate, rules: wider })).not.toEqual([]);
      }),
      RUNS,
    );
  });
});

const anyExcuse = fc
  .record({ port: fc.option(fc.constantFrom(22, 3389)), ranges: fc.array(cidr, { maxLength: 3 }) })
  .map(
    ({ port, ranges }): Excused =>
      ({ ports, family }): Space =>
        port === null || (ports.from === port && ports.to === port) ? spaceOf(family, ranges) : [],
  );

describe('with excused space', () => {
  it('what still must go is of what must go, closes the rest, and could not have stayed', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, anyExcuse, (estate, order, excused) => {
        const { offending } = openings(estate, SETTINGS, order);
        const still = stillOffending(estate, SETTINGS, offending, excused);
        for (const rule of still) expect(offending).toContain(rule);
        expect(isOpenAnywhere(without(estate, still), excused)).toBe(false);
        for (const rule of still) {
          const others = still.filter((other) => other !== rule);
          expect(isOpenAnywhere(without(estate, others), excused)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('of nothing, all that must go still must', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const { offending } = openings(estate, SETTINGS, order);
        expect(stillOffending(estate, SETTINGS, offending, NONE)).toEqual(offending);
      }),
      RUNS,
    );
  });
});
