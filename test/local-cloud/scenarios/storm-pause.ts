/** Pausing in the middle of a flood, while Parameter Store throttles: how long undrift still acts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { loadFaults } from '../../../scripts/local/faults/load.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { output, undrift } from '../deployed.ts';
import { allClosed, type Faulty, makeGroups, openAll, report, revocations, seconds, stillOpen } from './storm-scene.ts';
import { MINUTE, STORM } from './storm-sizes.ts';

/** Seconds after the pause was set. */
const LAST_ACTION_WITHIN = 10;
/** Long enough to see that nothing follows. */
const QUIET_SECONDS = 30;

const PAUSES: readonly [string, (at: Faulty) => Promise<unknown>][] = [
  ['by the CLI', (at) => undrift(at, 'pause', '--for', '1h', '--reason', 'a storm')],
  [
    'by put-parameter --value stopped',
    ({ clients: { ssm }, outputs }) => {
      const Name = output(outputs, 'PauseParameter');
      return ssm.send(new PutParameterCommand({ Name, Value: 'stopped', Overwrite: true }));
    },
  ],
];

export function pauseScenarios(deployed: () => Faulty): void {
  const title = `stops within ${LAST_ACTION_WITHIN} s of a pause during a flood of ${STORM.flood} groups while SSM throttles: %s`;
  it.each(PAUSES)(title, { timeout: STORM.minutes * MINUTE }, async (how, pause) => {
    const at = deployed();
    await at.faults.set(await loadFaults('ssm-throttled'));
    const groupIds = await makeGroups(at, `flood-${how.replaceAll(/\W+/g, '-')}`, STORM.flood);
    const read = revocations(at);
    const opened = await openAll(at, groupIds);
    const begun = async () => read().length >= STORM.flood / 10;
    await until('the first of many actions', begun, { seconds: (STORM.minutes * 60) / 4, every: 50 });
    const before = read().length;
    const rate = before / ((Date.now() - opened) / 1000);
    const began = Date.now();
    await pause(at);
    const paused = Date.now();
    await sleep(QUIET_SECONDS * 1000);
    const last = Math.max(...read().map((revocation) => revocation.at));
    const left = await stillOpen(at, groupIds);
    const { calls } = await at.faults.state();
    report(`paused ${how} (${STORM.name})`, {
      actionsASecond: Math.round(rate * 10) / 10,
      actionsBefore: before,
      actionsAfter: read().length - before,
      pauseTook: seconds(paused - began),
      secondsToLastActionFromStart: seconds(last - began),
      secondsToLastActionFromReturn: seconds(last - paused),
      leftOpen: left.length,
      parameterReads: calls['ssm GetParameter'],
    });
    expect((last - paused) / 1000).toBeLessThanOrEqual(LAST_ACTION_WITHIN);
    // With nothing left to do, nothing was stopped.
    expect(left.length).toBeGreaterThan(0);

    await at.faults.clear();
    await undrift(at, 'resume');
    await allClosed(at, groupIds, (STORM.minutes * 60) / 2);
  });
}
