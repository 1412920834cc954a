/** Many groups at once, while SNS fails, EC2 throttles and the pause parameter cannot be read. */
import { expect, it } from 'vitest';
import { until } from '../../../scripts/scene/until.mjs';
import type { Deployed } from '../deployed.ts';
import {
  allClosed,
  deadLetters,
  type Faulty,
  makeGroups,
  openAll,
  quantile,
  report,
  revocations,
  seconds,
  stillOpen,
} from './storm-scene.ts';
import { EC2_THROTTLED, MINUTE, STORM } from './storm-sizes.ts';

const PARAMETER_UNREADABLE = { service: 'ssm', kind: 'throttle', capacity: 0, refill: 0 };
const SNS_DOWN = [
  { service: 'sns', kind: 'reset', probability: 0.2 },
  { service: 'sns', kind: 'error', status: 503 },
];
/** After SNS works again. */
const NAMED_WITHIN_SECONDS = 600;

/** Those of the groups that no notification names. */
async function unnamed({ inbox }: Deployed, groupIds: readonly string[]): Promise<string[]> {
  const text = (await inbox.read()).map(({ message }) => JSON.stringify(message)).join('\n');
  const named = new Set(text.match(/sg-[0-9a-f]+/g) ?? []);
  return groupIds.filter((groupId) => !named.has(groupId));
}

export function outageScenario(deployed: () => Faulty): void {
  const title = `closes ${STORM.groups} groups opened while SNS fails, EC2 throttles and the pause is unreadable, and names each`;
  it(title, { timeout: STORM.minutes * MINUTE }, async () => {
    const at = deployed();
    const groupIds = await makeGroups(at, 'outage', STORM.groups);
    await at.faults.set({ seed: 'outage', faults: [...SNS_DOWN, ...EC2_THROTTLED, PARAMETER_UNREADABLE] });
    const read = revocations(at);
    const opened = await openAll(at, groupIds);
    await allClosed(at, groupIds, (STORM.minutes * 60) / 2);
    const took = read().map((revocation) => revocation.at - opened);
    const { calls } = await at.faults.state();
    report(`closed ${STORM.groups} groups in the outage (${STORM.name})`, {
      secondsMedian: seconds(quantile(took, 0.5)),
      secondsLast: seconds(Math.max(...took)),
      aSecond: Math.round((10_000 * took.length) / Math.max(...took)) / 10,
      throttled: Object.fromEntries(
        Object.entries(calls).flatMap(([name, { throttled }]) => (throttled ? [[name, throttled]] : [])),
      ),
      published: calls['sns Publish'],
    });
    expect(await unnamed(at, groupIds)).toEqual(groupIds);

    await at.faults.set({ seed: 'after', faults: [...EC2_THROTTLED, PARAMETER_UNREADABLE] });
    const restored = Date.now();
    const allNamed = async () => (await unnamed(at, groupIds)).length === 0;
    await until('a notification that names each group', allNamed, { seconds: NAMED_WITHIN_SECONDS, every: 2000 });
    report(`named ${STORM.groups} groups after SNS worked again (${STORM.name})`, {
      secondsLast: seconds(Date.now() - restored),
    });
    expect(await stillOpen(at, groupIds)).toEqual([]);
    // The outage was one: otherwise nothing is shown.
    expect(calls['sns Publish']).toMatchObject({ passed: 0 });
    expect(calls['ec2 RevokeSecurityGroupIngress']?.throttled).toBeGreaterThan(0);
    expect(await deadLetters(at)).toEqual({ SecurityGroups: 0, Instances: 0, Networks: 0 });
  });
}
