/** Acts come before words: whatever keeps people from being notified, ports are closed, and nobody misses a notice for good. */
import { describe, expect, it } from 'vitest';
import { AwsRefused } from '../../src/aws/errors.ts';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { authorize, changeUserData } from './events.ts';
import { ACCOUNT, OWN_ROLE, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const MINUTE = 60;
const GONE = new AwsRefused('sns', 'Publish', 'NotFound', 'sns:Publish was refused (NotFound): Topic does not exist');
const BUSY = new Retryable('sns:Publish cannot be answered now (Throttled)');

const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;

function openRule(id: string, port: number, group = GROUP): SecurityGroupRule {
  const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  return {
    id,
    groupId: group,
    egress: false,
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    source,
    description: null,
  };
}

/** A group with RDP that is exempt, and SSH that is not. */
const RDP: Policy['exemptions'][number] = {
  id: 'rdp',
  reason: 'a jump host of another team',
  owner: 'platform',
  ticket: null,
  notBefore: null,
  expires: '2026-06-01T00:00:00.000Z',
  rules: ['internet'],
  select: { securityGroup: [GROUP], port: [{ from: 3389, to: 3389 }] },
};

function world(policy: Partial<Policy> = {}) {
  const at = new World(shippedPolicy('enforce', policy));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  return at;
}

function open(at: World, id: string, port: number, group = GROUP) {
  at.securityGroups.open(openRule(id, port, group));
  at.send(
    'security-groups',
    authorize(at.clock.iso(), { id, groupId: group, fromPort: port, toPort: port, cidr: '0.0.0.0/0' }),
  );
}

/** SNS answers so until it is told to work again. */
function failing(at: World, error: Error): () => void {
  const publish = at.notifier.publish.bind(at.notifier);
  at.notifier.publish = async () => {
    throw error;
  };
  return () => {
    at.notifier.publish = publish;
  };
}

const ports = (at: World) => at.network.truth.rules.map(({ fromPort }) => fromPort);

/** Held by a pause, and its notification could not be sent. */
async function heldUnsent() {
  const at = world();
  const mend = failing(at, GONE);
  at.pause.set({ until: '2026-03-02T12:00:00.000Z', reason: 'a drill', by: 'kim', at: at.clock.iso() });
  open(at, ruleId(1), 22);
  await at.run(10);
  return { at, mend, held: at.incident() };
}

describe('while people cannot be notified', () => {
  it.each([
    ['the topic is gone', GONE],
    ['SNS throttles', BUSY],
    ['the fault is of an unknown kind', new TypeError('undefined is not a function')],
  ])('a port is closed within seconds beside a finding that is held: %s', async (_why, error) => {
    const at = world({ exemptions: [RDP] });
    failing(at, error);
    at.securityGroups.open(openRule(ruleId(1), 3389));
    open(at, ruleId(2), 22);
    await at.run(10);
    expect(ports(at)).toEqual([3389]);
    expect(at.parked).toEqual([]);
  });

  it('a port is closed within seconds when the email budget cannot be asked', async () => {
    const at = world({ exemptions: [RDP] });
    at.mail.admit = async () => {
      throw new Retryable('dynamodb:PutItem cannot be answered now');
    };
    at.securityGroups.open(openRule(ruleId(1), 3389));
    open(at, ruleId(2), 22);
    await at.run(10);
    expect(ports(at)).toEqual([3389]);
    expect(at.notifier.notices).toEqual([]);
  });

  it('a call of our own role that we did not make is closed before people are notified of it', async () => {
    const at = world();
    failing(at, GONE);
    at.securityGroups.open(openRule(ruleId(1), 22));
    const change = { id: ruleId(1), groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
    const issuer = { sessionContext: { sessionIssuer: { type: 'Role', arn: OWN_ROLE } } };
    const event = authorize(at.clock.iso(), change);
    at.send('security-groups', {
      ...event,
      detail: { ...event.detail, userIdentity: { type: 'AssumedRole', ...issuer } },
    });
    await at.run(90);
    expect(ports(at)).toEqual([]);
    expect(at.ledger.incidents.map(({ finding }) => finding.rule).sort()).toEqual(['internet', 'own-role-misused']);
  });

  it('an instance is replaced, its slot is given back, and the next one takes it', async () => {
    const at = world({ budget: { perGroup: 1, perHour: 10 } });
    failing(at, GONE);
    const baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
    const tags = { 'undrift:replace': 'allowed' };
    const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, baseline);
    for (const id of ids.slice(0, 2)) {
      at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
      at.send('instances', changeUserData(at.clock.iso(), id));
    }
    await at.run(30 * MINUTE);
    expect(at.fleet.callsOf('replace').map(({ args }) => args[0])).toEqual(ids.slice(0, 2));
    expect(at.ledger.incidents.map(({ status }) => status)).toEqual(['closed', 'closed']);
    expect((await at.ledger.groupRecords('web')).holders).toEqual([]);
  });

  it('what is not notified uses up no email of the hour, and waits for no list', async () => {
    const at = world();
    const mend = failing(at, GONE);
    open(at, ruleId(1), 22);
    await at.run(30 * MINUTE);
    mend();
    await at.run(4 * MINUTE);
    expect(at.notifier.notices.map(({ mail }) => mail)).toEqual([true]);
    expect(at.mail.waiting).toEqual([]);
  });
});

describe('once SNS works again', () => {
  it('the newest state is notified, and a hold that it has replaced is not', async () => {
    const at = world();
    at.pause.set({ until: '2026-03-01T12:10:00.000Z', reason: 'a drill', by: 'kim', at: at.clock.iso() });
    await at.recheck();
    const mend = failing(at, GONE);
    open(at, ruleId(1), 22);
    await at.run(MINUTE);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
    expect(at.ledger.outbox.owed.map(({ kind }) => kind)).toEqual(['held']);
    at.pause.set(null);
    at.send('security-groups', { undrift: 'recheck', incident: at.incident().key });
    await at.run(10);
    expect(at.incident().status).toBe('closed');
    mend();
    const before = at.notifier.notices.length;
    await at.run(4 * MINUTE);
    const subjects = at.notifier.notices.slice(before).map(({ notice }) => `${notice.json.kind} ${notice.subject}`);
    // It was open while the pause was in an email: the list of what was open says how it ended.
    const ends = ['fixed', 'digest'].map((kind) => expect.stringContaining(`${kind} [undrift] Closed`));
    expect(subjects.filter((subject) => subject.includes('SSH'))).toEqual(ends);
    expect(at.ledger.outbox.owed).toEqual([]);
  });

  it('an escalation is notified although the port was closed meanwhile', async () => {
    const at = world();
    const mend = failing(at, GONE);
    const denied = new AwsRefused('ec2', 'RevokeSecurityGroupIngress', 'UnauthorizedOperation', 'denied');
    for (let n = 0; n < 2; n += 1) at.securityGroups.failNext(denied, 'revoke');
    open(at, ruleId(1), 22);
    await at.run(MINUTE);
    expect(at.incident().status).toBe('closed');
    mend();
    await at.run(4 * MINUTE);
    const outcomes = at.notifier.notices.map(({ notice }) => notice.attributes.outcome);
    expect(outcomes.sort()).toEqual(['done', 'escalated']);
  });

  it('a thousand incidents are each notified within ten minutes, and were closed long before', async () => {
    const at = world();
    const mend = failing(at, BUSY);
    for (let n = 0; n < 1000; n += 1) {
      at.securityGroups.addGroup({ id: groupId(n), name: `g${n}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
      open(at, ruleId(n), 22, groupId(n));
    }
    at.concurrency = 10;
    await at.run(MINUTE);
    expect(ports(at)).toEqual([]);
    await at.run(60 * MINUTE);
    expect(at.notifier.notices).toEqual([]);
    // One more: all of them were opened by one principal.
    expect(at.ledger.outbox.owed).toHaveLength(1001);
    mend();
    await at.run(10 * MINUTE);
    const named = new Set(at.notifier.single.map(({ json }) => JSON.stringify(json).match(/sg-\d{17}/)?.[0]));
    expect(named.size).toBe(1000);
    expect(at.ledger.outbox.owed).toEqual([]);
    expect(at.parked).toEqual([]);
  }, 120_000);

  it('a list names what waited for it while it could not be sent', async () => {
    const at = world({ mode: 'observe' });
    open(at, ruleId(1), 22);
    await at.run(10);
    open(at, ruleId(2), 3389);
    await at.run(10);
    const mend = failing(at, GONE);
    await at.run(20 * MINUTE);
    mend();
    await at.run(MINUTE);
    const emails = at.notifier.notices.filter(({ mail }) => mail).map(({ notice }) => notice);
    expect(emails).toMatchObject([{ json: { kind: 'held' } }, { json: { kind: 'digest', count: 1 } }]);
    expect(emails[1]?.text).toContain('RDP');
  });

  it('a hold that a person has cleared meanwhile is not announced', async () => {
    const { at, mend, held } = await heldUnsent();
    await at.ledger.put({ ...held, status: 'closed', closedBy: 'operator', closedAt: at.clock.iso(), dueAt: null });
    mend();
    const before = at.notifier.notices.length;
    await at.run(4 * MINUTE);
    expect(at.notifier.subjects.slice(before).filter((subject) => subject.includes('SSH'))).toEqual([]);
    expect(at.ledger.outbox.owed).toEqual([]);
  });

  it('a hold that somebody else has ended meanwhile is reported as over, and not as held', async () => {
    const { at, mend, held } = await heldUnsent();
    const ended = {
      status: 'closed',
      guard: null,
      closedBy: 'another',
      closedAt: at.clock.iso(),
      dueAt: null,
    } as const;
    const outcome = { kind: 'already-done', seen: 'no protected port is open' } as const;
    await at.ledger.put({ ...held, ...ended, outcome });
    mend();
    const before = at.notifier.notices.length;
    await at.run(4 * MINUTE);
    const told = at.notifier.subjects.slice(before).filter((subject) => subject.includes('SSH'));
    expect(told).toEqual([expect.stringMatching(/^\[undrift\] Already closed: SSH/)]);
    expect(at.ledger.outbox.owed).toEqual([]);
  });
});
