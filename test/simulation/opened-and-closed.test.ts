/** A port that is opened, used and closed before its event arrives is reported once; nothing is acted on. */
import { describe, expect, it } from 'vitest';
import { incidentPage } from '../../cli/incidents/show.ts';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { rule } from '../unit/rules/perfect.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, OWN_ROLE, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const RULE = 'sgr-00000000000000001';
const KIM = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/kim` };
const LEE = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/lee` };

const ssh = rule(RULE, { groupId: GROUP });

function world(mode: 'observe' | 'enforce' = 'enforce', change: Partial<Policy> = {}): World {
  const at = new World(shippedPolicy(mode, change));
  at.network.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: { Owner: 'web-team' } });
  return at;
}

const opened = (at: World, { id, fromPort, toPort, source }: SecurityGroupRule = ssh) =>
  authorize(at.clock.iso(), { id, groupId: GROUP, fromPort, toPort, cidr: 'cidr' in source ? source.cidr : '' });

function revoked(at: World, userIdentity: object, ...ids: readonly string[]) {
  const items = ids.map((securityGroupRuleId) => ({ securityGroupRuleId }));
  const requestParameters = { groupId: GROUP, securityGroupRuleIds: { items } };
  return call('RevokeSecurityGroupIngress', at.clock.iso(), { userIdentity, requestParameters });
}

function modified(at: World, id: string, cidr: string, userIdentity: object = KIM) {
  const values = { IpProtocol: '6', FromPort: 22, ToPort: 22, CidrIpv4: cidr };
  const rule = { SecurityGroupRuleId: id, SecurityGroupRule: values };
  const requestParameters = { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: rule } };
  return call('ModifySecurityGroupRules', at.clock.iso(), { userIdentity, requestParameters });
}

/** Opened, and revoked 12 s later, both before anything is looked at. */
async function passed(at: World, by: object | null = KIM): Promise<void> {
  const event = opened(at);
  at.clock.advance(12);
  at.send('security-groups', event);
  if (by !== null) at.send('security-groups', revoked(at, by, RULE));
  await at.run(300);
}

/** Widened, and narrowed again 12 s later, both before anything is looked at. */
async function widened(at: World): Promise<void> {
  at.network.open({ ...ssh, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } });
  const wide = modified(at, RULE, '0.0.0.0/0');
  at.clock.advance(12);
  const narrow = modified(at, RULE, '10.0.0.0/8');
  at.send('security-groups', wide);
  at.send('security-groups', narrow);
  await at.run(300);
}

const notices = (at: World) => at.notifier.notices.map(({ notice }) => notice);

describe('a port that was opened and closed before its event arrived', () => {
  it.each(['enforce', 'observe'] as const)(
    'is reported once, with who closed it and for how long, in %s mode',
    async (mode) => {
      const at = world(mode);
      await passed(at);
      const [notice, ...others] = notices(at);
      expect(others).toEqual([]);
      expect(notice?.attributes.outcome).toBe('already-done');
      expect(notice?.subject).toMatch(/Already closed: SSH .* on sg-0123456789abcdef0/);
      expect(notice?.text).toContain('It was open for 12 s');
      expect(notice?.text).toContain('RevokeSecurityGroupIngress');
      expect(at.incident()).toMatchObject({
        status: 'closed',
        closedBy: 'actor',
        rounds: 1,
        finding: { rule: 'internet', severity: 'high' },
        closing: { actor: KIM, name: 'RevokeSecurityGroupIngress' },
        decision: { remediation: null },
        attempts: [],
      });
      expect(at.incident().change).not.toHaveProperty('recorded');
      expect(at.securityGroups.callsOf('revoke')).toEqual([]);
      expect(at.waiting).toBe(0);
    },
  );

  it('names somebody else who closed it', async () => {
    const at = world();
    await passed(at, LEE);
    expect(at.incident()).toMatchObject({ closedBy: 'another', closing: { actor: LEE } });
    expect(notices(at)[0]?.text).toContain('user/lee');
  });

  it('is reported where nobody is known to have closed it, with the longest that it can have been open', async () => {
    const at = world();
    await passed(at, null);
    expect(at.incident()).toMatchObject({ closedBy: 'another' });
    expect(at.incident().closing).toBeUndefined();
    expect(notices(at)[0]?.text).toMatch(/It was open for at most \d+ s/);
    expect(notices(at)[0]?.text).toMatch(/It is not on record who closed it/);
  });

  it('is the only notification of it to people, and one that asks for a look', async () => {
    const at = world();
    await passed(at);
    expect(notices(at)[0]?.email).toMatchObject({ kind: 'finding', over: true });
  });

  it('is nothing where the policy turns the rule off', async () => {
    const at = world();
    at.policy = { ...at.policy, internet: { ...at.policy.internet, mode: 'off' } };
    await passed(at);
    expect(at.ledger.incidents).toEqual([]);
  });

  it('names who revoked more rules than are noted of one call, or says that it is not on record', async () => {
    const at = world();
    const ids = Array.from({ length: 60 }, (_, n) => `sgr-${String(n + 100).padStart(17, '0')}`);
    const event = opened(at);
    const items = ids.map((securityGroupRuleId, n) => ({
      ...{ groupId: GROUP, securityGroupRuleId, isEgress: false, ipProtocol: 'tcp', fromPort: 22, toPort: 22 },
      cidrIpv4: `${n + 20}.0.0.0/8`,
    }));
    const responseElements = { _return: true, securityGroupRuleSet: { items } };
    at.send('security-groups', { ...event, detail: { ...event.detail, responseElements } });
    at.clock.advance(12);
    at.send('security-groups', revoked(at, KIM, ...ids));
    await at.run(300);
    const [incident] = at.ledger.incidents;
    if (incident?.closing === undefined) expect(notices(at)[0]?.text).toMatch(/It is not on record who closed it/);
  });

  it('is completed when the event of the closing comes late, without another notification', async () => {
    const at = world();
    const event = opened(at);
    at.clock.advance(12);
    const late = revoked(at, KIM, RULE);
    at.send('security-groups', event);
    await at.run(300);
    at.send('security-groups', late);
    await at.run(60);
    expect(at.incident()).toMatchObject({ closedBy: 'actor', closing: { actor: KIM } });
    expect(notices(at)).toHaveLength(1);
  });

  it('is not reported before EC2 must have caught up, nor where it was only not visible yet', async () => {
    const at = world();
    at.network.staleReadsFor(50);
    at.network.open(ssh);
    at.send('security-groups', opened(at));
    await at.run(40);
    expect(at.ledger.incidents).toEqual([]);
    await at.run(200);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(notices(at).map(({ attributes }) => attributes.outcome)).toEqual(['done']);
  });

  it('is reported once, however often and late its event comes', async () => {
    const at = world();
    const event = opened(at);
    for (let n = 0; n < 4; n++) {
      at.send('security-groups', event);
      await at.run(200);
    }
    expect(notices(at)).toHaveLength(1);
    expect(at.incident().rounds).toBe(1);
  });

  it('is a further round when it happens again, and a loop when it happens five times', async () => {
    const at = world();
    for (let n = 1; n <= 5; n++) {
      at.send('security-groups', opened(at, { ...ssh, id: `sgr-0000000000000001${n}` }));
      await at.run(100);
    }
    await at.run(100);
    expect(at.incident().rounds).toBe(5);
    const [loop, ...others] = notices(at).filter(({ attributes }) => attributes.outcome === 'escalated');
    expect(others).toEqual([]);
    // undrift found each of them closed.
    expect(loop?.text).not.toMatch(/undrift closes? /);
  });

  it('is reported where the whole group was deleted since', async () => {
    const at = world();
    at.network.removeGroup(GROUP);
    await passed(at, null);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'vanished', resource: { id: GROUP } });
    expect(notices(at)).toHaveLength(1);
  });

  it.each([
    ['nothing that is protected', { ...ssh, fromPort: 443, toPort: 443 }, {}],
    ['the office alone', { ...ssh, source: { kind: 'ipv4', cidr: '203.0.113.0/24' } as const }, {}],
  ])('is nothing where it opened %s', async (_what, rule, change) => {
    const at = world('enforce', change);
    at.send('security-groups', opened(at, rule));
    await at.run(300);
    expect(at.ledger.incidents).toEqual([]);
    expect(notices(at)).toEqual([]);
  });

  it('is nothing where the call failed, or was a dry run', async () => {
    const at = world();
    const event = opened(at);
    at.send('security-groups', { ...event, detail: { ...event.detail, errorCode: 'Client.DryRunOperation' } });
    await at.run(300);
    expect(at.ledger.incidents).toEqual([]);
  });

  it('counts with what is there: a range that is within the limit by itself, beside another one', async () => {
    const at = world('enforce');
    at.network.open({ ...ssh, id: 'sgr-00000000000000009', source: { kind: 'ipv4', cidr: '52.0.0.0/8' } });
    at.send('security-groups', opened(at, { ...ssh, source: { kind: 'ipv4', cidr: '54.0.0.0/8' } }));
    await at.run(300);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'another' });
    expect(at.incident().finding.evidence.join()).toContain(RULE);
    expect(at.incident().finding.evidence.join()).not.toContain('sgr-00000000000000009');
    expect(at.network.truth.rules).toHaveLength(1);
  });
});

describe('a rule that was widened and narrowed again before its event arrived', () => {
  it('is reported, with who narrowed it', async () => {
    const at = world();
    await widened(at);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      closedBy: 'actor',
      finding: { rule: 'internet' },
      closing: { name: 'ModifySecurityGroupRules' },
    });
    expect(notices(at)).toHaveLength(1);
    expect(at.waiting).toBe(0);
  });

  it.each([
    ['another rule of the group is open and held', 'observe'],
    ['each change past the pipeline is a finding by itself', 'enforce'],
  ] as const)('names who narrowed it where %s', async (_what, mode) => {
    const at = world(mode);
    const pipelineOnly = { ...at.policy.pipelineOnly, mode: 'enforce' as const };
    if (mode === 'enforce') at.policy = { ...at.policy, pipelineOnly };
    else at.network.open({ ...ssh, id: 'sgr-00000000000000009', fromPort: 3389, toPort: 3389 });
    await widened(at);
    const passedOnes = at.ledger.incidents.filter(({ key }) => key.endsWith('/passed'));
    expect(passedOnes).toMatchObject([{ closedBy: 'actor', closing: { name: 'ModifySecurityGroupRules' } }]);
  });

  it('is no such thing where EC2 spells the same rule otherwise', async () => {
    const at = world();
    at.network.open({ ...ssh, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } });
    at.send('security-groups', modified(at, RULE, '10.1.2.3/8'));
    await at.run(10);
    expect(at.waiting).toBe(0);
    expect(at.ledger.incidents).toEqual([]);
  });

  it('has the direction of the call that revoked it', async () => {
    const at = world();
    const wide = modified(at, RULE, '0.0.0.0/0');
    at.clock.advance(12);
    const items = [{ securityGroupRuleId: RULE }];
    const requestParameters = { groupId: GROUP, securityGroupRuleIds: { items } };
    at.send('security-groups', wide);
    at.send('security-groups', call('RevokeSecurityGroupEgress', at.clock.iso(), { requestParameters }));
    await at.run(300);
    expect(at.ledger.incidents.map(({ finding }) => finding.rule)).toEqual([]);
  });
});

describe('an entry that was added to a prefix list and removed again before the event arrived', () => {
  const LIST = 'pl-0123456789abcdef0';
  const OFFICE = '203.0.113.0/24';
  const widened = (at: World, ...cidrs: readonly string[]) =>
    call('ModifyManagedPrefixList', at.clock.iso(), {
      requestParameters: {
        ModifyManagedPrefixListRequest: {
          PrefixListId: LIST,
          CurrentVersion: 1,
          AddEntry: cidrs.map((Cidr, tag) => ({ Cidr, tag })),
        },
      },
    });
  const listed = (...cidrs: readonly string[]) => ({ id: LIST, name: 'office', ownerId: ACCOUNT, cidrs, version: 3 });
  const named = { ...ssh, source: { kind: 'prefix-list', id: LIST } as const };

  function listWorld(mode: 'observe' | 'enforce' = 'enforce'): World {
    const at = world(mode);
    at.network.setPrefixList(listed(OFFICE));
    at.network.open(named);
    return at;
  }

  it('is reported once for each group whose rule names the list', async () => {
    const at = listWorld();
    at.send('security-groups', widened(at, '0.0.0.0/1', '128.0.0.0/1'));
    await at.run(300);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      closedBy: 'another',
      resource: { id: GROUP },
      outcome: { kind: 'already-done', seen: `${LIST} read: 0.0.0.0/1, 128.0.0.0/1 gone` },
    });
    expect(notices(at)[0]?.text).toMatch(new RegExp(`look in CloudTrail for calls on\\s+${LIST}`));
    expect(notices(at)).toHaveLength(1);
    expect(at.network.truth.rules).toEqual([named]);
    expect(at.waiting).toBe(0);
  });

  it('is nothing where it would have opened nothing', async () => {
    const at = listWorld();
    at.send('security-groups', widened(at, '198.51.100.0/24'));
    await at.run(300);
    expect(at.ledger.incidents).toEqual([]);
  });

  it('is not reported again where undrift saw it open', async () => {
    const at = listWorld('observe');
    at.network.setPrefixList(listed(OFFICE, '0.0.0.0/1'));
    at.send('security-groups', widened(at, '0.0.0.0/1'));
    await at.run(30);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe' });
    at.network.setPrefixList(listed(OFFICE));
    await at.run(300);
    expect(at.ledger.incidents).toHaveLength(1);
    expect(notices(at)).toHaveLength(1);
  });
});

describe('what undrift closed itself', () => {
  it('is never reported as closed by somebody, also not with other rules in one act, or by a late event', async () => {
    const at = world();
    const rdp = { ...ssh, id: 'sgr-00000000000000002', fromPort: 3389, toPort: 3389 };
    at.network.open(ssh, rdp);
    const [first, second] = [opened(at), opened(at, rdp)];
    at.send('security-groups', first);
    await at.run(5);
    at.send('security-groups', second);
    await at.run(120);
    at.send('security-groups', first);
    at.send('security-groups', second);
    await at.run(300);
    expect(at.network.truth.rules).toEqual([]);
    expect(at.ledger.incidents.map(({ closedBy }) => closedBy)).toEqual(['undrift']);
    expect(notices(at).map(({ attributes }) => attributes.outcome)).toEqual(['done']);
  });

  it('is known by the event of our call where the ledger lists so many other incidents', async () => {
    const at = world();
    at.network.open(ssh);
    const event = opened(at);
    at.send('security-groups', event);
    await at.run(5);
    const { requestId } = at.incident().attempts[0] ?? {};
    const ours = { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: OWN_ROLE } } };
    const own = revoked(at, ours, RULE);
    at.send('security-groups', { ...own, detail: { ...own.detail, requestID: requestId } });
    await at.run(120);
    at.ledger.of = async () => [];
    at.ledger.recent = async () => [];
    at.send('security-groups', { ...event, detail: { ...event.detail, eventID: 'another-copy' } });
    await at.run(120);
    expect(at.ledger.incidents).toHaveLength(1);
    expect(notices(at)).toHaveLength(1);
  });
});

describe('a rule that undrift revoked under another incident', () => {
  it('is on record as closed by undrift, in each incident about it', async () => {
    const pipelineOnly = { ...shippedPolicy('enforce').pipelineOnly, mode: 'observe' } as const;
    const at = world('enforce', { pipelineOnly });
    at.policy = { ...at.policy, internet: { ...at.policy.internet, mode: 'observe' } };
    at.network.open(ssh);
    at.send('security-groups', opened(at));
    await at.run(60);
    at.policy = { ...at.policy, internet: { ...at.policy.internet, mode: 'enforce' } };
    await at.run(2 * 86_400);
    expect(at.network.truth.rules).toEqual([]);
    const [added, open] = at.ledger.incidents.toSorted((a, b) => (a.finding.rule < b.finding.rule ? 1 : -1));
    expect(open).toMatchObject({ finding: { rule: 'internet' }, closedBy: 'undrift' });
    expect(added).toMatchObject({ finding: { rule: 'pipeline-only' }, closedBy: 'undrift', closedWith: open?.id });
    expect(added && incidentPage(added, [], at.clock.iso())).not.toMatch(/undrift (did not change it|changed nothing)/);
  });
});

describe('an exposure that undrift holds and somebody closes', () => {
  it.each([
    ['actor', KIM],
    ['another', LEE],
  ] as const)('is closed at once by the event of that, by %s', async (closedBy, who) => {
    const at = world('observe');
    at.network.open(ssh);
    at.send('security-groups', opened(at));
    await at.run(100);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe' });
    at.network.close(RULE);
    at.send('security-groups', revoked(at, who, RULE));
    await at.run(30);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy, closing: { actor: who } });
    expect(at.ledger.incidents).toHaveLength(1);
  });

  it('says nothing of who closed it where no event came', async () => {
    const at = world('observe');
    at.network.open(ssh);
    at.send('security-groups', opened(at));
    await at.run(100);
    at.network.close(RULE);
    await at.run(90_000);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'another' });
    expect(at.incident().closing).toBeUndefined();
  });
});
