import type { TagFilter } from '../../src/domain/change.ts';
import type { Tags } from '../../src/domain/estate.ts';
import { carries } from '../../src/domain/tag-filter.ts';
import type { ManagedNodes } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** Machines elsewhere begin with `mi-`. */
const isInstance = (id: string) => id.startsWith('i-');

/** Systems Manager's view of machines, in memory: those with an agent, and whom commands reached. */
export class FakeManagedNodes extends Scripted implements ManagedNodes {
  readonly #nodes = new Map<string, Tags>();
  readonly #commands = new Map<string, { readonly ids: readonly string[]; readonly complete: boolean }>();

  /** Puts an agent on a machine. */
  manage(id: string, tags: Tags = {}): void {
    this.#nodes.set(id, tags);
  }

  /** A command that has reached these so far. */
  reach(commandId: string, ids: readonly string[], complete = true): void {
    this.#commands.set(commandId, { ids, complete });
  }

  async reachedBy(commandId: string): Promise<{ readonly ids: readonly string[]; readonly complete: boolean }> {
    await this.enter('reachedBy', commandId);
    const { ids, complete } = this.#commands.get(commandId) ?? { ids: [], complete: false };
    return { ids: ids.filter(isInstance), complete };
  }

  async carrying(filters: readonly TagFilter[]): Promise<readonly string[]> {
    await this.enter('carrying', filters);
    const all = [...this.#nodes].filter(([, tags]) => filters.every((filter) => carries(tags, filter)));
    return all.map(([id]) => id).filter(isInstance);
  }
}
