import type { Beats } from '../../src/domain/heartbeat.ts';
import { UNITS, type Unit } from '../../src/domain/incident.ts';
import type { Reminded } from '../../src/domain/reminder.ts';
import type { DeadLetters, HeartbeatParameter, HeartbeatReturns } from '../../src/roles.ts';
import { fakeTopics } from './subscriptions.ts';
import { FakeWatch } from './watch.ts';
import { Scripted } from './world.ts';

/** The parameter of the heartbeat. `written` stands for the trail: it sees each call. */
export class FakeHeartbeatParameter extends Scripted implements HeartbeatParameter {
  readonly values: string[] = [];
  written: (at: string) => void = () => {};

  async write(at: string): Promise<void> {
    await this.enter('write', at);
    this.values.push(at);
    this.written(at);
  }
}

export class FakeHeartbeatReturns extends Scripted implements HeartbeatReturns {
  readonly #newest = new Map<Unit, string>();

  async last(unit: Unit): Promise<string | null> {
    await this.enter('last', unit);
    return this.#newest.get(unit) ?? null;
  }

  async record(unit: Unit, at: string): Promise<void> {
    await this.enter('record', unit, at);
    if (at > (this.#newest.get(unit) ?? '')) this.#newest.set(unit, at);
  }
}

export class FakeDeadLetters extends Scripted implements DeadLetters {
  lying = 0;

  async count(): Promise<number> {
    await this.enter('count');
    return this.lying;
  }
}

/** What the scheduler watches over, with nothing wrong. */
export function fakeWatching() {
  const [parameter, returns] = [new FakeHeartbeatParameter(), new FakeHeartbeatReturns()];
  // A trail, rules, queues and functions that work, and at once.
  parameter.written = (at) => {
    for (const unit of UNITS) void returns.record(unit, at);
  };
  return {
    subscriptions: fakeTopics(),
    heartbeat: { parameter, sent: new FakeWatch<Beats | null>(null), returns },
    deadLetters: {
      'security-groups': new FakeDeadLetters(),
      instances: new FakeDeadLetters(),
      networks: new FakeDeadLetters(),
      scheduler: new FakeDeadLetters(),
    },
    reminded: new FakeWatch<Reminded>({}),
  };
}
