/** Whoever opens a hundred incidents on an instance hides none that a decision needs. */
import { describe, expect, it } from 'vitest';
import { taintWith } from '../../cli/taint.ts';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { call, changeUserData, startSession } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** More than a list of the incidents of a resource holds. */
const FLOOD = 120;

type Given = { readonly maxHours?: number; readonly keys?: 'observe' | null };

function world({ maxHours = 24, keys = null }: Given = {}) {
  const shipped = shippedPolicy('enforce');
  const enforced = { 'session-started': { mode: null }, 'ssh-key-pushed': { mode: keys } };
  const graceful = { 'user-data-changed': { mode: null, graceMinutes: 30 } };
  const policy: Policy = {
    ...shipped,
    taint: { ...shipped.taint, maxHours },
    instanceRules: { ...shipped.instanceRules, ...enforced, ...graceful },
  };
  const at = new World(policy);
  const [id = ''] = at.fleet.addGroup(
    { name: 'web', desired: 3, max: 6, tags: { 'undrift:replace': 'allowed' } },
    BASELINE,
  );
  return { at, id };
}

function pushKey(at: World, instanceId: string, user: string): void {
  const event = call('SendSSHPublicKey', at.clock.iso(), {
    eventSource: 'ec2-instance-connect.amazonaws.com',
    requestParameters: { instanceId, instanceOSUser: user, sSHPublicKey: 'ssh-ed25519 AAAA' },
    responseElements: { success: true },
  });
  at.send('instances', event);
}

/** A key for each of so many users: each is an incident of its own. */
async function flood(at: World, id: string): Promise<void> {
  for (let n = 0; n < FLOOD; n += 1) {
    pushKey(at, id, `user${n}`);
    // Some at a time: an index shows nothing of the same moment.
    if (n % 20 === 19) await at.run(10);
  }
}

async function extend(at: World, rule: string, hours: number): Promise<void> {
  const incident = at.ledger.incidents.find(({ finding }) => finding.rule === rule);
  const command = taintWith({ open: async () => at.ledger, user: () => 'alice@bastion' });
  const io = { out: () => {}, err: () => {}, env: {}, now: () => at.clock.now() };
  await command.run(['prolong', incident?.id ?? '', '--for', `${hours}h`, '--reason', 'restoring a table'], io);
}

const replaced = (at: World) => at.fleet.callsOf('replace').length;

describe('what a person said about an instance', () => {
  it('counts although 120 keys are pushed for other users: it is replaced after the extension, and not before', async () => {
    const { at, id } = world();
    at.sessions.begin('s-1', id);
    at.send('instances', startSession(at.clock.iso(), id, 's-1'));
    await at.run(2 * MINUTE);
    at.sessions.end('s-1');
    await extend(at, 'session-started', 6);
    await at.run(5 * MINUTE);
    await flood(at, id);
    expect(at.ledger.incidents.length).toBeGreaterThan(FLOOD);
    await at.run(5 * HOUR);
    expect(replaced(at)).toBe(0);
    await at.run(2 * HOUR);
    expect(replaced(at)).toBe(1);
  });

  it('counts for a modification of it, too, which may be left alone for as long', async () => {
    const { at, id } = world({ keys: 'observe' });
    at.send('instances', changeUserData(at.clock.iso(), id));
    await at.run(2 * MINUTE);
    await extend(at, 'user-data-changed', 6);
    await at.run(5 * MINUTE);
    await flood(at, id);
    // The same modification again: what was said of the first counts for it.
    at.send('instances', changeUserData(at.clock.iso(), id));
    await at.run(5 * HOUR);
    expect(replaced(at)).toBe(0);
    await at.run(2 * HOUR);
    expect(replaced(at)).toBe(1);
  });

  it('is seen right before the act, although the list of the ledger has no room for it', async () => {
    const { at, id } = world();
    at.sessions.begin('s-1', id);
    at.send('instances', startSession(at.clock.iso(), id, 's-1'));
    await at.run(2 * MINUTE);
    at.sessions.end('s-1');
    await flood(at, id);
    // A person extends it between the decision of a worker and its act.
    let extended = false;
    at.interleave = async (label) => {
      if (label !== 'fleet.launchCheck' || extended) return;
      extended = true;
      await extend(at, 'session-started', 6);
    };
    await at.run(3 * HOUR);
    expect(extended).toBe(true);
    expect(replaced(at)).toBe(0);
  });
});

describe('an instance that somebody enters again and again', () => {
  it('is replaced by the maximum from the first entry, although 120 other entries hide that one', async () => {
    const { at, id } = world({ maxHours: 2 });
    for (let minute = 0; minute < 110; minute += 10) {
      pushKey(at, id, 'ec2-user');
      await flood(at, id);
      await at.run(9 * MINUTE);
    }
    expect(replaced(at)).toBe(0);
    for (let minute = 110; minute < 130; minute += 10) {
      pushKey(at, id, 'ec2-user');
      await flood(at, id);
      await at.run(9 * MINUTE);
    }
    expect(replaced(at)).toBe(1);
  });
});
