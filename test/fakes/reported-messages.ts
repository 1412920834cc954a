import type { ReportedMessages } from '../../src/roles.ts';
import { Scripted } from './world.ts';

export class FakeReportedMessages extends Scripted implements ReportedMessages {
  readonly #keys = new Set<string>();

  async has(key: string): Promise<boolean> {
    await this.enter('has', key);
    return this.#keys.has(key);
  }

  async add(key: string, now: string): Promise<void> {
    await this.enter('add', key, now);
    this.#keys.add(key);
  }
}
