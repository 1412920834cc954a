import { type LookPage, type LookState, Refused, type Region, type StoredLook } from '../../src/roles.ts';
import type { NetworkWorld } from './network-world.ts';
import { Scripted } from './world.ts';

/** The groups of the world in the order of their ids, so many a page. */
export class FakeRegion extends Scripted implements Region {
  readonly #world: NetworkWorld;
  readonly #page: number;

  constructor(world: NetworkWorld, page = 100) {
    super();
    this.#world = world;
    this.#page = page;
  }

  async page(from: string | null): Promise<LookPage> {
    await this.enter('page', from);
    const ids = Object.keys(this.#world.seen.groups).sort();
    const begin = from === null ? 0 : Number(/^page-(\d+)$/.exec(from)?.[1]);
    if (Number.isNaN(begin)) throw new Refused(`the token ${from} is not valid`);
    const groups = this.#world.groupsSeen(ids.slice(begin, begin + this.#page));
    const end = begin + this.#page;
    const prefixLists = this.#world.listsNamedBy(groups.flatMap(({ rules }) => rules));
    return { groups, prefixLists, next: end < ids.length ? `page-${end}` : null };
  }
}

/** How far the look is, under the condition of the real item. */
export class FakeLookState extends Scripted implements LookState {
  #stored: StoredLook & { readonly version: number } = { look: null, until: null, version: 0 };

  async read() {
    await this.enter('read');
    return structuredClone(this.#stored);
  }

  async write(next: StoredLook, version: number): Promise<boolean> {
    await this.enter('write', next, version);
    if (this.#stored.version !== version) return false;
    this.#stored = structuredClone({ look: next.look, until: next.until, version: version + 1 });
    return true;
  }
}
