import type { Clock } from '../../src/roles.ts';

/** Time that moves only when told to, or when somebody sleeps. */
export class FakeClock implements Clock {
  #now: number;

  constructor(start = '2026-03-01T12:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  iso(): string {
    return this.now().toISOString();
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
  }
}
