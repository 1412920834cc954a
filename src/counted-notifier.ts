/** A notifier that counts what it could not publish, for the alarm `NotificationsFailing`: whatever sends, and whatever fails. */
import type { Meter, Notifier } from './roles.ts';

export function countedNotifier(notifier: Notifier, meter: Meter): Notifier {
  return {
    publish: async (notice, mail) => {
      try {
        return await notifier.publish(notice, mail);
      } catch (error) {
        meter.count('NotificationFailures', {});
        throw error;
      }
    },
  };
}
