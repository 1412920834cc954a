import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecurityGroupEstate, SecurityGroupRule } from '../../src/domain/estate.ts';
import { networkOf, parseCidr } from '../../src/net/cidr.ts';
import type { ExposureSettings } from '../../src/policy/policy.ts';
import { letsIn, openings, type RuleOrder, stillOffending } from '../../src/rules/openings.ts';
import { estateOf, SETTINGS } from '../unit/rules/perfect.ts';
import { anyEstate, anyExcuse, anyIpv4Estate, anyOrder, toIpv6 } from './estates.ts';
import { idsOf, type Oracle, oracleOf, without } from './oracle.ts';
import { RUNS } from './runs.ts';

const NO_ORDER: RuleOrder = { named: new Set(), lastClean: null };

const ingress = ({ rules }: SecurityGroupEstate) => rules.filter((rule) => !rule.egress);
const openingsIn = (estate: SecurityGroupEstate, order: RuleOrder = NO_ORDER, settings: ExposureSettings = SETTINGS) =>
  openings(ingress(estate), estate.prefixLists, settings, order);
const oracleFor = (estate: SecurityGroupEstate, settings: ExposureSettings = SETTINGS): Oracle =>
  oracleOf({ rules: ingress(estate), prefixLists: estate.prefixLists, settings });

/** The order, told plainly: rank, width, id. */
function inOrder(rules: readonly SecurityGroupRule[], oracle: Oracle, { named, lastClean }: RuleOrder) {
  const rank = (id: string) => (named.has(id) ? 0 : lastClean === null || lastClean.has(id) ? 2 : 1);
  const keys = rules.map(({ id }) => ({ id, rank: rank(id), width: oracle.widthOf(id) }));
  keys.sort(
    (a, b) => a.rank - b.rank || Number(b.width > a.width) - Number(b.width < a.width) || (a.id < b.id ? -1 : 1),
  );
  return keys.map(({ id }) => id);
}

describe('what is revoked', () => {
  it('is something exactly when something is open, closes it, and could not have stayed', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const oracle = oracleFor(estate);
        const all = idsOf(ingress(estate));
        const { offending, open } = openingsIn(estate, order);
        const gone = idsOf(offending);
        const isOpen = oracle.isOpen(all);
        expect([open.length > 0, gone.size > 0, gone.size]).toEqual([isOpen, isOpen, offending.length]);
        expect(offending.every((rule) => estate.rules.includes(rule) && !rule.egress)).toBe(true);
        const rest = without(all, gone);
        expect(oracle.isOpen(rest)).toBe(false);
        expect(offending.every(({ id }) => oracle.isOpen(new Set([...rest, id])))).toBe(true);
      }),
      RUNS,
    );
  });

  it('is nothing of a group within the limit', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, anyOrder, (estate, order, later) => {
        const gone = idsOf(openingsIn(estate, order).offending);
        const rest = { ...estate, rules: estate.rules.filter(({ id }) => !gone.has(id)) };
        expect(openingsIn(rest, later)).toEqual({ offending: [], open: [] });
      }),
      RUNS,
    );
  });

  it('is what goes when each goes in turn while it matters, and the last come back first', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const oracle = oracleFor(estate);
        const all = idsOf(ingress(estate));
        const turns = inOrder(ingress(estate), oracle, order);
        const out = new Set<string>();
        for (const id of turns) if (oracle.isOpenFor(id, without(all, out))) out.add(id);
        for (const id of [...out].reverse()) {
          out.delete(id);
          if (oracle.isOpen(without(all, out))) out.add(id);
        }
        const expected = turns.filter((id) => out.has(id));
        expect(openingsIn(estate, order).offending.map(({ id }) => id)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('is the same in whatever order the rules and the entries of lists are read', () => {
    fc.assert(
      fc.property(
        anyEstate,
        anyOrder,
        fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
        (estate, order, dice) => {
          let thrown = 0;
          const shuffle = <T>(list: readonly T[]): T[] =>
            list
              .map((it) => [dice[thrown++ % dice.length] ?? 0, it] as const)
              .sort(([a], [b]) => a - b)
              .map(([, it]) => it);
          const lists = shuffle(estate.prefixLists).map((list) => ({ ...list, cidrs: shuffle(list.cidrs) }));
          expect(openingsIn(estateOf(shuffle(estate.rules), lists), order)).toEqual(openingsIn(estate, order));
        },
      ),
      RUNS,
    );
  });

  it('spares what was there at the last clean reading, where what came since is enough', () => {
    fc.assert(
      fc.property(anyEstate, anyEstate, (before, after) => {
        const gone = idsOf(openingsIn(before).offending);
        const known = ingress(before).filter(({ id }) => !gone.has(id));
        const added = after.rules.map((rule) => ({ ...rule, id: `new-${rule.id}` }));
        const estate = estateOf([...known, ...added], before.prefixLists);
        const lastClean = idsOf(known);
        const { offending } = openingsIn(estate, { named: new Set(), lastClean });
        expect(offending.some(({ id }) => lastClean.has(id))).toBe(false);
      }),
      RUNS,
    );
  });

  it('is the same of IPv6 as of IPv4, where the same is laid out in it', () => {
    fc.assert(
      fc.property(anyIpv4Estate, anyOrder, (estate, order) => {
        const { estate: other, settings } = toIpv6(estate, SETTINGS);
        const [four, six] = [openingsIn(estate, order), openingsIn(other, order, settings)];
        expect(six.offending.map(({ id }) => id)).toEqual(four.offending.map(({ id }) => id));
        const told = ({ open }: typeof four) =>
          open.map(({ name, protocol, ports, ruleIds }) => ({ name, protocol, ports, ruleIds }));
        expect(told(six)).toEqual(told(four));
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

/** The rules with each of their ranges rewritten. */
const rewritten = (estate: SecurityGroupEstate, rewrite: (cidr: string) => readonly string[]): SecurityGroupEstate => ({
  ...estate,
  rules: estate.rules.flatMap((rule) => {
    const { source } = rule;
    if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return [rule];
    return rewrite(source.cidr).map((cidr, n) => ({ ...rule, id: `${rule.id}-${n}`, source: { ...source, cidr } }));
  }),
});

describe('exposure', () => {
  const openOf = (estate: SecurityGroupEstate) =>
    openingsIn(estate).open.map(({ name, protocol, ports, family }) => ({ name, protocol, ports, family }));

  it('is the same when a range is written as its two halves', () => {
    fc.assert(
      fc.property(anyEstate, (estate) => {
        expect(openOf(rewritten(estate, halves))).toEqual(openOf(estate));
      }),
      RUNS,
    );
  });

  it('of a wider range is never less', () => {
    fc.assert(
      fc.property(anyEstate, (estate) => {
        const wider = rewritten(estate, (text) => {
          const [network, prefix] = text.split('/');
          return [`${network}/${Math.max(0, Number(prefix) - 1)}`];
        });
        const before = openOf(estate).length;
        if (before > 0) expect(openOf(wider).length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('is there at all exactly when somebody is let in', () => {
    const none = { ...SETTINGS, limit: { ipv4: 0n, ipv6: 0n } };
    fc.assert(
      fc.property(anyEstate, (estate) => {
        const isOpen = oracleFor(estate, none).isOpen(idsOf(estate.rules));
        expect(letsIn(ingress(estate), estate.prefixLists, SETTINGS)).toBe(isOpen);
        expect(openingsIn(estate, NO_ORDER, none).offending.length > 0).toBe(isOpen);
      }),
      RUNS,
    );
  });
});

describe('with excused space', () => {
  it('what still must go is of what must go, closes the rest, and could not have stayed', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, anyExcuse, (estate, order, excused) => {
        const [rules, { prefixLists }] = [ingress(estate), estate];
        const { offending } = openingsIn(estate, order);
        const still = stillOffending(rules, prefixLists, SETTINGS, offending, excused);
        const oracle = oracleOf({ rules, prefixLists, settings: SETTINGS, excused });
        const rest = without(idsOf(rules), idsOf(still));
        expect(still.every((rule) => offending.includes(rule))).toBe(true);
        expect(oracle.isOpen(rest)).toBe(false);
        expect(still.every(({ id }) => oracle.isOpen(new Set([...rest, id])))).toBe(true);
      }),
      RUNS,
    );
  });

  it('what must go closes the rest, and could not have stayed', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, anyExcuse, (estate, order, excused) => {
        const [rules, { prefixLists }] = [ingress(estate), estate];
        const { offending, open } = openings(rules, prefixLists, SETTINGS, order, excused);
        const oracle = oracleOf({ rules, prefixLists, settings: SETTINGS, excused });
        const rest = without(idsOf(rules), idsOf(offending));
        expect(open.length > 0).toBe(oracle.isOpen(idsOf(rules)));
        expect(oracle.isOpen(rest)).toBe(false);
        expect(offending.every(({ id }) => oracle.isOpen(new Set([...rest, id])))).toBe(true);
      }),
      RUNS,
    );
  });

  it('of nothing, all that must go still must', () => {
    fc.assert(
      fc.property(anyEstate, anyOrder, (estate, order) => {
        const { offending } = openingsIn(estate, order);
        const still = stillOffending(ingress(estate), estate.prefixLists, SETTINGS, offending, () => []);
        expect(still).toEqual(offending);
      }),
      RUNS,
    );
  });
});
