import { expect, test } from 'vitest';
import type { LookPage, Region } from '../../src/roles.ts';
import { idsOf, type NetworkScene, OFFICE, prefixList, SSH } from './network-scene.ts';

export type RegionScene = NetworkScene & { readonly region: Region };

async function allPages(region: Region): Promise<readonly LookPage[]> {
  const pages: LookPage[] = [];
  let from: string | null = null;
  do {
    const page: LookPage = await region.page(from);
    pages.push(page);
    from = page.next;
  } while (from !== null);
  return pages;
}

/** What a look at the Region relies on. */
export function regionSuite(make: () => Promise<RegionScene>): void {
  test('each group comes once, with all its rules of both directions and the lists that they name', async () => {
    const { region, newGroup, open, newPrefixList } = await make();
    const [first, second] = [await newGroup(), await newGroup()];
    const list = await newPrefixList(['192.0.2.0/24']);
    const opened = await open(first, [SSH, OFFICE, { port: 443, source: prefixList(list) }]);
    const pages = await allPages(region);
    const found = pages.flatMap(({ groups }) => groups).filter(({ group }) => [first, second].includes(group.id));
    expect(idsOf(found.map(({ group }) => group)).toSorted()).toEqual([first, second].toSorted());
    const rules = found.find(({ group }) => group.id === first)?.rules ?? [];
    expect(idsOf(rules.filter(({ egress }) => !egress))).toEqual(opened.toSorted());
    expect(rules.filter(({ egress }) => egress)).toHaveLength(1);
    const lists = pages.flatMap(({ prefixLists }) => prefixLists).filter(({ id }) => id === list);
    expect(lists).toMatchObject([{ id: list, cidrs: ['192.0.2.0/24'] }]);
  });
}
