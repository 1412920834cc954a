import { afterAll, beforeAll, describe } from 'vitest';
import { type Deployed, deploy } from './deployed.ts';
import { emailScenario } from './scenarios/storm-emails.ts';
import { historyScenario } from './scenarios/storm-history.ts';
import { outageScenario } from './scenarios/storm-outage.ts';
import { pauseScenarios } from './scenarios/storm-pause.ts';
import type { Faulty } from './scenarios/storm-scene.ts';
import { STORM } from './scenarios/storm-sizes.ts';

/** A stack of its own: what one storm leaves in queues and ledger must not help or hinder another. */
function stormy(
  title: string,
  scenario: (deployed: () => Faulty) => void,
  mode: 'observe' | 'enforce' = 'enforce',
): void {
  describe(title, () => {
    let at: Deployed | null = null;
    beforeAll(async () => {
      at = await deploy(mode, 'policy.yml', {});
    });
    afterAll(() => at?.stop());
    scenario(() => {
      if (at?.cloud.faults == null) throw new Error('the stack is not deployed');
      return { ...at, faults: at.cloud.faults };
    });
  });
}

describe(`storms over the deployed stack, ${STORM.name} size (UNDRIFT_STORM=small or full)`, () => {
  stormy('history', historyScenario);
  stormy('outage', outageScenario);
  stormy('pause', pauseScenarios);
  stormy('emails', emailScenario, 'observe');
});
