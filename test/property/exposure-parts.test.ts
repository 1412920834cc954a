import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupWithRules, SecurityGroupEstate } from '../../src/domain/estate.ts';
import { entriesToRemove } from '../../src/rules/entries-to-remove.ts';
import { groupsToDetach } from '../../src/rules/groups-to-detach.ts';
import { estateOf, prefixList, SETTINGS } from '../unit/rules/perfect.ts';
import { anyEstate, cidr } from './estates.ts';
import { idsOf, oracleOf, without } from './oracle.ts';
import { RUNS } from './runs.ts';

/** Entries of the list pl-0, in place of those that the estate has. */
const entries = fc.uniqueArray(cidr, { maxLength: 6 });
const someOf = fc.array(fc.nat(5), { maxLength: 3 });

describe('the entries to remove from a list', () => {
  /** Whether any of the groups is open, each by itself, with these entries in the list. */
  const isOpenWith = (estates: readonly SecurityGroupEstate[], cidrs: readonly string[]) =>
    estates.some(({ rules, prefixLists }) => {
      const lists = [prefixList('pl-0', ...cidrs), ...prefixLists.filter(({ id }) => id !== 'pl-0')];
      return oracleOf({ rules, prefixLists: lists, settings: SETTINGS }).isOpen(idsOf(rules));
    });
  const groupsIn = (estates: readonly SecurityGroupEstate[], prefixLists: SecurityGroupEstate['prefixLists']) =>
    estates.map(({ rules }) =>
      estateOf(
        rules.filter(({ egress }) => !egress),
        prefixLists,
      ),
    );

  it('close every group, could not have stayed, and are none only where no removal could do it', () => {
    fc.assert(
      fc.property(anyEstate, anyEstate, entries, someOf, fc.option(someOf), (one, two, cidrs, added, before) => {
        const groups = groupsIn([one, two], one.prefixLists);
        const pick = (indexes: readonly number[]) => new Set(indexes.flatMap((index) => cidrs[index] ?? []));
        const order = { added: pick(added), before: before === null ? null : pick(before) };
        const found = entriesToRemove(groups, prefixList('pl-0', ...cidrs), one.prefixLists, SETTINGS, order);
        expect(found === null).toBe(isOpenWith(groups, []));
        if (found === null) return;
        const rest = cidrs.filter((it) => !found.cidrs.includes(it));
        expect(found.cidrs.every((it) => cidrs.includes(it))).toBe(true);
        expect(isOpenWith(groups, rest)).toBe(false);
        expect(found.cidrs.every((it) => isOpenWith(groups, [...rest, it]))).toBe(true);
      }),
      RUNS,
    );
  });

  it('are the same in whatever order the entries and the groups are read', () => {
    fc.assert(
      fc.property(anyEstate, anyEstate, entries, (one, two, cidrs) => {
        const order = { added: new Set(cidrs.slice(0, 1)), before: null };
        const removed = (estates: readonly SecurityGroupEstate[], texts: readonly string[]) =>
          entriesToRemove(
            groupsIn(estates, one.prefixLists),
            prefixList('pl-0', ...texts),
            one.prefixLists,
            SETTINGS,
            order,
          );
        const [there, back] = [removed([one, two], cidrs), removed([two, one], [...cidrs].reverse())];
        expect(back).toEqual(there);
      }),
      RUNS,
    );
  });
});

describe('the groups to detach', () => {
  const IDS = ['x', 'y', 'z'];
  /** The rules of an estate dealt out to three groups. */
  const dealt = ({ rules, prefixLists }: SecurityGroupEstate, deal: readonly number[]) => {
    const own = rules.filter(({ egress }) => !egress);
    const groups: GroupWithRules[] = IDS.map((id, place) => ({
      group: { ...estateOf([]).group, id },
      rules: own.filter((_, index) => (deal[index] ?? 0) === place),
    }));
    return { groups, prefixLists };
  };
  const anyInterface = fc
    .tuple(anyEstate, fc.array(fc.nat(2), { minLength: 7, maxLength: 7 }))
    .map(([estate, deal]) => dealt(estate, deal));
  const attachedIds = fc.subarray(IDS).map((ids) => new Set(ids));

  it('close the interface, could not have stayed, leave one, and are none only where that cannot be', () => {
    fc.assert(
      fc.property(anyInterface, attachedIds, ({ groups, prefixLists }, attached) => {
        const rules = groups.flatMap((group) => group.rules);
        const oracle = oracleOf({ rules, prefixLists, settings: SETTINGS });
        const isOpenWith = (ids: ReadonlySet<string>) =>
          oracle.isOpen(idsOf(groups.filter(({ group }) => ids.has(group.id)).flatMap((group) => group.rules)));
        const all = new Set(IDS);
        const out = groupsToDetach(groups, prefixLists, SETTINGS, attached);
        const staying = without(all, attached);
        const could = staying.size > 0 ? !isOpenWith(staying) : IDS.some((id) => !isOpenWith(new Set([id])));
        expect(out !== null).toBe(could);
        if (out === null) return;
        const rest = without(all, out);
        expect([out.every((id) => attached.has(id)), rest.size > 0, isOpenWith(rest)]).toEqual([true, true, false]);
        expect(out.every((id) => isOpenWith(new Set([...rest, id])))).toBe(true);
      }),
      RUNS,
    );
  });
});
