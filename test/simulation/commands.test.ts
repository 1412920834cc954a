/** A command that names its machines by a tag or by `*`: one incident, and no more out than the budgets allow. */
import { describe, expect, it } from 'vitest';
import { taintWith } from '../../cli/taint.ts';
import { AwsRefused } from '../../src/aws/errors.ts';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Mode, Policy } from '../../src/policy/policy.ts';
import { call, changeUserData, sendCommand } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = {
  name: 'lt-1 version 1',
  userData: null,
  securityGroupIds: ['sg-1'],
  profile: null,
  tags: { Env: 'prod' },
};
const OPTED_IN = { 'undrift:replace': 'allowed' };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const COMMAND = '11111111-2222-4333-8444-555555555555';
const OTHER = '66666666-7777-4888-8999-000000000000';
const BY_TAG = { targets: [{ key: 'tag:Env', values: ['prod'] }] };

function policy(perHour = 1000, perGroup: number | string = '10%', mode: Mode | null = null): Policy {
  const shipped = shippedPolicy('enforce');
  return {
    ...shipped,
    instanceRules: { ...shipped.instanceRules, 'command-run': { mode }, 'association-changed': { mode } },
    budget: { perGroup, perHour },
  };
}

function world(settings = policy(), sizes: Readonly<Record<string, number>> = { web: 20 }) {
  const at = new World(settings);
  const groups = Object.entries(sizes).map(([name, desired]) =>
    at.fleet.addGroup({ name, desired, max: 2 * desired, tags: OPTED_IN }, BASELINE),
  );
  return { at, ids: groups.flat() };
}

function run(at: World, reached: readonly string[], named: object = BY_TAG, complete = true) {
  at.nodes.reach(COMMAND, reached, complete);
  const event = sendCommand(at.clock.iso(), named, COMMAND);
  at.send('instances', event);
  return event;
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));
const wholes = (at: World) => at.ledger.incidents.filter(({ resource }) => resource.type === 'targets');
const whole = (at: World) => {
  const [only, ...more] = wholes(at);
  if (only === undefined || more.length > 0) throw new Error(`${more.length + 1} incidents on expressions`);
  return only;
};
const parts = (at: World) => at.ledger.incidents.filter(({ resource }) => resource.type === 'instance');
/** What people read: subjects of emails, and the lines of lists. */
const mails = (at: World) =>
  at.notifier.notices
    .filter(({ mail }) => mail)
    .flatMap(({ notice }) => (notice.json.subjects as readonly string[] | undefined) ?? notice.subject);

async function groupOf(at: World, name: string) {
  const group = await at.fleet.group(name);
  if (group === null) throw new Error(`no group ${name}`);
  return group;
}

async function taint(at: World, ...args: readonly string[]) {
  const command = taintWith({
    open: async () => at.ledger,
    user: () => 'alice@bastion',
  });
  return command.run(args, { out: () => {}, err: () => {}, env: {}, now: () => at.clock.now() });
}

/** The most that a group lacked at any minute. */
async function watch(at: World, group: string, seconds: number): Promise<number> {
  let most = 0;
  for (let passed = 0; passed < seconds; passed += 10) {
    await at.run(10);
    const { members, desired } = await groupOf(at, group);
    const serving = members.filter(({ lifecycleState }) => lifecycleState === 'InService').length;
    most = Math.max(most, desired - serving);
  }
  return most;
}

describe('a command by tag', () => {
  it('is one incident and one email; its instances are replaced within the budget, and one more email says so', async () => {
    const { at, ids } = world();
    run(at, ids);
    await at.run(MINUTE);
    expect(mails(at)).toEqual([expect.stringContaining('Held (tainted): a command was run (AWS-RunShellScript)')]);
    expect(whole(at)).toMatchObject({ status: 'held', guard: 'tainted', resource: { id: 'tag:Env=prod' } });
    expect(whole(at).decision.reason).toContain('the 20 machines that it means are tainted');
    // Ten per cent of twenty have an incident of their own, and no more.
    expect(parts(at).map(({ status, guard }) => [status, guard])).toEqual([
      ['held', 'tainted'],
      ['held', 'tainted'],
    ]);
    await at.run(28 * MINUTE);
    expect(replaced(at)).toEqual([]);
    expect(await watch(at, 'web', 2 * HOUR)).toBe(2);
    expect(new Set(replaced(at))).toEqual(new Set(ids));
    expect(replaced(at)).toHaveLength(20);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift', dueAt: null, outcome: { kind: 'done' } });
    expect(parts(at).every(({ status, closedBy }) => status === 'closed' && closedBy === 'undrift')).toBe(true);
    expect(mails(at)).toHaveLength(2);
    // Programs are notified of each.
    const ofPrograms = at.notifier.notices.filter(({ mail }) => !mail).map(({ notice }) => notice.json.kind);
    expect(ofPrograms.filter((kind) => kind === 'fixed')).toHaveLength(20);
    expect((await groupOf(at, 'web')).desired).toBe(20);
  });

  it('goes on with the next machine in the moment that a successor serves', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 5 });
    at.fleet.launchSeconds = 95;
    run(at, ids);
    await at.run(29 * MINUTE);
    // Auto Scaling tells of each launch, as it does.
    for (let passed = 0; passed < 12 * MINUTE && whole(at).status !== 'closed'; passed += 5) {
      await at.run(5);
      await at.recheck('web');
    }
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(replaced(at)).toHaveLength(5);
    const begun = parts(at).map(({ replacement }) => Date.parse(replacement?.startedAt ?? '') / 1000);
    const [first = 0, ...more] = begun.sort((a, b) => a - b);
    expect((more.at(-1) ?? 0) - first).toBeLessThanOrEqual(4 * (95 + 10));
  });

  it('touches only whom it has reached, whoever carries the tag by now', async () => {
    const { at, ids } = world(policy(1000, 5));
    const [one = '', two = ''] = ids;
    run(at, [two, one, 'i-0ffffffffffffffff']);
    await at.run(2 * HOUR);
    expect(replaced(at).sort()).toEqual([one, two].sort());
    expect(whole(at).status).toBe('closed');
  });

  it('that goes on is looked at until it is done: machines that it reaches later are replaced, too', async () => {
    const { at, ids } = world(policy(1000, 5));
    run(at, ids.slice(0, 2), BY_TAG, false);
    await at.run(HOUR);
    expect(replaced(at)).toHaveLength(2);
    expect(whole(at)).toMatchObject({ status: 'held' });
    at.nodes.reach(COMMAND, ids.slice(0, 4));
    await at.run(HOUR);
    expect(replaced(at)).toHaveLength(4);
    expect(whole(at).status).toBe('closed');
  });

  it('that has reached nobody is waited for, and then is nothing', async () => {
    const { at } = world();
    at.send('instances', sendCommand(at.clock.iso(), BY_TAG, COMMAND));
    await at.run(30);
    at.nodes.reach(COMMAND, []);
    await at.run(5 * MINUTE);
    expect(at.ledger.incidents).toEqual([]);
    expect(at.waiting).toBe(0);
  });

  it('that comes twice is one round; one that is sent again is another incident, and forgets nobody of the first', async () => {
    const { at, ids } = world(policy(1000, 5));
    const event = run(at, ids.slice(0, 6));
    at.send('instances', event);
    await at.run(5 * MINUTE);
    expect(whole(at).rounds).toBe(1);
    // The same words, which reach one machine by now.
    at.nodes.reach(OTHER, ids.slice(0, 1));
    at.send('instances', sendCommand(at.clock.iso(), BY_TAG, OTHER));
    await at.run(4 * HOUR);
    expect(wholes(at).map(({ status, rounds }) => [status, rounds])).toEqual([
      ['closed', 1],
      ['closed', 1],
    ]);
    expect(new Set(replaced(at))).toEqual(new Set(ids.slice(0, 6)));
  });

  it('over several groups takes of each as its budget lets, and of all as many as may begin in an hour', async () => {
    const { at, ids } = world(policy(3, 2), { blue: 10, green: 10 });
    run(at, ids);
    await at.run(MINUTE);
    expect(parts(at)).toHaveLength(3);
    await at.run(90 * MINUTE);
    expect(replaced(at).length).toBeGreaterThanOrEqual(3);
    expect(replaced(at).length).toBeLessThanOrEqual(6);
    expect(whole(at).status).toBe('held');
  });

  it('is not stopped by a machine that is held for something of its own', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 3 });
    const [kept = ''] = ids;
    at.fleet.alterMember(kept, { protectedFromScaleIn: true });
    run(at, ids);
    await at.run(4 * HOUR);
    expect(replaced(at).sort()).toEqual(ids.slice(1).sort());
    expect(whole(at)).toMatchObject({ status: 'held', guard: 'tainted' });
    at.fleet.alterMember(kept, { protectedFromScaleIn: false });
    await at.run(3 * HOUR);
    expect(replaced(at).sort()).toEqual([...ids].sort());
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('is not stopped by groups that cannot be replaced now, nor by a machine that is on its way out', async () => {
    const { at, ids } = world(policy(3, 5), { 'a-one': 1, 'b-one': 1, 'c-one': 1, ten: 10 });
    const ten = ids.slice(3);
    at.fleet.alterMember(ten[0] ?? '', { lifecycleState: 'Terminating:Wait' });
    run(at, ids);
    await at.run(8 * HOUR);
    expect(replaced(at).sort()).toEqual(ten.slice(1).sort());
    const held = parts(at).filter(({ status }) => status === 'held');
    expect(held.map(({ guard }) => guard)).toEqual(['single-instance', 'single-instance', 'single-instance']);
    // What holds one by itself is told by itself.
    expect(mails(at).filter((subject) => subject.includes('Held (single-instance)'))).toHaveLength(3);
  });

  it('one of a hundred on the same machines makes no hundred incidents of each', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 5, other: 2 });
    const reached = ids.slice(0, 5);
    const ids100 = Array.from({ length: 100 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
    for (const [n, id] of ids100.entries()) {
      at.nodes.reach(id, reached);
      at.send('instances', sendCommand(at.clock.iso(), BY_TAG, id, `document-${n}`));
    }
    // Longer than a listing lags: those that are judged in one instant know nothing of each other.
    at.secondsPerMessage = 0.3;
    await at.run(31 * MINUTE);
    expect(wholes(at)).toHaveLength(100);
    expect(parts(at).length).toBeLessThanOrEqual(5);
    await at.run(2 * HOUR);
    expect(replaced(at).sort()).toEqual([...reached].sort());
    expect(wholes(at).every(({ status }) => status === 'closed')).toBe(true);
  });

  it('beyond the limit of the hour is told as such, each by itself', async () => {
    const { at, ids } = world(policy(1, 5), { blue: 3, green: 3 });
    run(at, ids);
    await at.run(31 * MINUTE);
    expect(replaced(at)).toHaveLength(1);
    const [other = ''] = ids.filter((id) => !replaced(at).includes(id));
    at.fleet.alter(other, { userData: 'IyEvYmluL3NoCg==' });
    at.send('instances', changeUserData(at.clock.iso(), other));
    await at.run(10 * MINUTE);
    const beyond = at.notifier.subjects.filter((subject) => subject.includes('Held (blast-radius)'));
    expect(beyond.length).toBeGreaterThanOrEqual(2);
    expect(beyond.some((subject) => subject.includes(other))).toBe(true);
  });

  it('is not over because EC2 shows none of its machines for once', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 3 });
    run(at, ids);
    await at.run(29 * MINUTE);
    const real = at.fleet.machines.bind(at.fleet);
    let empty = 1;
    at.fleet.machines = async (by, before) => (empty-- > 0 ? [] : real(by, before));
    await at.run(HOUR);
    expect(replaced(at).sort()).toEqual([...ids].sort());
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('of which a machine was cleared by itself is over with the others', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 2 });
    run(at, ids);
    await at.run(10 * MINUTE);
    const [part] = parts(at);
    expect(await taint(at, 'clear', part?.id ?? '', '--reason', 'a drill')).toBe(0);
    await at.run(2 * HOUR);
    expect(replaced(at)).toEqual(ids.filter((id) => id !== part?.resource.id));
    expect(whole(at)).toMatchObject({ status: 'closed' });
  });

  it('is not forgotten because the machine’s own role, or whom the policy exempts, ran the same later', async () => {
    const exemption = {
      id: 'patching',
      reason: 'The patch role may do as it likes.',
      owner: 'web@example.com',
      ticket: null,
      rules: null,
      select: { actor: ['arn:aws:iam::*:user/patcher'] },
      notBefore: null,
      expires: '2026-06-01T00:00:00.000Z',
    };
    const { at, ids } = world({ ...policy(1000, 1), exemptions: [exemption] }, { web: 2 });
    const [id = ''] = ids;
    at.send('instances', sendCommand(at.clock.iso(), { instanceIds: [id] }, COMMAND));
    await at.run(MINUTE);
    const again = sendCommand(at.clock.iso(), { instanceIds: [id] }, OTHER);
    const patcher = { ...again.detail.userIdentity, arn: 'arn:aws:iam::123456789012:user/patcher' };
    at.send('instances', { ...again, detail: { ...again.detail, userIdentity: patcher } });
    await at.run(HOUR);
    expect(replaced(at)).toEqual([id]);
  });

  it('asks after no more than it can within a look, be it to a thousand machines that are all held', async () => {
    const { at, ids } = world(policy(1000, '100%'), { web: 1000 });
    for (const id of ids) at.fleet.alterMember(id, { protectedFromScaleIn: true });
    run(at, ids);
    await at.run(40 * MINUTE);
    expect(parts(at).length).toBeLessThanOrEqual(20 + 25);
    at.ledger.calls.length = 0;
    await at.run(10 * MINUTE);
    expect(at.ledger.callsOf('of').length).toBeLessThan(2500);
    expect(replaced(at)).toEqual([]);
    expect(whole(at)).toMatchObject({ status: 'held', guard: 'tainted' });
  });

  it('gets to the last of many groups, be the machines of all the others held for something of their own', async () => {
    const kept = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`kept-${n}`, 20]));
    const { at, ids } = world(policy(1000, '100%'), { ...kept, web: 3 });
    for (const id of ids.slice(0, -3)) at.fleet.alterMember(id, { protectedFromScaleIn: true });
    run(at, ids);
    await at.run(6 * HOUR);
    expect(replaced(at).toSorted()).toEqual(ids.slice(-3));
  });

  it('is told with its machines, and nothing else, where the policy observes', async () => {
    const { at, ids } = world(policy(1000, 5, 'observe'));
    run(at, ids);
    await at.run(14 * HOUR);
    expect(replaced(at)).toEqual([]);
    expect(parts(at)).toEqual([]);
    expect(whole(at)).toMatchObject({ status: 'held', guard: 'observe' });
    expect(whole(at).finding.evidence.join('\n')).toContain(`20 machines that it meant are there\nin web: ${ids[0]}`);
    expect(mails(at)).toHaveLength(1);
  });

  it('is held, and told, where Systems Manager will not say whom it reached', async () => {
    const { at, ids } = world();
    const denied = new AwsRefused('ssm', 'ListCommandInvocations', 'AccessDeniedException', 'this role may not');
    const real = at.nodes.reachedBy.bind(at.nodes);
    at.nodes.reachedBy = async () => {
      throw denied;
    };
    run(at, ids);
    await at.run(HOUR);
    expect(whole(at)).toMatchObject({ status: 'held', guard: 'unreadable' });
    expect(mails(at)).toHaveLength(1);
    at.nodes.reachedBy = real;
    await at.run(3 * HOUR);
    expect(replaced(at)).toHaveLength(20);
  });
});

describe('whom the tags or the star of an association mean', () => {
  const associate = (at: World, targets: object[]) => {
    const event = sendCommand(at.clock.iso(), { targets }, null);
    at.send('instances', event);
  };

  it('is asked of Systems Manager each time: what has no agent is left alone, and so are successors', async () => {
    const { at, ids } = world(policy(1000, 5), { web: 6 });
    for (const id of ids.slice(0, 2)) at.nodes.manage(id, { Env: 'prod', Role: 'web' });
    at.nodes.manage(ids[2] ?? '', { Env: 'prod' });
    associate(at, [
      { key: 'tag:Env', values: ['prod'] },
      { key: 'tag:Role', values: ['web'] },
    ]);
    await at.run(10);
    expect(whole(at).resource.id).toBe('tag:Env=prod and tag:Role=web');
    for (const id of ids) at.nodes.manage(id, { Env: 'prod', Role: 'web' });
    await at.run(2 * HOUR);
    // Tags that were set since count: nobody remembers who carried them.
    expect(new Set(replaced(at))).toEqual(new Set(ids));
    expect(whole(at).status).toBe('closed');
    expect((await groupOf(at, 'web')).members).toHaveLength(6);
  });

  it('is not forgotten when the tags are taken off', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 3 });
    for (const id of ids) at.nodes.manage(id, { Env: 'prod' });
    associate(at, [{ key: 'tag:Env', values: ['prod'] }]);
    await at.run(10 * MINUTE);
    for (const id of ids) at.nodes.manage(id, {});
    await at.run(2 * HOUR);
    expect(replaced(at).sort()).toEqual([...ids].sort());
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('in two expressions of one call are two incidents, and who clears one clears that one', async () => {
    const { at, ids } = world(policy(1000, 5), { blue: 2, green: 2 });
    const [blue, green] = [ids.slice(0, 2), ids.slice(2)];
    for (const id of blue) at.nodes.manage(id, { G: 'blue' });
    for (const id of green) at.nodes.manage(id, { G: 'green' });
    const entry = (G: string) => ({ name: 'AWS-RunShellScript', targets: [{ key: 'tag:G', values: [G] }] });
    const rest = { eventSource: 'ssm.amazonaws.com', requestParameters: { entries: ['blue', 'green'].map(entry) } };
    at.send('instances', call('CreateAssociationBatch', at.clock.iso(), rest));
    await at.run(10 * MINUTE);
    expect(
      wholes(at)
        .map(({ resource }) => resource.id)
        .sort(),
    ).toEqual(['tag:G=blue', 'tag:G=green']);
    const ofGreen = wholes(at).find(({ resource }) => resource.id === 'tag:G=green');
    expect(await taint(at, 'clear', ofGreen?.id ?? '', '--reason', 'a drill')).toBe(0);
    await at.run(2 * HOUR);
    expect(replaced(at).sort()).toEqual([...blue].sort());
    expect(parts(at).filter(({ closedBy }) => closedBy === 'operator')).toHaveLength(2);
  });

  it('by a star are all that have an agent', async () => {
    const { at, ids } = world(policy(1000, 5), { web: 4 });
    for (const id of ids.slice(0, 3)) at.nodes.manage(id);
    at.send('instances', sendCommand(at.clock.iso(), { instanceIds: ['*'] }, null));
    await at.run(2 * HOUR);
    expect(new Set(replaced(at))).toEqual(new Set(ids.slice(0, 3)));
    expect(whole(at)).toMatchObject({ status: 'closed', resource: { id: '*' } });
  });
});

describe('a person on call', () => {
  it('prolongs the whole, and with it every machine', async () => {
    const { at, ids } = world(policy(1000, 5));
    run(at, ids);
    await at.run(10 * MINUTE);
    expect(await taint(at, 'prolong', whole(at).id, '--for', '3h', '--reason', 'a drill')).toBe(0);
    await at.run(3 * HOUR - 2 * MINUTE);
    expect(replaced(at)).toEqual([]);
    await at.run(HOUR);
    expect(replaced(at).length).toBeGreaterThan(5);
  });

  it('prolongs the whole while a worker decides on a part: the worker decides anew', async () => {
    const { at, ids } = world(policy(1000, 1), { web: 2 });
    run(at, ids);
    await at.run(10 * MINUTE);
    const real = at.fleet.launchCheck.bind(at.fleet);
    at.fleet.launchCheck = async (group, now) => {
      // Between the reading and the claim.
      if ((whole(at).taint ?? []).length === 0) {
        expect(await taint(at, 'prolong', whole(at).id, '--for', '2h', '--reason', 'restoring')).toBe(0);
      }
      return real(group, now);
    };
    await at.run(HOUR);
    expect(whole(at).taint).toHaveLength(1);
    expect(replaced(at)).toEqual([]);
    await at.run(3 * HOUR);
    expect(replaced(at).sort()).toEqual([...ids].sort());
  });

  it('clears the whole: nobody is replaced, also not who was tainted already', async () => {
    const { at, ids } = world(policy(1000, 5));
    const event = run(at, ids);
    await at.run(10 * MINUTE);
    expect(parts(at)).toHaveLength(5);
    expect(await taint(at, 'clear', whole(at).id, '--reason', 'a drill')).toBe(0);
    at.send('instances', event);
    await at.run(4 * HOUR);
    expect(replaced(at)).toEqual([]);
    const ends = at.ledger.incidents.map(({ status, closedBy }) => `${status} by ${closedBy}`);
    expect(ends).toEqual(Array(6).fill('closed by operator'));
    expect(mails(at)).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  it.each(['before', 'after'] as const)(
    '%s any call of the first look leaves one incident and no act twice',
    async (effect) => {
      const rehearsal = world(policy(1000, 2), { web: 4 });
      run(rehearsal.at, rehearsal.ids);
      rehearsal.at.calls = [];
      await rehearsal.at.run(5);
      const calls = rehearsal.at.calls.length;
      expect(calls).toBeGreaterThan(20);
      for (let call = 1; call <= calls; call += 1) {
        const { at, ids } = world(policy(1000, 2), { web: 4 });
        run(at, ids);
        at.dieAt({ call, effect });
        await at.run(3 * HOUR);
        expect([...replaced(at)].sort(), `call ${call}`).toEqual([...ids].sort());
        expect(whole(at), `call ${call}`).toMatchObject({ status: 'closed', rounds: 1 });
      }
    },
  );
});

it.each(['AWS::EC2::Instance', 'InstanceIds'])(
  'an automation on %s=* means every machine, with an agent or without',
  async (key) => {
    const shipped = policy(1000, 5);
    const instanceRules = { ...shipped.instanceRules, 'automation-started': { mode: null } };
    const { at, ids } = world({ ...shipped, instanceRules }, { web: 5 });
    at.send(
      'instances',
      call('StartAutomationExecution', at.clock.iso(), {
        eventSource: 'ssm.amazonaws.com',
        requestParameters: { documentName: 'D', targetParameterName: 'InstanceId', targets: [{ key, values: ['*'] }] },
      }),
    );
    await at.run(2 * HOUR);
    expect(replaced(at).toSorted()).toEqual([...ids].toSorted());
    expect(whole(at)).toMatchObject({ status: 'closed', resource: { id: '*' } });
  },
);
