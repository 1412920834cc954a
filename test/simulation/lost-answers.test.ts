import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import { changeUserData } from './events.ts';
import { World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };

function world() {
  const at = new World();
  const tags = { 'undrift:replace': 'allowed' };
  const [altered = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  at.fleet.alter(altered, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), altered));
  return { at, altered };
}

/** It is told as replaced, with its successor, and remembered as a replacement. */
async function expectReplaced(at: World, altered: string) {
  expect(at.fleet.callsOf('replace').map(({ args }) => args[0])).toEqual([altered]);
  const { status, closedBy, replacement } = at.incident();
  expect({ status, closedBy }).toEqual({ status: 'closed', closedBy: 'undrift' });
  expect(at.notifier.subjects).toEqual([expect.stringContaining('Replaced')]);
  const { holders, past } = await at.ledger.groupRecords('web');
  expect(holders).toEqual([]);
  expect(past).toEqual([expect.objectContaining({ instanceId: altered, successor: replacement?.successor })]);
  expect(replacement?.successor).toMatch(/^i-/);
}

it('a ledger that is busy right after the act does not make undrift deny it', async () => {
  const { at, altered } = world();
  const put = at.ledger.put.bind(at.ledger);
  at.ledger.put = async (incident, requestId) => {
    if (!requestId) return put(incident, requestId);
    at.ledger.put = put;
    throw new Retryable('dynamodb:TransactWriteItems was cancelled (TransactionConflict)');
  };
  await at.run(1800);
  await expectReplaced(at, altered);
});

it('an act whose answer got lost is followed to its end', async () => {
  const { at, altered } = world();
  const replace = at.fleet.replace.bind(at.fleet);
  at.fleet.replace = async (id, how) => {
    await replace(id, how);
    at.fleet.replace = replace;
    throw new Retryable('autoscaling:TerminateInstanceInAutoScalingGroup cannot be answered now (TimeoutError)', true);
  };
  await at.run(1800);
  await expectReplaced(at, altered);
});
