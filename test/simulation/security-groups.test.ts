import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, type Death, OWN_ROLE, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;

function ssh(n: number, cidr = '0.0.0.0/0'): SecurityGroupRule {
  return {
    id: ruleId(n),
    groupId: GROUP,
    egress: false,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr },
    description: null,
  };
}
const https: SecurityGroupRule = { ...ssh(900), id: ruleId(900), fromPort: 443, toPort: 443 };
const office = ssh(901, '203.0.113.0/24');

function world(policy = shippedPolicy('enforce')) {
  const made = new World(policy);
  made.securityGroups.addGroup({
    id: GROUP,
    name: 'web',
    ownerId: ACCOUNT,
    vpcId: 'vpc-1',
    tags: { Owner: 'web-team' },
  });
  made.securityGroups.open(https, office);
  return made;
}

function open(at: World, n: number): unknown {
  at.securityGroups.open(ssh(n));
  return authorize(at.clock.iso(), { id: ruleId(n), groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });
}

const left = (at: World) => at.securityGroups.rulesOf(GROUP).map(({ id }) => id);
const revokes = (at: World) => at.securityGroups.callsOf('revoke').length;

describe('an opened rule', () => {
  it('is revoked, its siblings stay, and people are told once', async () => {
    const at = world();
    at.send('security-groups', open(at, 1));
    await at.run(120);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      closedBy: 'undrift',
      rounds: 1,
      outcome: { kind: 'done' },
    });
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.waiting).toBe(0);
  });

  it('is dealt with once when its event comes three times', async () => {
    const at = world();
    const event = open(at, 1);
    for (let n = 0; n < 3; n++) at.send('security-groups', event);
    await at.run(600);
    expect(revokes(at)).toBe(1);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.waiting).toBe(0);
  });

  it('is closed and reported fifty times when it is opened fifty times, by a few emails, and reported as a loop once', async () => {
    const at = world();
    for (let n = 1; n <= 50; n++) {
      at.send('security-groups', open(at, n));
      await at.run(20);
    }
    await at.run(300);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(revokes(at)).toBe(50);
    expect(at.incident().rounds).toBe(50);
    const outcomes = at.notifier.notices.map(({ notice }) => notice.attributes.outcome);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(50);
    expect(at.notifier.notices.filter(({ mail }) => mail).length).toBeLessThanOrEqual(4);
    expect(outcomes.filter((outcome) => outcome === 'escalated')).toHaveLength(1);
  });

  it('is left alone in observe mode, and told with what would be done', async () => {
    const at = world(shippedPolicy('observe'));
    at.send('security-groups', open(at, 1));
    await at.run(3600);
    expect(revokes(at)).toBe(0);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.notifier.notices[0]?.notice.text).toMatch(/would/);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe', outcome: { kind: 'observed' } });
  });

  it('waits while undrift is paused, and is closed after the resume', async () => {
    const at = world();
    at.pause.set({ until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim', at: at.clock.iso() });
    at.send('security-groups', open(at, 1));
    await at.run(300);
    expect(revokes(at)).toBe(0);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
    at.pause.set(null);
    await at.run(180);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    const kinds = at.notifier.notices.map(({ notice }) => notice.json.kind);
    expect(kinds.filter((kind) => kind !== 'digest')).toEqual(['paused', 'held', 'resumed', 'fixed']);
  });

  it('that is gone again before it is looked at is reported once that is sure', async () => {
    const at = world();
    at.send('security-groups', open(at, 1));
    at.securityGroups.close(ruleId(1));
    await at.run(30);
    expect(at.waiting).toBe(1);
    await at.run(120);
    expect(at.waiting).toBe(0);
    expect(revokes(at)).toBe(0);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'another', outcome: { kind: 'already-done' } });
    expect(at.notifier.notices).toHaveLength(1);
  });
});

describe('a rule that is modified in place', () => {
  /** Widened or narrowed under the same id, and the event that tells. */
  function modify(at: World, cidr: string): void {
    at.securityGroups.open({ ...office, source: { kind: 'ipv4', cidr } });
    const SecurityGroupRule = { CidrIpv4: cidr, IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
    const request = { GroupId: GROUP, SecurityGroupRule: { SecurityGroupRuleId: office.id, SecurityGroupRule } };
    const requestParameters = { ModifySecurityGroupRulesRequest: request };
    const responseElements = { _return: true };
    at.send(
      'security-groups',
      call('ModifySecurityGroupRules', at.clock.iso(), { requestParameters, responseElements }),
    );
  }

  it('is closed also when it was held, narrowed by somebody, and is widened again at once', async () => {
    const at = world();
    at.pause.set({ until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim', at: at.clock.iso() });
    modify(at, '0.0.0.0/0');
    await at.run(90);
    modify(at, '203.0.113.0/24');
    // What rests while paused is looked at every five minutes.
    await at.run(300);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'actor' });
    at.pause.set(null);
    modify(at, '0.0.0.0/0');
    await at.run(120);
    expect(left(at)).toEqual([ruleId(900)]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 2 });
  });

  it('is not hidden by reads that are stale for 5 s', async () => {
    const at = world();
    at.clock.advance(60);
    at.securityGroups.staleReadsFor(5);
    modify(at, '0.0.0.0/0');
    await at.run(300);
    expect(left(at)).toEqual([ruleId(900)]);
  });
});

describe('reads that are stale for 5 s', () => {
  it('before and after the act make no second act and no second notice', async () => {
    const at = world();
    at.clock.advance(60);
    at.securityGroups.staleReadsFor(5);
    const event = open(at, 1);
    at.send('security-groups', event);
    at.send('security-groups', event);
    await at.run(900);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(revokes(at)).toBe(1);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });
});

describe('a worker that dies', () => {
  /** Every call of the run without a death, so that none is forgotten when the flow grows. */
  async function callsOfOneRun(): Promise<string[]> {
    const at = world();
    at.send('security-groups', open(at, 1));
    await at.run(30);
    return at.calls;
  }

  it('at any call, before or after its effect, leaves nothing open, acts once and tells once', async () => {
    const calls = await callsOfOneRun();
    expect(calls).toContain('ec2.revoke');
    for (const [index, name] of calls.entries()) {
      for (const effect of ['before', 'after'] as const) {
        const death: Death = { call: index + 1, effect };
        const at = world();
        at.dieAt(death);
        at.send('security-groups', open(at, 1));
        await at.run(1800);
        const where = `${effect} ${name} (${index + 1})`;
        expect(left(at), where).toEqual([ruleId(900), ruleId(901)]);
        expect(revokes(at), where).toBe(1);
        expect(at.incident(), where).toMatchObject({ status: 'closed', closedBy: 'undrift' });
        // A message that was published by a worker that died before it could note so is published again: SNS has no
        // memory. That is the one place where a notice may come twice.
        const publishedUnnoted = name === 'sns.publish' && effect === 'after';
        const unnoted = name === 'outbox.sent' && effect === 'before';
        expect(at.notifier.notices.length, where).toBe(publishedUnnoted || unnoted ? 2 : 1);
        expect(at.ledger.outbox.owed, where).toEqual([]);
        expect(at.waiting, where).toBe(0);
      }
    }
  });
});

describe('openings of one group that are worked on at once', () => {
  /** Opened by an event of its own each, all at the same moment. */
  function openTogether(at: World, cidrs: readonly string[]): void {
    at.concurrency = 5;
    cidrs.forEach((cidr, n) => {
      at.securityGroups.open(ssh(n + 1, cidr));
      const rule = { id: ruleId(n + 1), groupId: GROUP, fromPort: 22, toPort: 22, cidr };
      at.send('security-groups', authorize(at.clock.iso(), rule));
    });
  }
  const revoked = (at: World) => at.securityGroups.callsOf('revoke').flatMap(({ args }) => args[1] as string[]);

  it.each([
    ['two /8, of which one may stay', ['1.0.0.0/8', '2.0.0.0/8'], 1],
    [
      'six /9, of which two may stay',
      ['1.0.0.0/9', '2.0.0.0/9', '3.0.0.0/9', '4.0.0.0/9', '5.0.0.0/9', '6.0.0.0/9'],
      4,
    ],
  ])('%s: no more is revoked than it takes', async (_what, cidrs, gone) => {
    const at = world();
    openTogether(at, cidrs);
    await at.run(300);
    expect(new Set(revoked(at)).size).toBe(gone);
    expect(revoked(at)).toHaveLength(gone);
    expect(at.waiting).toBe(0);
  });

  it('forty at once: each rule is revoked once, and told once', async () => {
    const at = world();
    openTogether(
      at,
      Array.from({ length: 40 }, (_, n) => `${n + 11}.0.0.0/7`),
    );
    await at.run(300);
    expect(left(at).length).toBeLessThanOrEqual(3);
    expect(new Set(revoked(at)).size).toBe(revoked(at).length);
    expect(at.notifier.notices).toHaveLength(at.securityGroups.callsOf('revoke').length);
  });
});

describe('a call by a role of ours', () => {
  const userIdentity = {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/undrift-dev-security-groups/undrift`,
    sessionContext: { sessionIssuer: { type: 'Role', arn: OWN_ROLE } },
  };
  const revoke = (at: World, requestID: string) =>
    call('RevokeSecurityGroupIngress', at.clock.iso(), {
      userIdentity,
      requestID,
      requestParameters: { groupId: GROUP },
    });

  it('that the ledger knows asks for nothing, whenever its event comes', async () => {
    const at = world();
    at.send('security-groups', open(at, 1));
    await at.run(30);
    const requestId = at.incident().attempts[0]?.requestId ?? '';
    const event = revoke(at, requestId);
    await at.run(600);
    at.calls = [];
    at.send('security-groups', event);
    await at.run(60);
    expect(at.calls).toEqual(['ledger.knowsRequest']);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('whose worker died before it could note the request is ours all the same', async () => {
    const at = world();
    const model = world();
    model.send('security-groups', open(model, 1));
    await model.run(30);
    at.dieAt({ call: model.calls.indexOf('ec2.revoke') + 1, effect: 'after' });
    at.send('security-groups', open(at, 1));
    await at.run(5);
    expect(at.calls.at(-1)).toBe('ec2.revoke');
    at.send('security-groups', revoke(at, 'never-recorded'));
    await at.run(600);
    expect(at.ledger.incidents.map(({ finding }) => finding.rule)).toEqual(['internet']);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('that undrift did not make is told, once it cannot be one that is still to be recorded', async () => {
    const at = world();
    const event = revoke(at, 'somebody-elses');
    at.send('security-groups', event);
    at.send('security-groups', event);
    await at.run(29);
    expect(at.notifier.notices).toHaveLength(0);
    await at.run(120);
    expect(at.incident()).toMatchObject({ finding: { rule: 'own-role-misused', severity: 'critical' } });
    expect(at.notifier.notices).toHaveLength(1);
  });
});

describe('a message that cannot be handled', () => {
  it('is parked with its reason, and the others are handled', async () => {
    const at = world();
    at.send('security-groups', '{"detail-type": ');
    at.send('security-groups', { hello: 'world' });
    at.send('security-groups', open(at, 1));
    await at.run(60);
    expect(at.parked.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/MalformedEvent.*JSON/),
      expect.stringMatching(/MalformedEvent.*neither/),
    ]);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(at.waiting).toBe(0);
  });
});

describe('a group of which the event gives only the name', () => {
  const named = (at: World) => {
    at.securityGroups.open(ssh(1));
    const requestParameters = { groupName: 'web', ipPermissions: {} };
    return call('AuthorizeSecurityGroupIngress', at.clock.iso(), { requestParameters });
  };

  it('is closed by its id', async () => {
    const at = world();
    at.send('security-groups', named(at));
    await at.run(300);
    expect(left(at)).toEqual([ruleId(900), ruleId(901)]);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      closedBy: 'undrift',
      decision: { remediation: { groupId: GROUP } },
    });
    expect([at.waiting, at.parked.length]).toEqual([0, 0]);
  });

  it('is reported, and after 12 hours dead-lettered, with the groups when several have the name', async () => {
    const at = world();
    at.securityGroups.addGroup({ id: 'sg-2', name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-2', tags: {} });
    at.send('security-groups', named(at));
    await at.run(13 * 3600);
    expect(revokes(at)).toBe(0);
    expect(at.parked.map(({ reason }) => reason)).toEqual([
      `AwsRefused: several groups have the name web: ${GROUP}, sg-2`,
    ]);
    expect(at.notifier.subjects).toEqual([
      '[undrift] Delayed: AuthorizeSecurityGroupIngress on name=web (security-groups)',
      '[undrift] Dead-lettered: AuthorizeSecurityGroupIngress on name=web (security-groups)',
    ]);
  });
});
