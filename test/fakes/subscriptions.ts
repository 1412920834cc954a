import type { Subscribers, Subscriptions } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** A topic with one person who is subscribed. */
export class FakeSubscriptions extends Scripted implements Subscriptions {
  people = 1;
  machines = 0;

  async count(): Promise<Subscribers> {
    await this.enter('count');
    return { people: this.people, machines: this.machines };
  }
}

export const fakeTopics = () => ({ notifications: new FakeSubscriptions(), alarms: new FakeSubscriptions() });
