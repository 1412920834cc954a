/** What an auditor reads of an incident afterwards is true: what was found first, what was replaced, by whom it ended. */
import { describe, expect, it } from 'vitest';
import { incidentsWith } from '../../cli/incidents.ts';
import { taintWith } from '../../cli/taint.ts';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { terminated } from '../fakes/fleet-world.ts';
import { authorize, changeUserData, pushKey, sendCommand } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const OPTED_IN = { 'undrift:replace': 'allowed' };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const COMMAND = '11111111-2222-4333-8444-555555555555';

function policy(perGroup: number): Policy {
  const shipped = shippedPolicy('enforce');
  const entered = { 'command-run': { mode: null }, 'ssh-key-pushed': { mode: null } };
  const instanceRules = { ...shipped.instanceRules, ...entered };
  return { ...shipped, instanceRules, budget: { perGroup, perHour: 1000 } };
}

function batch(desired = 3, perGroup = 2) {
  const at = new World(policy(perGroup));
  const ids = at.fleet.addGroup({ name: 'web', desired, max: 2 * desired, tags: OPTED_IN }, BASELINE);
  at.nodes.reach(COMMAND, ids);
  const named = { targets: [{ key: 'tag:Env', values: ['prod'] }] };
  at.send('instances', sendCommand(at.clock.iso(), named, COMMAND));
  return { at, ids };
}

const whole = (at: World) => {
  const [only] = at.ledger.incidents.filter(({ resource }) => resource.type === 'targets');
  if (only === undefined) throw new Error('no batch');
  return only;
};
const members = (at: World) => at.ledger.incidents.filter(({ resource }) => resource.type === 'instance');
const ioOf = (at: World, out: string[]) => ({
  out: (line: string) => void out.push(line),
  err: () => {},
  env: {},
  now: () => at.clock.now(),
});

/** As `undrift incidents show` prints it, in one line. */
async function shown(at: World, id: string): Promise<string> {
  const out: string[] = [];
  await incidentsWith(async () => at.ledger).run(['show', id], ioOf(at, out));
  return out.join('\n').replace(/\s+/g, ' ');
}

async function taint(at: World, ...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  await taintWith({ open: async () => at.ledger, user: () => 'alice@bastion' }).run(args, ioOf(at, out));
  return out.join('\n');
}

describe('the record of a batch', () => {
  it('keeps the evidence of all instances that the call named, and says what each was replaced by', async () => {
    const { at, ids } = batch();
    await at.run(2 * HOUR);
    const page = await shown(at, whole(at).id);
    expect(page).toContain(`3 machines that it meant are there in web: ${ids.join(', ')}`);
    for (const member of members(at)) {
      const { resource, replacement, id } = member;
      expect(page).toContain(`${resource.id}: replaced by ${replacement?.successor} (incident ${id})`);
    }
    expect(page).not.toContain('undrift changed nothing');
    const notice = at.notifier.notices.findLast(({ notice }) => notice.text.includes('tag:Env=prod'))?.notice;
    const text = notice?.text.replace(/\s+/g, ' ') ?? '';
    expect(text).toContain(`in web: ${ids.join(', ')}`);
    expect(text).not.toContain('undrift changed nothing');
    expect(text).toContain(`undrift incidents show ${members(at).find(({ resource }) => resource.id === ids[0])?.id}`);
    expect(notice?.json).toMatchObject({ members: { counts: { replaced: 3, open: 0, cleared: 0, ended: 0 } } });
  });

  it('says replaced when the last replacement is in service, and not before', async () => {
    const { at } = batch();
    at.fleet.launchSeconds = 200;
    await at.run(MINUTE);
    for (let passed = 0; whole(at).status !== 'closed'; passed += 20) {
      expect(passed).toBeLessThan(3 * HOUR);
      await at.run(20);
    }
    expect(members(at).map(({ status }) => status)).toEqual(['closed', 'closed', 'closed']);
  });

  it('is not closed by undrift where undrift replaced nobody', async () => {
    const { at, ids } = batch();
    await at.run(MINUTE);
    for (const id of ids) at.fleet.change((state) => terminated(state, id));
    await at.run(2 * HOUR);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'vanished', outcome: { kind: 'already-done' } });
    expect(whole(at).members?.counts).toEqual({ replaced: 0, open: 0, cleared: 0, ended: 3 });
    expect(at.notifier.subjects.filter((subject) => subject.includes('Replaced'))).toEqual([]);
  });

  it('counts an instance that a person cleared by itself apart from those that were replaced', async () => {
    const { at, ids } = batch(2, 1);
    await at.run(10 * MINUTE);
    const [part] = members(at);
    await taint(at, 'clear', part?.id ?? '', '--reason', 'a drill');
    await at.run(2 * HOUR);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(whole(at).members?.counts).toEqual({ replaced: 1, open: 0, cleared: 1, ended: 0 });
    expect(
      whole(at)
        .members?.named.map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
  });
});

describe('an incident that ended without undrift', () => {
  function altered(settings = policy(1)) {
    const at = new World(settings);
    const [id = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags: OPTED_IN }, BASELINE);
    return { at, id };
  }

  it('and was cleared by a person says by whom, when and why', async () => {
    const { at, id } = altered();
    at.send('instances', pushKey(at.clock.iso(), id));
    await at.run(MINUTE);
    await taint(at, 'clear', at.incident().id, '--reason', 'kept for the auditors');
    const page = await shown(at, at.incident().id);
    expect(page).toContain(
      'closed by operator: cleared by alice@bastion on 2026-03-01 12:01:00 UTC: kept for the auditors',
    );
    expect(page).not.toContain('nothing yet');
  });

  it('because its rule was switched off does not say that the resource is gone', async () => {
    const { at, id } = altered();
    at.fleet.alterMember(id, { protectedFromScaleIn: true });
    at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
    at.send('instances', changeUserData(at.clock.iso(), id));
    await at.run(MINUTE);
    expect(at.incident().status).toBe('held');
    const { instanceRules } = at.policy;
    at.policy = { ...at.policy, instanceRules: { ...instanceRules, 'user-data-changed': { mode: 'off' } } };
    await at.run(2 * HOUR);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'policy' });
    expect(await shown(at, at.incident().id)).toContain('the rule is off');
  });

  it('as undrift replaced the instance under another incident names that one', async () => {
    const { at, id } = altered();
    at.send('instances', pushKey(at.clock.iso(), id));
    await at.run(MINUTE);
    at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
    at.send('instances', changeUserData(at.clock.iso(), id));
    await at.run(HOUR);
    const [other] = members(at).filter(({ outcome }) => outcome?.kind === 'done');
    const [own] = members(at).filter(({ key }) => key !== other?.key);
    expect(own).toMatchObject({ status: 'closed', closedBy: 'undrift', closedWith: other?.id });
    expect(await shown(at, own?.id ?? '')).toContain(`undrift did it under incident ${other?.id}`);
  });
});

it('a further occurrence does not take the place of who caused the ones before', async () => {
  const at = new World(policy(1));
  const [id = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags: OPTED_IN }, BASELINE);
  const first = pushKey(at.clock.iso(), id);
  at.send('instances', first);
  await at.run(5 * MINUTE);
  const second = pushKey(at.clock.iso(), id);
  const userIdentity = { ...second.detail.userIdentity, arn: 'arn:aws:iam::123456789012:user/lee', userName: 'lee' };
  at.send('instances', { ...second, detail: { ...second.detail, userIdentity } });
  await at.run(MINUTE);
  expect(at.incident()).toMatchObject({ rounds: 2, change: { actor: { arn: expect.stringContaining('user/lee') } } });
  expect(at.incident().earlier).toEqual([
    expect.objectContaining({ actor: 'arn:aws:iam::123456789012:user/kim', eventId: first.detail.eventID }),
  ]);
  expect(await shown(at, at.incident().id)).toContain(
    'SendSSHPublicKey by arn:aws:iam::123456789012:user/kim; no outcome, open when the next one came',
  );
});

describe('a port that is opened again', () => {
  const group = 'sg-0123456789abcdef0';
  const rule = (n: number, port: number) => ({
    ...{ id: `sgr-${String(n).padStart(17, '0')}`, groupId: group, egress: false, protocol: 'tcp' },
    ...{ fromPort: port, toPort: port, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } as const, description: `rule ${n}` },
  });
  const open = (at: World, n: number) => {
    at.securityGroups.open(rule(n, 22));
    const opened = { id: rule(n, 22).id, groupId: group, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
    at.send('security-groups', authorize(at.clock.iso(), opened));
  };

  it('keeps who opened it first, however often it is repeated, and what would undo each', async () => {
    const at = new World(policy(1));
    at.securityGroups.addGroup({ id: group, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    const instant = at.clock.iso();
    for (let n = 1; n <= 20; n += 1) {
      open(at, n);
      await at.run(HOUR);
    }
    const { rounds, earlier = [] } = at.incident();
    expect([rounds, earlier.length, Date.parse(earlier[0]?.at ?? '')]).toEqual([20, 10, Date.parse(instant)]);
    const page = await shown(at, at.incident().id);
    expect(page).toContain('"Description":"rule 20"');
    expect(page).toContain('"Description":"rule 19"');
    expect(page).toContain('"Description":"rule 1"}');
  });
});
