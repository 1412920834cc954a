import { expect, test } from 'vitest';
import type { Subscriptions } from '../../src/roles.ts';

export type SubscriptionsSetting = {
  readonly subscriptions: Subscriptions;
  /** Subscribes a queue, which needs no confirmation. */
  addQueue(): Promise<void>;
  /** Subscribes an address that confirms. */
  addPerson(): Promise<void>;
};

/** What the scheduler relies on when it counts who is subscribed. `make` gives a topic without subscriptions. */
export function subscriptionsSuite(make: () => Promise<SubscriptionsSetting>): void {
  test('a topic without subscriptions reaches nobody', async () => {
    const { subscriptions } = await make();
    expect(await subscriptions.count()).toEqual({ people: 0, machines: 0 });
  });

  test('people and machines are counted apart', async () => {
    const { subscriptions, addQueue, addPerson } = await make();
    await addQueue();
    expect(await subscriptions.count()).toEqual({ people: 0, machines: 1 });
    await addPerson();
    await addPerson();
    expect(await subscriptions.count()).toEqual({ people: 2, machines: 1 });
  });
}
