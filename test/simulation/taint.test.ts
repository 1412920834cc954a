import { describe, expect, it } from 'vitest';
import { taintWith } from '../../cli/taint.ts';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { call, changeUserData, endSession, pushKey, resumeSession, setGroups, startSession } from './events.ts';
import { type Death, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Sessions and keys are enforced: the shipped policy only observes them. */
function policy(): Policy {
  const shipped = shippedPolicy('enforce');
  const enforced = { 'session-started': { mode: null }, 'ssh-key-pushed': { mode: null } };
  return { ...shipped, instanceRules: { ...shipped.instanceRules, ...enforced } };
}

function world(settings: Policy = policy()) {
  const at = new World(settings);
  const tags = { 'undrift:replace': 'allowed' };
  const [entered = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  return { at, entered };
}

function enter(at: World, id: string, session = 's-1') {
  at.sessions.begin(session, id);
  const event = startSession(at.clock.iso(), id, session);
  at.send('instances', event);
  return event;
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);

/** Minutes from now until it is replaced, to the minute; null when it is not within the time. */
async function minutesUntilReplaced(at: World, most: number): Promise<number | null> {
  for (let minute = 0; minute <= most; minute += 1) {
    if (replaced(at).length > 0) return minute;
    await at.run(MINUTE);
  }
  return null;
}

async function taint(at: World, ...args: readonly string[]) {
  const errors: string[] = [];
  const command = taintWith({
    open: async () => at.ledger,
    user: () => 'alice@bastion',
  });
  const io = { out: () => {}, err: () => {}, env: {}, now: () => at.clock.now() };
  const code = await command.run(args, io).catch((error: Error) => {
    errors.push(error.message);
    return 2;
  });
  return { code, errors };
}

describe('an instance that somebody entered', () => {
  it('is held while the session is open, and replaced when the grace after it is over', async () => {
    const { at, entered } = world();
    enter(at, entered);
    await at.run(HOUR);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'tainted' });
    expect(at.notifier.subjects).toEqual([expect.stringContaining('Held (tainted)')]);
    expect(at.notifier.notices[0]?.notice.text).toContain(`taint prolong ${at.incident().id} --for 2h --reason "why"`);
    at.sessions.end('s-1');
    const minutes = await minutesUntilReplaced(at, 60);
    expect(minutes).toBeGreaterThanOrEqual(30);
    expect(minutes).toBeLessThanOrEqual(33);
    await at.run(10 * MINUTE);
    expect(replaced(at)).toEqual([entered]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(at.notifier.subjects).toEqual([expect.anything(), expect.stringContaining('Replaced')]);
  });

  it('and that a person cleared uses up no budget, however often the same event comes again', async () => {
    const { at, entered } = world();
    const push = pushKey(at.clock.iso(), entered);
    at.send('instances', push);
    await at.run(MINUTE);
    expect((await taint(at, 'clear', at.incident().id, '--reason', 'kept for the auditors')).code).toBe(0);
    await at.run(HOUR);
    // As a replay of an archive sends it.
    for (let times = 0; times < 3; times += 1) {
      at.send('instances', push);
      await at.run(MINUTE);
    }
    expect(replaced(at)).toEqual([]);
    const other = (await at.fleet.group('web'))?.members[1]?.id ?? '';
    at.send('instances', changeUserData(at.clock.iso(), other));
    await at.run(MINUTE);
    expect(replaced(at)).toEqual([other]);
  });

  it('by a key is replaced when the grace from the push is over', async () => {
    const { at, entered } = world();
    at.send('instances', pushKey(at.clock.iso(), entered));
    const minutes = await minutesUntilReplaced(at, 60);
    expect(minutes).toBeGreaterThanOrEqual(30);
    expect(minutes).toBeLessThanOrEqual(33);
  });

  it('is replaced at the maximum from the first entry, though one session after the other is open', async () => {
    const { at, entered } = world();
    for (let session = 0; session < 36; session += 1) {
      enter(at, entered, `s-${session}`);
      await at.run(20 * MINUTE - 1);
      expect(replaced(at), `session ${session}`).toEqual([]);
      if (session > 0) at.sessions.end(`s-${session - 1}`);
      await at.run(1);
    }
    expect(await minutesUntilReplaced(at, 10)).toBeLessThanOrEqual(3);
    expect(at.incident()).toMatchObject({ rounds: 36 });
  });

  it('is held to the maximum, and no longer, while nobody can tell whether somebody is inside', async () => {
    const { at, entered } = world();
    at.sessions.sessionsOn = async () => {
      throw new Retryable('throttled');
    };
    enter(at, entered);
    await at.run(12 * HOUR - MINUTE);
    expect(replaced(at)).toEqual([]);
    expect(at.incident().decision.reason).toContain('could not be read: throttled');
    expect(await minutesUntilReplaced(at, 10)).toBeLessThanOrEqual(3);
  });

  it('is replaced at once for what is no entry, whoever is inside', async () => {
    const { at, entered } = world();
    enter(at, entered);
    at.fleet.alter(entered, { userData: 'IyEvYmluL3NoCg==' });
    at.send('instances', changeUserData(at.clock.iso(), entered));
    await at.run(MINUTE);
    expect(replaced(at)).toEqual([entered]);
  });

  it('is only observed, and told so once, where the policy observes', async () => {
    const { at, entered } = world(shippedPolicy('enforce'));
    enter(at, entered);
    await at.run(14 * HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe' });
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.sessions.callsOf('sessionsOn')).toEqual([]);
  });
});

describe('the end of a session', () => {
  /** Entered two hours ago: nothing but the open session keeps the instance. */
  async function inside(settings: Policy) {
    const { at, entered } = world(settings);
    enter(at, entered);
    await at.run(2 * HOUR);
    expect(replaced(at)).toEqual([]);
    return { at, entered };
  }
  const atOnce = () => ({ ...policy(), taint: { graceMinutes: 0, maxHours: 12 } });

  it('is noticed within seconds by its event, and within five minutes without', async () => {
    const { at, entered } = await inside(atOnce());
    at.sessions.end('s-1');
    at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(5);
    expect(replaced(at)).toEqual([entered]);

    const { at: silent } = await inside(atOnce());
    silent.sessions.end('s-1');
    await silent.run(5);
    expect(replaced(silent)).toEqual([]);
    await silent.run(7 * MINUTE);
    expect(replaced(silent)).toHaveLength(1);
  });

  it('begins the grace', async () => {
    const { at } = await inside(policy());
    at.sessions.end('s-1');
    at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(5);
    expect(at.incident()).toMatchObject({ guard: 'tainted', dueAt: '2026-03-01T14:30:00.000Z' });
    expect(at.incident().decision.reason).toContain('a session on it has ended');
  });

  it('that is not shown yet is asked for again within seconds', async () => {
    const { at, entered } = await inside(atOnce());
    at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(8);
    at.sessions.end('s-1');
    expect(replaced(at)).toEqual([]);
    await at.run(8);
    expect(replaced(at)).toEqual([entered]);
  });

  it('is believed to Session Manager and to no event: told of a session that goes on, nothing happens', async () => {
    const { at } = await inside(atOnce());
    for (let call = 0; call < 20; call += 1) at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'tainted', rounds: 1 });
    expect([at.waiting, at.notifier.notices.length]).toEqual([0, 1]);
  });

  it('ends nothing while another session is open', async () => {
    const { at, entered } = await inside(atOnce());
    enter(at, entered, 's-2');
    await at.run(MINUTE);
    at.sessions.end('s-1');
    at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(HOUR);
    expect(replaced(at)).toEqual([]);
  });

  it('of an instance that is only observed changes nothing', async () => {
    const { at } = await inside(shippedPolicy('enforce'));
    const before = at.incident();
    at.sessions.end('s-1');
    at.send('instances', endSession(at.clock.iso(), 's-1'));
    await at.run(MINUTE);
    expect(at.incident()).toEqual(before);
  });
});

describe('an instance that was altered under a rule with a grace', () => {
  const HALF_AN_HOUR = { mode: null, graceMinutes: 30 };
  const kind = (settings: Policy): Policy => ({
    ...settings,
    instanceRules: { ...settings.instanceRules, 'user-data-changed': HALF_AN_HOUR },
  });
  function alter(at: World, id: string, userData = 'IyEvYmluL3NoCg==') {
    at.fleet.alter(id, { userData });
    const event = changeUserData(at.clock.iso(), id);
    at.send('instances', event);
    return event;
  }

  it('is held as tainted, told once, and replaced when that is over', async () => {
    const { at, entered } = world(kind(policy()));
    alter(at, entered);
    await at.run(MINUTE);
    expect(at.incident()).toMatchObject({ guard: 'tainted', dueAt: '2026-03-01T12:30:00.000Z' });
    const minutes = await minutesUntilReplaced(at, 60);
    expect(minutes).toBeGreaterThanOrEqual(29);
    expect(minutes).toBeLessThanOrEqual(31);
    await at.run(10 * MINUTE);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(at.notifier.notices).toHaveLength(2);
    expect(at.sessions.callsOf('sessionsOn')).toEqual([]);
  });

  it('is replaced at the maximum from the first change, though it is altered again and again', async () => {
    const { at, entered } = world(kind(policy()));
    for (let change = 0; change < 36; change += 1) {
      alter(at, entered, `IyEvYmluL3NoCg==${change}`);
      await at.run(20 * MINUTE);
    }
    expect(await minutesUntilReplaced(at, 10)).toBeLessThanOrEqual(3);
  });

  it('is prolonged by itself: what is said of an entry does not count for it, nor the other way round', async () => {
    const { at, entered } = world(kind(policy()));
    at.send('instances', pushKey(at.clock.iso(), entered));
    alter(at, entered);
    await at.run(MINUTE);
    const idOf = (rule: string) => at.ledger.incidents.find(({ finding }) => finding.rule === rule)?.id ?? '';
    await taint(at, 'prolong', idOf('ssh-key-pushed'), '--for', '3h', '--reason', 'restoring');
    expect(await minutesUntilReplaced(at, 60)).toBeLessThanOrEqual(31);
    // What was prolonged is over with the machine: it is not held, and due in hours.
    await at.run(10 * MINUTE);
    expect(at.ledger.incidents.map(({ status }) => status)).toEqual(['closed', 'closed']);

    const { at: other, entered: alsoEntered } = world(kind(policy()));
    alter(other, alsoEntered);
    await other.run(MINUTE);
    await taint(other, 'prolong', other.incident().id, '--for', '3h', '--reason', 'restoring');
    await other.run(3 * HOUR - 2 * MINUTE);
    expect(replaced(other)).toEqual([]);
    expect(await minutesUntilReplaced(other, 10)).toBeLessThanOrEqual(4);
  });

  it('is cleared: it stays, also when the event comes again; a further change counts in full', async () => {
    const { at, entered } = world(kind(policy()));
    const event = alter(at, entered);
    await at.run(10 * MINUTE);
    await taint(at, 'clear', at.incident().id, '--reason', 'agreed');
    at.send('instances', event);
    await at.run(24 * HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'operator' });
    alter(at, entered, 'IyEvYmluL2Jhc2gK');
    await at.run(20 * MINUTE);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'tainted', rounds: 2 });
    expect(await minutesUntilReplaced(at, 60)).toBeGreaterThanOrEqual(9);
  });

  it('is replaced at once for what has no grace', async () => {
    const { at, entered } = world(kind(policy()));
    alter(at, entered);
    at.send('instances', setGroups(at.clock.iso(), entered, 'sg-2'));
    await at.run(MINUTE);
    expect(replaced(at)).toEqual([entered]);
  });
});

describe('a session that is resumed', () => {
  it('taints the instance that it is on, and nothing where that is no instance', async () => {
    const enforced = { ...policy().instanceRules, 'session-resumed': { mode: null } };
    const { at, entered } = world({ ...policy(), instanceRules: enforced });
    at.sessions.begin('s-1', entered);
    at.sessions.begin('s-2', 'mi-1');
    at.send('instances', resumeSession(at.clock.iso(), 's-2'));
    await at.run(MINUTE);
    expect(at.ledger.incidents).toEqual([]);
    at.send('instances', resumeSession(at.clock.iso(), 's-1'));
    await at.run(MINUTE);
    expect(at.incident()).toMatchObject({ guard: 'tainted', resource: { type: 'instance', id: entered } });
  });
});

describe('a person on call', () => {
  it('prolongs it: replaced when that is over', async () => {
    const { at, entered } = world();
    enter(at, entered);
    await at.run(10 * MINUTE);
    at.sessions.end('s-1');
    const { id } = at.incident();
    expect(await taint(at, 'prolong', id, '--for', '3h', '--reason', 'restoring')).toEqual({ code: 0, errors: [] });
    await at.run(3 * HOUR - MINUTE);
    expect(replaced(at)).toEqual([]);
    expect(await minutesUntilReplaced(at, 10)).toBeLessThanOrEqual(4);
    expect(at.incident().taint).toEqual([
      { until: '2026-03-01T15:10:00.000Z', by: 'alice@bastion', reason: 'restoring', at: '2026-03-01T12:10:00.000Z' },
    ]);
  });

  it('prolongs it for the machine, whichever of its incidents is named', async () => {
    const { at, entered } = world();
    enter(at, entered);
    at.send('instances', pushKey(at.clock.iso(), entered));
    await at.run(10 * MINUTE);
    at.sessions.end('s-1');
    const session = at.ledger.incidents.find(({ finding }) => finding.rule === 'session-started');
    await taint(at, 'prolong', session?.id ?? '', '--for', '3h', '--reason', 'restoring');
    await at.run(3 * HOUR - MINUTE);
    expect(replaced(at)).toEqual([]);
    expect(await minutesUntilReplaced(at, 10)).toBeLessThanOrEqual(4);
  });

  it('prolongs it while a worker decides: the worker decides anew', async () => {
    const { at, entered } = world();
    enter(at, entered);
    at.sessions.end('s-1');
    await at.run(10 * MINUTE);
    const { id } = at.incident();
    const real = at.fleet.launchCheck.bind(at.fleet);
    at.fleet.launchCheck = async (group, now) => {
      // Between the reading and the claim.
      if ((at.incident().taint ?? []).length === 0) {
        expect((await taint(at, 'prolong', id, '--for', '2h', '--reason', 'restoring')).code).toBe(0);
      }
      return real(group, now);
    };
    await at.run(HOUR);
    expect(at.incident().taint).toHaveLength(1);
    expect(replaced(at)).toEqual([]);
    await at.run(3 * HOUR);
    expect(replaced(at)).toEqual([entered]);
  });

  it('prolongs another entry on it while a worker decides on this one: the worker decides anew', async () => {
    const settings = policy();
    const enforced = { ...settings.instanceRules, 'serial-console-opened': { mode: null } };
    const { at, entered } = world({ ...settings, instanceRules: enforced });
    at.send('instances', pushKey(at.clock.iso(), entered));
    await at.run(MINUTE);
    const push = { eventSource: 'ec2-instance-connect.amazonaws.com', requestParameters: { instanceId: entered } };
    at.send('instances', call('SendSerialConsoleSSHPublicKey', at.clock.iso(), push));
    await at.run(MINUTE);
    const other = at.ledger.incidents.find(({ finding }) => finding.rule === 'serial-console-opened');
    const check = at.fleet.launchCheck.bind(at.fleet);
    at.fleet.launchCheck = async (group, now) => {
      at.fleet.launchCheck = check;
      expect((await taint(at, 'prolong', other?.id ?? '', '--for', '2h', '--reason', 'restoring')).code).toBe(0);
      return check(group, now);
    };
    await at.run(HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.fleet.callsOf('launchCheck').length).toBeGreaterThan(0);
    await at.run(3 * HOUR);
    expect(replaced(at)).toEqual([entered]);
  });

  it('cannot prolong it beyond the maximum', async () => {
    const { at, entered } = world();
    enter(at, entered);
    await at.run(10 * MINUTE);
    const { code, errors } = await taint(at, 'prolong', at.incident().id, '--for', '12h', '--reason', 'restoring');
    expect([code, errors]).toEqual([2, [expect.stringContaining('beyond 2026-03-02 00:00:00 UTC')]]);
    expect(at.incident().taint).toBeUndefined();
  });

  it('clears it: it stays, also when the event comes again; a further entry taints it anew, in full', async () => {
    const { at, entered } = world();
    const event = enter(at, entered);
    await at.run(10 * MINUTE);
    await taint(at, 'clear', at.incident().id, '--reason', 'a drill');
    at.send('instances', event);
    await at.run(24 * HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'operator', dueAt: null });
    expect(at.notifier.notices).toHaveLength(1);
    at.sessions.end('s-1');
    enter(at, entered, 's-2');
    await at.run(HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'tainted', rounds: 2 });
    at.sessions.end('s-2');
    expect(await minutesUntilReplaced(at, 60)).toBeGreaterThanOrEqual(30);
  });
});

describe('a worker that dies', () => {
  /** The first look holds it, the second one replaces it. */
  it.each([
    ['when it is entered', 0],
    ['when the grace is over', 29 * MINUTE],
  ])('%s, at any call, before or after its effect: replaced once, told once of each', async (_when, wait) => {
    const start = async () => {
      const { at, entered } = world();
      at.sessions.begin('s-1', entered);
      at.sessions.end('s-1');
      const event = startSession(at.clock.iso(), entered, 's-1');
      if (wait === 0) return { at, entered, event };
      at.send('instances', event);
      await at.run(wait);
      return { at, entered, event: null };
    };
    const model = await start();
    model.at.calls = [];
    if (model.event !== null) model.at.send('instances', model.event);
    await model.at.run(wait === 0 ? MINUTE : 2 * MINUTE);
    const calls = [...model.at.calls];
    expect(calls).toContain(wait === 0 ? 'sns.publish' : 'fleet.replace');
    for (const [index, name] of calls.entries()) {
      for (const effect of ['before', 'after'] as const) {
        const { at, entered, event } = await start();
        const death: Death = { call: index + 1, effect };
        at.dieAt(death);
        if (event !== null) at.send('instances', event);
        await at.run(2 * HOUR);
        const where = `${effect} ${name} (${index + 1})`;
        expect(new Set(replaced(at)), where).toEqual(new Set([entered]));
        expect(at.incident(), where).toMatchObject({ status: 'closed', closedBy: 'undrift' });
        expect(new Set(at.notifier.subjects).size, where).toBe(2);
        expect(at.waiting, where).toBe(0);
      }
    }
  });
});
