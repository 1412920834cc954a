/** Somebody opens a port again each time undrift closes it: it is closed every time, and people are asked to stop it. */
import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUPS = ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'] as const;
const [GROUP, OTHER] = GROUPS;
const CI = `arn:aws:iam::${ACCOUNT}:role/ci`;

function world(mode: 'observe' | 'enforce' = 'enforce'): World {
  const at = new World(shippedPolicy(mode));
  for (const id of GROUPS) at.network.addGroup({ id, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  return at;
}

let rules = 0;
type Given = {
  readonly groupId?: string;
  readonly port?: number;
  readonly role?: string | null;
  readonly session?: string;
};

/** A rule with an id of its own, opened by a session of a role; `null`: by nobody that the record names. */
function open(at: World, { groupId = GROUP, port = 22, role = CI, session = 'build' }: Given = {}) {
  rules += 1;
  const id = `sgr-${String(rules).padStart(17, '0')}`;
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  const rule: SecurityGroupRule = {
    ...{ id, groupId, egress: false, ...ports, description: null },
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  };
  at.network.open(rule);
  const event = authorize(at.clock.iso(), { id, groupId, ...ports, cidr: '0.0.0.0/0' });
  const userIdentity =
    role === null
      ? { type: 'Unknown' }
      : {
          type: 'AssumedRole',
          arn: `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`,
          sessionContext: { sessionIssuer: { type: 'Role', arn: role }, sourceIdentity: session },
        };
  const named = { ...event, detail: { ...event.detail, userIdentity } };
  at.send('security-groups', named);
  return named;
}

async function loop(at: World, times: number, every: number, given: (n: number) => Given = () => ({})): Promise<void> {
  for (let n = 0; n < times; n++) {
    open(at, given(n));
    await at.run(every);
  }
}

const escalations = (at: World) =>
  at.notifier.notices.flatMap(({ notice }) => (notice.attributes.outcome === 'escalated' ? [notice] : []));
const left = (at: World) => at.network.truth.rules.length;

describe('a loop over a port', () => {
  it('is closed every time, and reported at the fifth opening within ten minutes', async () => {
    const at = world();
    await loop(at, 4, 60);
    expect(escalations(at)).toEqual([]);
    await loop(at, 1, 60);
    const [told, ...others] = escalations(at);
    expect(others).toEqual([]);
    expect(told?.subject).toBe(
      '[undrift] Action required: role/ci opened ports on sg-0123456789abcdef0 5 times in 10 min; stop it',
    );
    expect(told?.text).toContain(CI);
    expect(told?.json).toMatchObject({ kind: 'escalated', loop: { principal: CI } });
    expect(left(at)).toBe(0);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 5, loop: { principal: CI } });
  });

  it('is reported once an hour while it lasts', async () => {
    const at = world();
    await loop(at, 75, 100);
    // 2 hours and 5 minutes: at 7 minutes, and after each hour.
    expect(escalations(at)).toHaveLength(2);
    await loop(at, 15, 100);
    expect(escalations(at)).toHaveLength(3);
    expect(at.network.truth.rules).toEqual([]);
  });

  it('is reported once where many workers see it at the same time', async () => {
    const at = world();
    at.concurrency = 10;
    for (let n = 0; n < 100; n++) {
      const id = `sg-${String(n).padStart(17, '0')}`;
      at.network.addGroup({ id, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
      open(at, { groupId: id });
    }
    await at.run(600);
    expect(escalations(at)).toHaveLength(1);
    expect(left(at)).toBe(0);
  });

  it('is not reported where five openings take longer than ten minutes', async () => {
    const at = world();
    await loop(at, 20, 180);
    expect(escalations(at)).toEqual([]);
  });

  it.each([
    ['another port', (n: number) => ({ port: [22, 3389, 3306, 5432, 6379][n % 5] ?? 22 })],
    ['another group', (n: number) => ({ groupId: GROUPS[n % 2] ?? GROUP })],
    ['another session name and source identity', (n: number) => ({ session: `build-${n}` })],
  ])('is not hidden by %s each time', async (_what, given) => {
    const at = world();
    await loop(at, 5, 60, given);
    expect(escalations(at)).toHaveLength(1);
    expect(escalations(at)[0]?.text).toContain('5 times within 10 minutes');
  });

  it('names every group that was opened', async () => {
    const at = world();
    await loop(at, 5, 60, (n) => ({ groupId: GROUPS[n % 2] ?? GROUP }));
    expect(escalations(at)[0]?.subject).toContain(`${GROUP} and 1 more`);
    expect(escalations(at)[0]?.text).toContain(OTHER);
  });

  it('does not add up what several principals did', async () => {
    const at = world();
    await loop(at, 8, 30, (n) => ({ role: `arn:aws:iam::${ACCOUNT}:role/ci-${n % 2}` }));
    expect(escalations(at)).toEqual([]);
  });

  it('of somebody unknown is counted by the resource, and not with what a known principal did', async () => {
    const at = world();
    await loop(at, 4, 30);
    await loop(at, 4, 30, () => ({ role: null }));
    await loop(at, 4, 30, () => ({ role: null, groupId: OTHER }));
    expect(escalations(at)).toEqual([]);
    await loop(at, 1, 30, () => ({ role: null }));
    expect(escalations(at).map(({ subject }) => subject)).toEqual([
      '[undrift] Action required: somebody unknown opened ports on sg-0123456789abcdef0 5 times in 10 min',
    ]);
  });

  it('is no loop where the same events come again', async () => {
    const at = world();
    const event = open(at);
    for (let n = 0; n < 10; n++) {
      await at.run(20);
      at.send('security-groups', event);
    }
    await at.run(60);
    expect(escalations(at)).toEqual([]);
  });

  it('is no loop where undrift only observes: nothing is closed', async () => {
    const at = world('observe');
    await loop(at, 6, 30, (n) => ({ port: 22 + (n % 2) * 3367 }));
    expect(escalations(at)).toEqual([]);
  });

  it('leaves the closing alone where it cannot be counted', async () => {
    const at = world();
    const lastReading = at.ledger.lastReading.bind(at.ledger);
    at.ledger.lastReading = async (id) => {
      if (id.startsWith('loop#')) throw new Error('DynamoDB does not answer');
      return lastReading(id);
    };
    await loop(at, 6, 60);
    expect(left(at)).toBe(0);
    expect(at.waiting).toBe(0);
  });

  it('counts five rules that one call added as one opening', async () => {
    const at = world();
    await loop(at, 3, 30);
    const events = [22, 3389, 3306, 5432, 6379].map((port) => open(at, { port }));
    at.loseMessages();
    const items = at.network.truth.rules.map(({ id, fromPort, toPort }) => ({
      ...{ groupId: GROUP, securityGroupRuleId: id, isEgress: false },
      ...{ ipProtocol: 'tcp', fromPort, toPort, cidrIpv4: '0.0.0.0/0' },
    }));
    const responseElements = { _return: true, securityGroupRuleSet: { items } };
    at.send('security-groups', { ...events[0], detail: { ...events[0]?.detail, responseElements } });
    await at.run(60);
    expect(left(at)).toBe(0);
    expect(escalations(at)).toEqual([]);
    await loop(at, 1, 30);
    expect(escalations(at)).toHaveLength(1);
  });

  it('of each of two principals is reported where both open the same group while SNS refuses', async () => {
    const at = world();
    const publish = at.notifier.publish.bind(at.notifier);
    at.notifier.publish = () => Promise.reject(new Error('SNS does not answer'));
    await loop(at, 10, 40, (n) => ({ role: `arn:aws:iam::${ACCOUNT}:role/ci-${n % 2}` }));
    at.notifier.publish = publish;
    await at.run(300);
    const subjects = escalations(at).map(({ subject }) => subject.split(' ')[3]);
    expect(subjects.toSorted()).toEqual(['role/ci-0', 'role/ci-1']);
  });

  it('that is over is not reported again when an earlier opening is dealt with late', async () => {
    const at = world();
    const early = open(at);
    at.loseMessages();
    await at.run(60);
    at.network.close(at.network.truth.rules[0]?.id ?? '');
    await loop(at, 5, 60);
    expect(escalations(at)).toHaveLength(1);
    await at.run(3 * 3600);
    at.send('security-groups', early);
    await at.run(300);
    expect(escalations(at)).toHaveLength(1);
  });

  it('is reported whatever the order in which its events arrive', async () => {
    const at = world();
    const events = Array.from({ length: 5 }, (_, n) => {
      at.clock.advance(60);
      const groupId = `sg-${String(n).padStart(17, '0')}`;
      at.network.addGroup({ id: groupId, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
      return open(at, { groupId });
    });
    at.loseMessages();
    for (const event of events.toReversed()) {
      at.send('security-groups', event);
      await at.run(20);
    }
    await at.run(60);
    expect(left(at)).toBe(0);
    expect(escalations(at)).toHaveLength(1);
  });
});
