import type { Outbox, OwedNotice } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { Scripted, Timeline } from './world.ts';

/** The outbox in memory. Its listing lags, as the index does; what is taken is taken from what is stored. */
export class FakeOutbox extends Scripted implements Outbox {
  readonly #clock: FakeClock;
  readonly #lagSeconds: number;
  readonly #owed = new Map<string, Timeline<OwedNotice | null>>();

  constructor(clock: FakeClock, lagSeconds: number) {
    super();
    this.#clock = clock;
    this.#lagSeconds = lagSeconds;
  }

  /** All that is owed, for assertions. */
  get owed(): readonly OwedNotice[] {
    return [...this.#owed.values()].flatMap(({ truth }) => truth ?? []);
  }

  add(owed: OwedNotice): void {
    this.#write(owed.id, structuredClone(owed));
  }

  async due(now: string, limit: number): Promise<readonly string[]> {
    await this.enter('due', now, limit);
    const listed = [...this.#owed.values()].flatMap(({ seen }) => seen ?? []);
    const due = listed.filter(({ tryAt }) => Date.parse(tryAt) <= Date.parse(now));
    const sorted = due.sort((a, b) => Date.parse(a.tryAt) - Date.parse(b.tryAt));
    return sorted.slice(0, limit).map(({ id }) => id);
  }

  async take(id: string, now: string, until: string): Promise<OwedNotice | null> {
    await this.enter('take', id, now, until);
    const owed = this.#owed.get(id)?.truth ?? null;
    if (owed === null || Date.parse(owed.tryAt) > Date.parse(now)) return null;
    this.#write(id, { ...owed, tryAt: until });
    return structuredClone(owed);
  }

  async isOwed({ id, revision }: OwedNotice): Promise<boolean> {
    await this.enter('isOwed', id, revision);
    return this.#owed.get(id)?.truth?.revision === revision;
  }

  async sent({ id, revision }: OwedNotice): Promise<void> {
    await this.enter('sent', id, revision);
    if (this.#owed.get(id)?.truth?.revision === revision) this.#write(id, null);
  }

  #write(id: string, owed: OwedNotice | null): void {
    const known = this.#owed.get(id) ?? new Timeline<OwedNotice | null>(this.#clock, null);
    known.staleReadsFor(this.#lagSeconds);
    known.write(owed);
    this.#owed.set(id, known);
  }
}
