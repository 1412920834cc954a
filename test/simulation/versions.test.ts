import { expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import { setDue } from '../../src/due.ts';
import { perfectIncident } from '../contract/incident.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const ID = 'sgr-00000000000000001';
const SSH: SecurityGroupRule = {
  id: ID,
  groupId: GROUP,
  egress: false,
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description: null,
};

it('a late view of an incident never writes back what was stored before', async () => {
  const clock = new FakeClock('2026-05-01T12:00:00.000Z');
  const ledger = new FakeLedger(clock);
  const before = await ledger.put(perfectIncident({ status: 'held', guard: 'budget', dueAt: clock.iso() }));
  clock.advance(1);
  const after = await ledger.put({ ...before, noticesSent: ['held/budget/1'] });
  await setDue(before, '2026-05-01T12:01:00.000Z', { ledger, clock });
  expect(await ledger.get(before.key)).toEqual({ ...after, dueAt: '2026-05-01T12:01:00.000Z', revision: 3 });
});

it('the next check of an incident is left to the worker that holds its lease', async () => {
  const clock = new FakeClock('2026-05-01T12:00:00.000Z');
  const ledger = new FakeLedger(clock);
  const until = '2026-05-01T12:01:30.000Z';
  const leased = await ledger.put(perfectIncident({ status: 'acting', leaseUntil: until, dueAt: until }));
  await setDue(leased, clock.iso(), { ledger, clock });
  expect(await ledger.get(leased.key)).toEqual(leased);
});

/** An SSH rule that was opened during a pause, of which people were notified. */
async function openedDuringPause() {
  const at = new World(shippedPolicy('enforce'));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.pause.set({ until: '2026-03-01T20:00:00.000Z', reason: 'a drill', by: 'kim', at: '2026-03-01T11:59:00.000Z' });
  await at.recheck();
  at.securityGroups.open(SSH);
  at.send(
    'security-groups',
    authorize(at.clock.iso(), { id: ID, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
  );
  return at;
}

async function resume(at: World): Promise<void> {
  at.pause.set(null);
  await at.recheck();
}

it.each(['just after', 'while'])(
  'a resume %s people are notified of the hold closes the port within seconds',
  async (when) => {
    const at = await openedDuringPause();
    const publish = at.notifier.publish.bind(at.notifier);
    at.notifier.publish = async (notice, mail) => {
      if (when === 'while' && notice.subject.includes('Held')) {
        at.notifier.publish = publish;
        at.clock.advance(1);
        await resume(at);
      }
      return publish(notice, mail);
    };
    await at.run(1);
    if (when === 'just after') await resume(at);
    await at.run(14);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    const subjects = at.notifier.subjects.filter((subject) => !/ause|esumed/.test(subject) || subject.includes('Held'));
    expect(subjects).toEqual([expect.stringContaining('Held (paused)'), expect.stringContaining('Closed')]);
  },
);

it('of two workers that write one incident, the slower one comes back and nothing of the first is lost', async () => {
  const at = await openedDuringPause();
  await at.run(1);
  const before = at.incident();
  const put = at.ledger.put.bind(at.ledger);
  let other: typeof before | null = null;
  at.ledger.put = async (incident, requestId) => {
    at.ledger.put = put;
    other = await put({ ...before, failures: 7 });
    return put(incident, requestId);
  };
  await resume(at);
  expect(other).toMatchObject({ revision: before.revision + 1 });
  expect(await at.ledger.get(before.key)).toMatchObject({ failures: 7, revision: before.revision + 1 });
  await at.run(180);
  expect(at.incident().status).toBe('closed');
});
