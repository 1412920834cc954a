/** Messages out of a dead-letter queue. Somebody else may have put them there, and chose every word of them. */
import { describe, expect, it } from 'vitest';
import type { Baseline, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { authorize, call, changeUserData, startSession } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const TAGS = { 'undrift:replace': 'allowed' };

const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;

/** Sessions are enforced at once, and so is that the pipeline alone adds rules. */
function policy(): Policy {
  const shipped = shippedPolicy('enforce', { trustedActors: [{ id: 'pipeline', role: ROLE }] });
  const instanceRules = { ...shipped.instanceRules, 'session-started': { mode: null, graceMinutes: 0 } };
  return { ...shipped, instanceRules, pipelineOnly: { mode: null } };
}

function fleet() {
  const at = new World(policy());
  const [one = '', two = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags: TAGS }, BASELINE);
  return { at, one, two };
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);
const deadLetters = (at: World) => at.notifier.subjects.filter((it) => it.includes('Dead-lettered'));

describe('a redriven event about an instance', () => {
  it.each([
    ['a session', (id: string, now: string) => startSession(now, id, 's-forged')],
    ['changed user data', (id: string, now: string) => changeUserData(now, id)],
  ])('replaces nothing without its record in CloudTrail, and is reported once: %s', async (_name, forged) => {
    const { at, one } = fleet();
    at.redrive('instances', forged(one, at.clock.iso()));
    await at.run(2 * HOUR);
    expect(replaced(at)).toEqual([]);
    expect(at.ledger.incidents).toEqual([]);
    expect(deadLetters(at)).toHaveLength(1);
    expect(at.notifier.notices[0]?.notice.text).toContain('CloudTrail has no record of the event');
    expect([at.waiting, at.parked]).toEqual([1, []]);
  });

  it('is dealt with like any other when CloudTrail has it, also where it shows it late', async () => {
    const { at, one } = fleet();
    const event = changeUserData(at.clock.iso(), one);
    at.redrive('instances', event);
    await at.run(MINUTE);
    expect(replaced(at)).toEqual([]);
    at.history.add(event);
    await at.run(HOUR);
    expect([replaced(at), at.waiting, at.ledger.incidents.map(({ status }) => status)]).toEqual([[one], 0, ['closed']]);
  });

  it.each([
    ['cannot be asked for now', new Retryable('ThrottlingException')],
    ['may not be asked for', new Refused('AccessDeniedException')],
  ])('replaces nothing while the record %s', async (_name, refusal) => {
    const { at, one } = fleet();
    const event = changeUserData(at.clock.iso(), one);
    at.history.add(event);
    at.history.failNext(refusal);
    at.redrive('instances', event);
    await at.run(10 * MINUTE);
    expect(replaced(at)).toEqual([]);
    await at.run(HOUR);
    expect(replaced(at)).toEqual([one]);
  });

  it('is dealt with as CloudTrail has it: another instance, actor or time in its text counts for nothing', async () => {
    const { at, one, two } = fleet();
    const event = changeUserData(at.clock.iso(), one);
    at.history.add(event);
    const forged = structuredClone(event);
    Object.assign(forged.detail, { requestParameters: { instanceId: two, userData: '<sensitiveDataRemoved>' } });
    at.redrive('instances', forged);
    await at.run(HOUR);
    expect(replaced(at)).toEqual([one]);
  });

  it('replaces nothing when its id is that of another call', async () => {
    const { at, one } = fleet();
    const harmless = call('RebootInstances', at.clock.iso(), {
      requestParameters: { instancesSet: { items: [{ instanceId: one }] } },
    });
    at.history.add(harmless);
    const forged = changeUserData(at.clock.iso(), one);
    Object.assign(forged.detail, { eventID: harmless.detail.eventID });
    at.redrive('instances', forged);
    await at.run(HOUR);
    expect([replaced(at), at.waiting]).toEqual([[], 1]);
  });

  it('accepts no launch template version, whoever it says published it', async () => {
    const { at } = fleet();
    const launchTemplateId = 'lt-0123456789abcdef0';
    const forged = call('CreateLaunchTemplateVersion', at.clock.iso(), {
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run-1`,
        accountId: ACCOUNT,
        sessionContext: { sessionIssuer: { type: 'Role', arn: ROLE } },
      },
      requestParameters: { CreateLaunchTemplateVersionRequest: { LaunchTemplateId: launchTemplateId } },
      responseElements: {
        CreateLaunchTemplateVersionResponse: { launchTemplateVersion: { launchTemplateId, versionNumber: 9 } },
      },
    });
    at.redrive('instances', forged);
    await at.run(HOUR);
    expect([await at.ledger.lastReading(launchTemplateId), at.waiting]).toEqual([null, 1]);
  });
});

describe('a redriven event about a security group', () => {
  const GROUP = 'sg-0123456789abcdef0';
  const rule = (n: number, cidr: string): SecurityGroupRule => ({
    id: `sgr-${String(n).padStart(17, '0')}`,
    groupId: GROUP,
    egress: false,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr },
    description: null,
  });
  const [world, office] = [rule(1, '0.0.0.0/0'), rule(2, '203.0.113.0/24')];
  const forged = (at: World, { id }: SecurityGroupRule) =>
    authorize(at.clock.iso(), { id, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });

  const unanswered = (at: World, error: Error) =>
    void Object.assign(at.history, { recordOf: () => Promise.reject(error) });

  function group(...rules: readonly SecurityGroupRule[]) {
    const at = new World(policy());
    at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    at.securityGroups.open(...rules);
    return at;
  }

  it('has an exposure closed that is there, also without its record', async () => {
    const at = group(world, office);
    at.redrive('security-groups', forged(at, world));
    await at.run(HOUR);
    expect([at.securityGroups.rulesOf(GROUP), at.waiting]).toEqual([[office], 1]);
  });

  it('has no rule revoked that exposes nothing, whoever it says added it', async () => {
    const at = group(office);
    at.redrive('security-groups', forged(at, office));
    await at.run(HOUR);
    expect([at.securityGroups.rulesOf(GROUP), at.waiting]).toEqual([[office], 1]);
  });

  it('counts in full with its record: what the pipeline did not add is revoked', async () => {
    const at = group(office);
    const event = forged(at, office);
    at.history.add(event);
    at.redrive('security-groups', event);
    await at.run(HOUR);
    expect([at.securityGroups.rulesOf(GROUP), at.waiting]).toEqual([[], 0]);
  });

  it.each<[string, (at: World) => void]>([
    ['CloudTrail shows its record 14 minutes late', () => {}],
    ['CloudTrail is throttled for 14 minutes', (at) => unanswered(at, new Retryable('ThrottlingException'))],
    ['the role may not ask CloudTrail for 14 minutes', (at) => unanswered(at, new Refused('AccessDeniedException'))],
  ])('counts in full, and its exposure is closed at once, where %s', async (_name, begin) => {
    const at = group(world, office);
    const { recordOf } = at.history;
    begin(at);
    const events = [world, office].map((added) => forged(at, added));
    for (const event of events) at.redrive('security-groups', event);
    await at.run(14 * MINUTE);
    expect([at.securityGroups.rulesOf(GROUP), at.waiting]).toEqual([[office], 2]);
    Object.assign(at.history, { recordOf });
    for (const event of events) at.history.add(event);
    await at.run(HOUR);
    expect([at.securityGroups.rulesOf(GROUP), at.waiting]).toEqual([[], 0]);
  });

  it('alone has CloudTrail asked: a message of the queue itself costs no call more', async () => {
    const at = group(world);
    at.send('security-groups', forged(at, world));
    await at.run(MINUTE);
    expect(at.history.calls).toEqual([]);
    at.redrive('security-groups', forged(at, world));
    await at.run(MINUTE);
    expect(at.history.calls).not.toEqual([]);
  });
});
