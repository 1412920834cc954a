/** Many exposures that are left open at once: what people get by email, and when each is named to them. */
import { expect, it } from 'vitest';
import { until } from '../../../scripts/scene/until.mjs';
import { type Faulty, makeGroups, openAll, report, seconds } from './storm-scene.ts';
import { MINUTE, STORM } from './storm-sizes.ts';

const WITHIN_SECONDS = 300;
const MOST_EMAILS = 20;

export function emailScenario(deployed: () => Faulty): void {
  it(`names each of ${STORM.exposures} exposures that are left open in an email within five minutes`, {
    timeout: STORM.minutes * MINUTE,
  }, async () => {
    const at = deployed();
    const groupIds = await makeGroups(at, 'left-open', STORM.exposures);
    await openAll(at, groupIds);
    const named = new Map<string, number>();
    const reported = new Map<string, number>();
    let emails = 0;
    const look = async () => {
      const notices = await at.inbox.read();
      for (const { message, attributes, heardAt } of notices) {
        if (typeof message.resource?.id === 'string' && !reported.has(message.resource.id))
          reported.set(message.resource.id, Date.parse(message.at));
        if (attributes.mail?.Value !== 'yes') continue;
        const text = `${message.text} ${JSON.stringify(message.subjects ?? [])}`;
        for (const id of groupIds) if (!named.has(id) && text.includes(id)) named.set(id, heardAt);
      }
      emails = notices.filter(({ attributes }) => attributes.mail?.Value === 'yes').length;
      return named.size === groupIds.length;
    };
    // From the notification of each on, which comes later than its opening.
    await until('each of them named', look, { seconds: WITHIN_SECONDS + (STORM.minutes * 60) / 4, every: 1000 });
    const waited = groupIds.map((id) => ((named.get(id) ?? 0) - (reported.get(id) ?? 0)) / 1000);
    report(`emails of ${STORM.exposures} exposures (${STORM.name})`, {
      emails,
      longestWait: seconds(Math.max(...waited) * 1000),
    });
    expect(reported.size).toBeGreaterThanOrEqual(groupIds.length);
    expect(emails).toBeLessThanOrEqual(MOST_EMAILS);
    expect(Math.max(...waited)).toBeLessThanOrEqual(WITHIN_SECONDS);
  });
}
