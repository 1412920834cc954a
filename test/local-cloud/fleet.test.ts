import { afterAll, beforeAll, describe } from 'vitest';
import { type Deployed, deploy } from './deployed.ts';
import { attackScenarios } from './scenarios/fleet-attacks.ts';
import { fastClock } from './scenarios/fleet-clock.ts';
import { commandScenarios } from './scenarios/fleet-commands.ts';
import { fiftyScenario } from './scenarios/fleet-fifty.ts';
import { holdScenarios } from './scenarios/fleet-holds.ts';
import { sessionScenarios } from './scenarios/fleet-sessions.ts';
import { signalScenarios } from './scenarios/fleet-signals.ts';
import { singleScenarios } from './scenarios/fleet-single.ts';
import { warmUpScenarios } from './scenarios/fleet-warm-up.ts';
import { redrivenScenarios } from './scenarios/redriven.ts';

/** Minutes that undrift waits are seconds here; launches, leases and sessions take as long as they take. */
const TIMES = 10;

/** The packaged stack over fleets of a local AWS: what is replaced, how many at once, and what an attacker makes of it. */
describe('fleets under a budget of ten per cent', () => {
  let at: Deployed | null = null;
  let clock: ReturnType<typeof fastClock> | null = null;
  const deployed = () => {
    if (at === null) throw new Error('the stack is not deployed');
    return at;
  };
  beforeAll(async () => {
    at = await deploy('enforce', 'test/local-cloud/fleet.yml');
    clock = fastClock(at, TIMES);
  });
  afterAll(async () => {
    await clock?.stop();
    await at?.stop();
  });

  describe('of fifty', () => fiftyScenario(deployed));
  describe.concurrent('of one', () => singleScenarios(deployed));
  describe.concurrent('of any size', () => signalScenarios(deployed));
  describe.concurrent('entered', () => sessionScenarios(deployed));
  describe.concurrent('all at once', () => commandScenarios(deployed));
  describe.concurrent('warming up', () => warmUpScenarios(deployed));
  describe.concurrent('held', () => holdScenarios(deployed));
  describe.concurrent('under attack', () => attackScenarios(deployed));
  describe.concurrent('redriven', () => redrivenScenarios(deployed));
});
