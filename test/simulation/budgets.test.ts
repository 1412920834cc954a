import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { call, changeUserData } from './events.ts';
import { ACCOUNT, REGION, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const OPTED_IN = { 'undrift:replace': 'allowed' };
const DESIRED = 50;

function fleetOf(desired: number, change: Partial<Policy>) {
  const at = new World(shippedPolicy('enforce', change));
  const ids = at.fleet.addGroup({ name: 'web', desired, max: desired * 2, tags: OPTED_IN }, BASELINE);
  return { at, ids };
}

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

async function look(at: World) {
  const group = await at.fleet.group('web');
  const serving = (group?.members ?? []).filter((it) => it.lifecycleState === 'InService' && it.healthy);
  return { desired: group?.desired, out: (group?.desired ?? 0) - serving.length, ids: serving.map(({ id }) => id) };
}

/** Lets time pass in small steps, until nothing is left to do, and says how many were out at most. */
async function watch(at: World, seconds: number) {
  let most = 0;
  for (let passed = 0; passed < seconds && open(at).length + at.waiting > 0; passed += 5) {
    await at.run(5);
    const { out, desired } = await look(at);
    expect(desired).toBe(DESIRED);
    most = Math.max(most, out);
  }
  return most;
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => String(args[0]));
const open = (at: World) => at.ledger.incidents.filter(({ status }) => status !== 'closed');
const TEN_PER_CENT: Partial<Policy> = { budget: { perGroup: '10%', perHour: 1000 } };

describe('fifty instances that are altered at once, with a budget of 10 %', () => {
  it('are all replaced, and never are more than five of them out', async () => {
    const { at, ids } = fleetOf(DESIRED, TEN_PER_CENT);
    for (const id of ids) alter(at, id);
    expect(await watch(at, 2 * 3600)).toBe(5);
    expect(replaced(at).toSorted()).toEqual([...ids].toSorted());
    expect((await look(at)).ids).toHaveLength(DESIRED);
    expect(open(at)).toEqual([]);
  });

  it('are so with two workers at once and one of them killed again and again', async () => {
    const { at, ids } = fleetOf(DESIRED, TEN_PER_CENT);
    at.concurrency = 2;
    for (const id of ids) alter(at, id);
    let most = 0;
    // A death at another call each time: before the slot, between slot and act, after the act, before its record.
    for (let n = 0; n < 24; n++) {
      at.dieAt({ call: 1 + ((n * 7) % 23), effect: n % 2 === 0 ? 'before' : 'after' });
      most = Math.max(most, await watch(at, 60));
    }
    most = Math.max(most, await watch(at, 3 * 3600));
    expect(most).toBe(5);
    expect(new Set(replaced(at)).size).toBe(DESIRED);
    // A worker that died right after its call may not know that it called: then nobody calls again, as the instance is gone.
    expect(replaced(at)).toHaveLength(DESIRED);
    expect(open(at)).toEqual([]);
  });

  it('wait for a slot that a dead worker left, until its lease ends', async () => {
    const { at, ids } = fleetOf(DESIRED, { budget: { perGroup: 1, perHour: 1000 } });
    const [first = '', second = ''] = ids;
    const now = at.clock.iso();
    const until = new Date(at.clock.now().getTime() + 1200_000).toISOString();
    const slot = { group: 'web', instanceId: first, incidentKey: 'dead', perGroup: 1, perHour: 1000, now, until };
    await at.ledger.takeSlot({ ...slot, severity: 'low' });
    alter(at, second);
    await at.run(1199);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'budget' });
    await at.run(300);
    expect(replaced(at)).toEqual([second]);
  });
});

describe('the blast radius', () => {
  it('lets three an hour of one group go where four may, reports each that waits, and goes on as the hour passes', async () => {
    const { at, ids } = fleetOf(DESIRED, { budget: { perGroup: 10, perHour: 4 } });
    for (const id of ids.slice(0, 8)) alter(at, id);
    await at.run(3500);
    expect(replaced(at)).toHaveLength(3);
    const held = open(at);
    expect(held.map(({ guard }) => guard)).toEqual(Array.from({ length: 5 }, () => 'blast-radius'));
    const told = at.notifier.subjects.filter((subject) => subject.includes('blast-radius'));
    expect(told).toHaveLength(5);
    await at.run(2 * 3600);
    expect(replaced(at)).toHaveLength(8);
    expect(open(at)).toEqual([]);
  });
});

describe('a freeze', () => {
  it('holds while its window is open, and no longer', async () => {
    // The simulation begins on a Sunday at twelve, UTC: that is one o'clock in Berlin.
    const window = { schedule: '0 13 * * *', seconds: 3600, timeZone: 'Europe/Berlin' };
    const budgets = [{ instances: 0, select: { autoScalingGroup: ['web'] }, reasons: null, window }];
    const { at, ids } = fleetOf(DESIRED, { budgets });
    alter(at, ids[0] ?? '');
    await at.run(3599);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({
      guard: 'budget',
      decision: { reason: expect.stringContaining('budgets[0]') },
    });
    await at.run(600);
    expect(replaced(at)).toEqual([ids[0]]);
  });
});

describe('severity', () => {
  it('decides who gets the only slot: the worse drift goes first, though it came last', async () => {
    const budget = { perGroup: 1, perHour: 1000 };
    const instanceRules = {
      ...shippedPolicy('enforce').instanceRules,
      'volume-attached': { mode: 'enforce' },
    } as const;
    const { at, ids } = fleetOf(DESIRED, { budget, instanceRules });
    const [first = '', low = '', high = ''] = ids;
    alter(at, first);
    await at.run(10);
    at.send(
      'instances',
      call('AttachVolume', at.clock.iso(), {
        requestParameters: { instanceId: low, volumeId: 'vol-0123456789abcdef0', device: '/dev/sdf' },
        responseElements: {
          instanceId: low,
          volumeId: 'vol-0123456789abcdef0',
          device: '/dev/sdf',
          status: 'attaching',
        },
      }),
    );
    await at.run(10);
    alter(at, high);
    await at.run(1200);
    expect(replaced(at)).toEqual([first, high, low]);
  });
});

const lastNotice = (at: World) => at.notifier.single.at(-1);

describe('a fight', () => {
  /** The successor that took the place of an instance. */
  const successorOf = (at: World, id: string) =>
    at.ledger.incidents.find(({ resource }) => resource.id === id)?.replacement?.successor ?? '';

  it('is held when the drift comes back on the second successor, told as such, and taken up again after a day', async () => {
    const { at, ids } = fleetOf(DESIRED, {});
    let victim = ids[0] ?? '';
    for (let round = 0; round < 2; round++) {
      alter(at, victim);
      await at.run(600);
      victim = successorOf(at, victim);
    }
    expect(replaced(at)).toHaveLength(2);
    alter(at, victim);
    await at.run(3600);
    expect(replaced(at)).toHaveLength(2);
    const held = open(at);
    expect(held).toMatchObject([{ guard: 'fight', resource: { id: victim } }]);
    expect(lastNotice(at)?.subject).toContain('Needs you');
    const text = lastNotice(at)?.text.replaceAll(/\s+/g, ' ') ?? '';
    expect(text).toContain(`${ids[0]} was replaced for the same drift: altered by arn:aws:iam::${ACCOUNT}:user/kim at`);
    expect(text).toContain('came back after 2 replacements (incidents');
    await at.run(86_400);
    expect(replaced(at)).toHaveLength(3);
    expect(open(at)).toEqual([]);
  });

  it('is held when the same actor does it again to others of the group, each time after it was put right', async () => {
    const { at, ids } = fleetOf(DESIRED, {});
    for (const id of ids.slice(0, 3)) {
      alter(at, id);
      await at.run(600);
    }
    expect(replaced(at)).toEqual(ids.slice(0, 2));
    expect(open(at)).toMatchObject([{ guard: 'fight', resource: { id: ids[2] } }]);
  });

  /** For 23 hours whoever serves in the place of the first machine has the same done to it, again and again. */
  async function pursue(change: Partial<Policy>, again: (at: World, victim: string, n: number) => void) {
    const { at, ids } = fleetOf(DESIRED, { budget: { perGroup: 1, perHour: 1000 }, ...change });
    let victim = ids[0] ?? '';
    for (let n = 0; n < 23 * 6; n++) {
      again(at, victim, n);
      await at.run(600);
      victim = successorOf(at, victim) || victim;
    }
    return { at, victim };
  }

  it('is held after two rounds though each successor has two findings of Security Hub', async () => {
    const instanceRules = {
      ...shippedPolicy('enforce').instanceRules,
      'security-hub-finding': { mode: 'enforce' },
    } as const;
    const finding = (at: World, id: string, cve: string) => ({
      ...call('none', at.clock.iso(), {}),
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      detail: {
        findings: [
          {
            Id: `${cve} on ${id}`,
            ProductArn: `arn:aws:securityhub:${REGION}::product/aws/inspector`,
            AwsAccountId: ACCOUNT,
            Title: cve,
            Severity: { Label: 'CRITICAL' },
            Resources: [{ Type: 'AwsEc2Instance', Id: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}` }],
          },
        ],
      },
    });
    const { at, victim } = await pursue({ instanceRules }, (now, id, n) => {
      const both = ['CVE-2024-3094', 'CVE-2021-44228'];
      for (const cve of n % 2 === 0 ? both : both.toReversed()) now.send('instances', finding(now, id, cve));
    });
    expect(replaced(at)).toHaveLength(2);
    const both = { guard: 'fight', resource: { id: victim } };
    expect(open(at)).toMatchObject([both, both]);
    const text = lastNotice(at)?.text.replaceAll(/\s+/g, ' ') ?? '';
    expect(text).toContain(
      'drift under the rule security-hub-finding in web came back after 2 replacements (incidents',
    );
  });

  const USER_DATA = (id: string) =>
    ['ModifyInstanceAttribute', { instanceId: id, userData: '<sensitiveDataRemoved>' }] as const;
  const VOLUME = (id: string, n: number) =>
    ['AttachVolume', { instanceId: id, volumeId: `vol-${String(n).padStart(17, '0')}`, device: '/dev/sdf' }] as const;

  it.each([
    [
      'two drifts take turns',
      (id: string, n: number) => (n % 2 === 0 ? USER_DATA(id) : VOLUME(id, 1)),
      'came back after 2 replacements (incidents',
    ],
    [
      'each drift is a new one',
      VOLUME,
      'one machine of web and its successors were replaced 4 times within a day (incidents',
    ],
  ])(
    'is held after four replacements of a line, though %s and each is by another user',
    async (_what, drift, words) => {
      const instanceRules = {
        ...shippedPolicy('enforce').instanceRules,
        'volume-attached': { mode: 'enforce' },
      } as const;
      const { at, victim } = await pursue({ instanceRules }, (now, id, n) => {
        const arn = `arn:aws:iam::${ACCOUNT}:user/user-${n}`;
        const userIdentity = { type: 'IAMUser', arn, accountId: ACCOUNT, userName: `user-${n}` };
        const [name, requestParameters] = drift(id, n);
        now.send('instances', call(name, now.clock.iso(), { userIdentity, requestParameters }));
      });
      expect(replaced(at)).toHaveLength(4);
      const texts = at.notifier.notices.map(({ notice }) => notice.text.replaceAll(/\s+/g, ' '));
      const told = texts.find((text) => text.includes(words));
      expect(told).toMatch(
        /was replaced (for the same drift|under the rule volume-attached): altered by arn:aws:iam::/,
      );
      expect(open(at).map(({ guard, resource }) => [guard, resource.id])).toContainEqual(['fight', victim]);
    },
  );
});
