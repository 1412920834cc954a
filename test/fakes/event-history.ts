import type { EventHistory } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** CloudTrail's event history in memory. */
export class FakeEventHistory extends Scripted implements EventHistory {
  readonly #records = new Map<string, string>();

  /** Puts on record what an event of EventBridge carries. */
  add({ detail }: { readonly detail: { readonly eventID: string } & Readonly<Record<string, unknown>> }): void {
    this.#records.set(detail.eventID, JSON.stringify(detail));
  }

  async recordOf(eventId: string): Promise<string | null> {
    await this.enter('recordOf', eventId);
    return this.#records.get(eventId) ?? null;
  }
}
