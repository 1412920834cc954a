/** A record says who ended what it is about, and nothing more than undrift knows of that. */
import { describe, expect, it } from 'vitest';
import { incidentsWith } from '../../cli/incidents.ts';
import { taintWith } from '../../cli/taint.ts';
import type { Baseline, SecurityGroupRule } from '../../src/domain/estate.ts';
import { terminated } from '../fakes/fleet-world.ts';
import { authorize, call, pushKey, sendCommand } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const RULE: SecurityGroupRule = {
  ...{ id: 'sgr-00000000000000001', groupId: GROUP, egress: false, protocol: 'tcp', fromPort: 22, toPort: 22 },
  ...{ source: { kind: 'ipv4', cidr: '0.0.0.0/0' }, description: null },
};
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const COMMAND = '11111111-2222-4333-8444-555555555555';

const ioOf = (at: World, out: string[]) => ({
  ...{ out: (line: string) => void out.push(line), err: () => {}, env: {} },
  now: () => at.clock.now(),
});

async function shown(at: World, id: string): Promise<string> {
  const out: string[] = [];
  await incidentsWith(async () => at.ledger).run(['show', id], ioOf(at, out));
  return out.join('\n').replace(/\s+/g, ' ');
}

async function clear(at: World, id: string | undefined): Promise<void> {
  const world = { open: async () => at.ledger, user: () => 'alice@bastion' };
  await taintWith(world).run(['clear', id ?? '', '--reason', 'a drill'], ioOf(at, []));
}

function group(mode: 'observe' | 'enforce' = 'enforce') {
  const at = new World(shippedPolicy(mode));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.securityGroups.open(RULE);
  return at;
}

const event = (at: World) =>
  authorize(at.clock.iso(), { id: RULE.id, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });

describe('a rule', () => {
  it('that a person revoked right before undrift would have is not said to be closed by undrift', async () => {
    const at = group();
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async (...args) => {
      at.securityGroups.close(RULE.id);
      return revoke(...args);
    };
    at.send('security-groups', event(at));
    await at.run(10);
    expect(at.incident()).toMatchObject({
      ...{ status: 'closed', closedBy: 'another', outcome: { kind: 'already-done' } },
      attempts: [{ requestId: null, error: 'nothing of it was left' }],
    });
    expect(at.notifier.subjects).toEqual([expect.stringMatching(/^\[undrift\] Already closed: /)]);
    const requestParameters = { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: RULE.id }] } };
    at.send('security-groups', call('RevokeSecurityGroupIngress', at.clock.iso(), { requestParameters }));
    await at.run(HOUR);
    const page = await shown(at, at.incident().id);
    expect(page).toContain('answered: nothing of it was left');
    expect(page).toContain('closed by actor: the principal that made the change took it back');
    expect(page).toContain('undrift changed nothing, so there is nothing to undo.');
  });

  it('that is gone after a call without an answer is not said to be revoked', async () => {
    const at = group();
    const { revoke } = at.securityGroups;
    at.securityGroups.revoke = () => Promise.reject(new Error('the function was stopped'));
    at.send('security-groups', event(at));
    await at.run(1);
    at.securityGroups.close(RULE.id);
    Object.assign(at.securityGroups, { revoke });
    await at.run(HOUR);
    const text = at.notifier.notices.at(-1)?.notice.text.replace(/\s+/g, ' ');
    expect(text).toContain('No answer to that call is on record; what was wrong is gone now.');
    expect(text).not.toContain(`Revoked ${RULE.id}`);
  });

  it('that the change did not open is not said to have been open only since the change', async () => {
    const at = group('observe');
    const requestParameters = { groupId: GROUP, securityGroupRuleDescriptions: { items: [] } };
    const named = {
      ...requestParameters,
      securityGroupRuleDescriptions: { items: [{ securityGroupRuleId: RULE.id }] },
    };
    at.send(
      'security-groups',
      call('UpdateSecurityGroupRuleDescriptionsIngress', at.clock.iso(), { requestParameters: named }),
    );
    await at.run(10);
    at.securityGroups.close(RULE.id);
    await at.run(2 * 24 * HOUR);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'another' });
    expect(await shown(at, at.incident().id)).not.toContain('It was open for');
  });
});

describe('a batch', () => {
  function batch(desired: number) {
    const shipped = shippedPolicy('enforce');
    const instanceRules = { ...shipped.instanceRules, 'command-run': { mode: null }, 'ssh-key-pushed': { mode: null } };
    const at = new World({ ...shipped, instanceRules, budget: { perGroup: 1, perHour: 1000 } });
    const tags = { 'undrift:replace': 'allowed' };
    const ids = at.fleet.addGroup({ name: 'web', desired, max: 2 * desired, tags }, BASELINE);
    at.nodes.reach(COMMAND, ids);
    const named = { targets: [{ key: 'tag:Env', values: ['prod'] }] };
    at.send('instances', sendCommand(at.clock.iso(), named, COMMAND));
    return { at, ids };
  }
  const whole = (at: World) => at.ledger.incidents.find(({ resource }) => resource.type === 'targets');
  const members = (at: World) => at.ledger.incidents.filter(({ resource }) => resource.type === 'instance');

  it('of which one was cleared and one ended by somebody else does not say that all are gone', async () => {
    const { at, ids } = batch(2);
    await at.run(10 * MINUTE);
    const [first] = members(at);
    await clear(at, first?.id);
    const other = ids.find((id) => id !== first?.resource.id) ?? '';
    at.fleet.change((state) => terminated(state, other));
    await at.run(2 * HOUR);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'another' });
    const page = await shown(at, whole(at)?.id ?? '');
    expect(page).toContain('of the instances that the call named: 1 cleared by a person, 1 not replaced by undrift');
    expect(page).not.toContain('the resource is gone');
  });

  it('whose rule is switched off does not say that its instances are gone', async () => {
    const { at } = batch(2);
    await at.run(10 * MINUTE);
    const { instanceRules } = at.policy;
    at.policy = { ...at.policy, instanceRules: { ...instanceRules, 'command-run': { mode: 'off' } } };
    await at.run(3 * HOUR);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'policy' });
    expect(await shown(at, whole(at)?.id ?? '')).not.toMatch(/gone/);
  });

  it('of which a person cleared one is said to be replaced partly', async () => {
    const { at } = batch(2);
    await at.run(10 * MINUTE);
    await clear(at, members(at)[0]?.id);
    await at.run(2 * HOUR);
    expect(whole(at)).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(at.notifier.subjects.at(-1)).toMatch(/^\[undrift\] Partly replaced: /);
    const page = await shown(at, whole(at)?.id ?? '');
    expect(page).toContain(
      'closed by undrift: of the instances that the call named: 1 replaced, 1 cleared by a person',
    );
  });

  it('that waited for an instance when a person cleared it does not say that it is not over', async () => {
    const { at } = batch(2);
    await at.run(10 * MINUTE);
    const incident = whole(at);
    if (incident === undefined) throw new Error('no batch');
    await at.ledger.put({ ...incident, outcome: { kind: 'unverified', why: 'waits for 1 open incidents' } });
    await clear(at, incident.id);
    expect(await shown(at, incident.id)).not.toContain('not over');
  });
});

it('an instance that a person ended right before undrift would have is not said to be replaced by undrift', async () => {
  const shipped = shippedPolicy('enforce');
  const instanceRules = { ...shipped.instanceRules, 'ssh-key-pushed': { mode: null } };
  const at = new World({ ...shipped, instanceRules, budget: { perGroup: 1, perHour: 1000 } });
  const tags = { 'undrift:replace': 'allowed' };
  const [id = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  const replace = at.fleet.replace.bind(at.fleet);
  at.fleet.replace = async (...args) => {
    at.fleet.change((state) => terminated(state, id));
    return replace(...args);
  };
  at.send('instances', pushKey(at.clock.iso(), id));
  await at.run(4 * HOUR);
  expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'vanished', outcome: { kind: 'already-done' } });
  expect(await shown(at, at.incident().id)).toContain('undrift changed nothing, so there is nothing to undo.');
});
