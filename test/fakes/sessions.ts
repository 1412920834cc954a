import type { FoundSession, Session } from '../../src/domain/taint.ts';
import type { SessionLog } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { Scripted } from './world.ts';

type Begun = { readonly id: string; readonly instanceId: string; readonly at: string; endedAt: string | null };

/** Session Manager in memory. */
export class FakeSessions extends Scripted implements SessionLog {
  readonly #clock: FakeClock;
  readonly #sessions: Begun[] = [];

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  begin(id: string, instanceId: string): void {
    this.#sessions.push({ id, instanceId, at: this.#clock.iso(), endedAt: null });
  }

  end(id: string): void {
    for (const session of this.#sessions) if (session.id === id) session.endedAt = this.#clock.iso();
  }

  async sessionsOn(instanceId: string, since: string): Promise<readonly Session[]> {
    await this.enter('sessionsOn', instanceId, since);
    const mine = this.#sessions.filter((it) => it.instanceId === instanceId && Date.parse(it.at) > Date.parse(since));
    return mine.map(({ id, endedAt }) => ({ id, endedAt }));
  }

  async find(sessionId: string): Promise<FoundSession | null> {
    await this.enter('find', sessionId);
    const found = this.#sessions.find(({ id }) => id === sessionId);
    return found === undefined ? null : { id: found.id, endedAt: found.endedAt, target: found.instanceId };
  }
}
