/** Calls of which CloudTrail left out everything that they named: the groups of the Region are looked at. */
import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const OMITTED = { omitted: true, originalSize: 131_072, reason: 'too large' };
const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (group: number, n: number) => `sgr-${String(group).padStart(8, '0')}${String(n).padStart(9, '0')}`;
const MALLORY = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/mallory`, accountId: ACCOUNT };
const [A, B, C] = [1, 2, 3];

const ssh = (group: number, n: number, given: Partial<SecurityGroupRule> = {}): SecurityGroupRule => ({
  id: ruleId(group, n),
  groupId: groupId(group),
  egress: false,
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description: null,
  ...given,
});
const office = (group: number) => ssh(group, 900, { source: { kind: 'ipv4', cidr: '203.0.113.0/24' } });

function world(groups: readonly number[], policy = shippedPolicy('enforce', { when: 'new' })): World {
  const at = new World(policy);
  for (const n of groups) {
    at.securityGroups.addGroup({ id: groupId(n), name: `g${n}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    at.securityGroups.open(office(n));
  }
  return at;
}

function bothDirections() {
  const policy = shippedPolicy('enforce', { when: 'new' });
  return {
    ...policy,
    egress: { ...policy.internet, ...policy.egress, mode: 'enforce', protects: policy.internet.protects },
  } as const;
}

/** A harmless change that CloudTrail tells of in full: undrift sees the group. */
async function seen(at: World, ...groups: readonly number[]): Promise<void> {
  for (const n of groups) {
    const cidr = '203.0.113.0/24';
    at.send('security-groups', authorize(at.clock.iso(), { ...ssh(n, 900), groupId: groupId(n), cidr }));
  }
  await at.run(90);
}

/** Adds rules, in a record that names nothing. */
function truncated(at: World, rules: readonly SecurityGroupRule[], name = 'AuthorizeSecurityGroupIngress'): unknown {
  at.securityGroups.open(...rules);
  return call(name, at.clock.iso(), {
    userIdentity: MALLORY,
    requestParameters: OMITTED,
    responseElements: OMITTED,
  });
}

const openIn = (at: World, ...groups: readonly number[]) =>
  groups.flatMap((n) => at.securityGroups.rulesOf(groupId(n)).map(({ id }) => id)).filter((id) => !id.endsWith('900'));
const ofCall = (at: World) => at.ledger.incidents.filter(({ finding }) => finding.rule === 'unread-call');
const ofGroups = (at: World) => at.ledger.incidents.filter(({ finding }) => finding.rule === 'internet');

describe('an Authorize of which CloudTrail left everything out', () => {
  it('is closed where the group had not the rule when it was last seen', async () => {
    const at = world([A, B]);
    await seen(at, A, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([]);
    expect(ofGroups(at)).toMatchObject([
      { status: 'closed', closedBy: 'undrift', change: { actor: { arn: MALLORY.arn } } },
    ]);
    expect(ofCall(at)).toMatchObject([{ status: 'closed', unit: 'security-groups' }]);
    expect(at.parked).toEqual([]);
  });

  it('leaves what the group was already seen with', async () => {
    const at = world([A, B]);
    at.securityGroups.open(ssh(B, 7));
    await seen(at, A, B);
    const before = ofGroups(at).length;
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([ruleId(B, 7)]);
    expect(ofGroups(at)).toHaveLength(before + 1);
  });

  it('is closed where no group but one was never seen before and is open', async () => {
    const at = world([A, B, C]);
    await seen(at, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A, B, C)).toEqual([]);
  });

  it('is reported as critical, with its caller and the groups, where several were never seen before', async () => {
    const at = world([A, B, C]);
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([ruleId(A, 1), ruleId(B, 7)]);
    const [incident] = ofCall(at);
    expect(incident).toMatchObject({ status: 'held', guard: 'observe', finding: { severity: 'critical' } });
    expect(incident?.finding.evidence[0]).toContain(`${groupId(A)}, ${groupId(B)}`);
    const { notice } = at.notifier.notices.at(-1) ?? {};
    expect(notice?.text).toContain(groupId(A));
    expect(notice?.text).toContain(MALLORY.arn);
  });

  it('is reported although its caller makes such calls all the time', async () => {
    const at = world([A, B]);
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    for (let n = 0; n < 30; n++) {
      await at.run(20);
      at.send('security-groups', truncated(at, []));
    }
    const critical = at.notifier.notices.filter(
      ({ notice, mail }) => mail && /severity critical|critical: /iu.test(notice.text),
    );
    expect(critical.length).toBeGreaterThan(0);
    expect(critical.length).toBeLessThan(6);
  });

  it('is closed although its caller makes such calls all the time', async () => {
    const at = world([A, B]);
    await seen(at, A, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    for (let n = 0; n < 8; n++) {
      await at.run(15);
      at.send('security-groups', truncated(at, []));
    }
    expect(openIn(at, A)).toEqual([]);
    await at.run(300);
    expect(ofCall(at)).toMatchObject([{ status: 'closed' }]);
  });

  it.each([
    ['is closed beside a group that is exempted', [A, B], { securityGroup: [groupId(B)] }, [B]],
    [
      'is left where people exempted every group that is open',
      [A, B],
      { securityGroup: [groupId(A), groupId(B)] },
      [A, B],
    ],
    [
      'is not closed beside a group of which another port is exempted',
      [A, B],
      { securityGroup: [groupId(B)], port: [{ from: 3389, to: 3389 }] },
      [A, B],
    ],
    [
      'is not closed beside a group that is exempted for one actor',
      [A, B],
      { securityGroup: [groupId(B)], actor: [MALLORY.arn] },
      [A, B],
    ],
  ])('%s', async (name, groups, select, left) => {
    const exemption = {
      id: 'x',
      rules: ['internet'],
      select,
      reason: 'r',
      owner: 'o',
      notBefore: null,
      expires: '2027-01-01T00:00:00Z',
    };
    const policy = { ...shippedPolicy('enforce', { when: 'new' }), exemptions: [exemption] } as unknown as Policy;
    const at = world(groups, policy);
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual(left.map((n) => ruleId(n, n === A ? 1 : 7)));
    expect(ofCall(at)).toMatchObject([{ status: name.includes('not closed') ? 'held' : 'closed' }]);
  });

  it('is looked for again each day, and closed when people have closed the others', async () => {
    const at = world([A, B]);
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    at.securityGroups.close(ruleId(B, 7));
    await at.run(86_400 + 300);
    expect(openIn(at, A, B)).toEqual([]);
    expect(ofCall(at)).toMatchObject([{ status: 'closed' }]);
  });

  it('is not hidden by a harmless change on the same group, which has undrift see it first', async () => {
    const at = world([A, B]);
    const record = truncated(at, [ssh(A, 1)]);
    await at.run(5);
    at.send(
      'security-groups',
      authorize(at.clock.iso(), { ...ssh(A, 900), groupId: groupId(A), cidr: '203.0.113.0/24' }),
    );
    await at.run(20);
    at.send('security-groups', record);
    await at.run(300);
    expect(openIn(at, A)).toEqual([]);
  });

  it('is not hidden among groups that the caller made: those let nothing in when they were made', async () => {
    const at = world([A, B]);
    for (const n of [A, B]) {
      at.send(
        'security-groups',
        call('CreateSecurityGroup', at.clock.iso(), {
          requestParameters: { groupName: `g${n}` },
          responseElements: { groupId: groupId(n) },
        }),
      );
    }
    await at.run(5);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    at.send('security-groups', truncated(at, [ssh(B, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([]);
  });

  it('is not spared for a decoy that is open in a group that was seen before', async () => {
    const at = world([A, B]);
    await seen(at, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    at.send('security-groups', truncated(at, [ssh(B, 1)]));
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([]);
  });

  it('closes a rule that was modified in place and lets in more than it did', async () => {
    const at = world([A, B]);
    await seen(at, A, B);
    at.send('security-groups', truncated(at, [ssh(A, 900)], 'ModifySecurityGroupRules'));
    await at.run(300);
    expect(at.securityGroups.rulesOf(groupId(A))).toEqual([]);
  });

  it('closes both directions of the only candidate: that is one group', async () => {
    const at = world([A, B], bothDirections());
    await seen(at, B);
    at.send('security-groups', truncated(at, [ssh(A, 1), ssh(A, 2, { egress: true })], 'ModifySecurityGroupRules'));
    await at.run(300);
    expect(openIn(at, A)).toEqual([]);
    expect(ofCall(at)).toMatchObject([{ status: 'closed' }]);
  });

  it('names a group once, and counts it once, where several may be the one', async () => {
    const at = world([A, B], bothDirections());
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1), ssh(A, 2, { egress: true })], 'ModifySecurityGroupRules'));
    await at.run(300);
    expect(ofCall(at)[0]?.finding.evidence[0]).toBe(
      `2 groups are open, and none of them was ever seen before the call: ${groupId(A)}, ${groupId(B)}`,
    );
  });

  it('closes nothing where the policy observes, and says what it would have done', async () => {
    const at = world([A], shippedPolicy('observe'));
    await seen(at, A);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(300);
    expect(openIn(at, A)).toEqual([ruleId(A, 1)]);
    expect(ofGroups(at)).toMatchObject([{ status: 'held', guard: 'observe' }]);
  });

  it('has no actor that could spare it, where callers share the look', async () => {
    const at = world([A, B]);
    await seen(at, A, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    at.send(
      'security-groups',
      call('AuthorizeSecurityGroupIngress', at.clock.iso(), { requestParameters: OMITTED, responseElements: OMITTED }),
    );
    await at.run(300);
    expect(openIn(at, A)).toEqual([]);
    expect(ofGroups(at)).toMatchObject([{ change: { actor: { arn: null } } }]);
    expect(ofCall(at).map(({ status }) => status)).toEqual(['closed', 'closed']);
  });
});

describe('a look at a thousand groups', () => {
  const many = Array.from({ length: 1000 }, (_, n) => n + 1);

  it('takes ten pages, and reads what was seen before of open groups alone', async () => {
    const at = world(many);
    await seen(at, 500);
    at.ledger.calls.length = 0;
    at.send('security-groups', truncated(at, [ssh(500, 1)]));
    await at.run(300);
    expect(openIn(at, 500)).toEqual([]);
    expect(at.region.callsOf('page')).toHaveLength(10);
  });

  it('goes on over several runs of the scheduler, from where it stopped', async () => {
    const at = world(many);
    await seen(at, 950);
    at.send('security-groups', truncated(at, [ssh(950, 1)]));
    // Time for two pages a run.
    let asked = 0;
    at.schedulerHas = () => (asked++ % 4 < 3 ? 50_000 : 10_000);
    await at.run(1200);
    expect(openIn(at, 950)).toEqual([]);
    const pages = at.region.callsOf('page').map(({ args }) => args[0]);
    expect(pages).toEqual([null, ...Array.from({ length: 9 }, (_, n) => `page-${(n + 1) * 100}`)]);
  });

  it.each([
    ['EC2 throttles a page', (at: World) => at.region.failNext(new Retryable('throttled'), 'page')],
    ['EC2 takes the token no more', (at: World) => at.region.failNext(new Refused('InvalidNextToken'), 'page')],
    ['the run dies before it has stored a page', (at: World) => at.looks.failNext(new Error('broken off'), 'write')],
  ])('comes to its end although %s', async (_name, fail) => {
    const at = world(many);
    await seen(at, 950);
    at.send('security-groups', truncated(at, [ssh(950, 1)]));
    let pages = 0;
    at.interleave = null;
    const page = at.region.page.bind(at.region);
    at.region.page = async (from) => {
      pages += 1;
      if (pages === 4) fail(at);
      return page(from);
    };
    await at.run(600);
    expect(openIn(at, 950)).toEqual([]);
    expect(ofCall(at)).toMatchObject([{ status: 'closed' }]);
  });

  it('does not take up a call that came after it began: it may have passed its group', async () => {
    const at = world(many);
    await seen(at, 1, 950);
    at.send('security-groups', truncated(at, [ssh(950, 1)]));
    const page = at.region.page.bind(at.region);
    let sent = false;
    at.region.page = async (from) => {
      const answer = await page(from);
      if (from === 'page-300' && !sent) {
        sent = true;
        at.send('security-groups', truncated(at, [ssh(1, 1)]));
      }
      return answer;
    };
    await at.run(600);
    expect(openIn(at, 1, 950)).toEqual([]);
    expect(at.region.callsOf('page').filter(({ args }) => args[0] === null)).toHaveLength(2);
    expect(ofCall(at)).toMatchObject([{ status: 'closed', rounds: 2 }]);
  });

  it('is one at a time: a run that meets another one leaves it alone', async () => {
    const at = world(many);
    await seen(at, 950);
    at.send('security-groups', truncated(at, [ssh(950, 1)]));
    const page = at.region.page.bind(at.region);
    at.region.page = async (from) => {
      if (from === 'page-300') await at.recheck();
      return page(from);
    };
    await at.run(300);
    expect(at.region.callsOf('page')).toHaveLength(10);
    expect(openIn(at, 950)).toEqual([]);
  });
});

describe('a message about a look that came out of a dead-letter queue', () => {
  it('neither names rules nor ends the call: anybody may have put it there', async () => {
    const at = world([A, B]);
    at.securityGroups.open(ssh(B, 7));
    await seen(at, B);
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(20);
    const [{ key: incident = '', round = '' } = {}] = ofCall(at);
    const found = {
      undrift: 'found',
      incident,
      group: groupId(B),
      egress: false,
      rules: [ruleId(B, 7)],
      shared: false,
    };
    at.send('security-groups', found, true);
    at.send(
      'security-groups',
      { undrift: 'looked', incident, round, startedAt: at.clock.iso(), candidates: [], count: 0 },
      true,
    );
    await at.run(5);
    expect(ofCall(at)).toMatchObject([{ status: 'held' }]);
    await at.run(300);
    expect(openIn(at, A, B)).toEqual([ruleId(B, 7)]);
    expect(ofCall(at)).toMatchObject([{ status: 'closed' }]);
  });
});

describe('what the scheduler does where no call waits for a look', () => {
  it('asks EC2 for nothing', async () => {
    const at = world([A]);
    await at.run(600);
    expect(at.region.calls).toEqual([]);
  });
});

describe('a call that undrift can only report', () => {
  const DAY = 86_400;
  const automation = (at: World) =>
    call('StartAutomationExecution', at.clock.iso(), {
      eventSource: 'ssm.amazonaws.com',
      userIdentity: MALLORY,
      requestParameters: OMITTED,
      responseElements: OMITTED,
    });

  it('is reported once, and ends after a week without another one', async () => {
    const at = world([]);
    at.send('instances', automation(at));
    await at.run(7 * DAY - 60);
    expect(ofCall(at)).toMatchObject([{ status: 'held', guard: 'observe' }]);
    await at.run(2 * DAY);
    expect(ofCall(at)).toMatchObject([{ status: 'closed', closedBy: 'expired', dueAt: null }]);
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('is still open a week after the first call, where its caller made another one', async () => {
    const at = world([]);
    at.send('instances', automation(at));
    await at.run(5 * DAY);
    at.send('instances', automation(at));
    await at.run(5 * DAY);
    expect(ofCall(at)).toMatchObject([{ status: 'held', rounds: 2 }]);
    await at.run(4 * DAY);
    expect(ofCall(at)).toMatchObject([{ status: 'closed', closedBy: 'expired' }]);
  });

  it('does not end so while groups stand open of which the call may have opened one', async () => {
    const at = world([A, B]);
    at.securityGroups.open(ssh(B, 7));
    at.send('security-groups', truncated(at, [ssh(A, 1)]));
    await at.run(9 * DAY);
    expect(ofCall(at)).toMatchObject([{ status: 'held', finding: { severity: 'critical' } }]);
  });
});

describe('a look that breaks off at any of its calls', () => {
  const many = Array.from({ length: 250 }, (_, n) => n + 1);

  it.each(['before', 'after'] as const)(
    'goes on with the next run, if the call fails %s its effect',
    async (effect) => {
      let last = 0;
      for (let call = 1; call <= last + 1; call += 1) {
        const at = world(many);
        await seen(at, 240);
        at.send('security-groups', truncated(at, [ssh(240, 1), ssh(250, 1)]));
        let calls = 0;
        for (const role of [at.region, at.looks] as unknown as readonly Record<string, unknown>[]) {
          for (const name of ['page', 'read', 'write']) {
            const own = role[name];
            if (typeof own !== 'function') continue;
            role[name] = async (...args: unknown[]) => {
              calls += 1;
              const dies = calls === call;
              if (dies && effect === 'before') throw new Error('broken off');
              const answer = await own.apply(role, args);
              if (dies) throw new Error('broken off');
              return answer;
            };
          }
        }
        await at.run(600);
        expect(openIn(at, 240, 250), `broken off at call ${call}`).toEqual([]);
        expect(ofCall(at), `broken off at call ${call}`).toMatchObject([{ status: 'closed' }]);
        if (call === 1) last = calls;
        last = Math.min(last, 20);
      }
      expect(last).toBeGreaterThan(5);
    },
  );
});
