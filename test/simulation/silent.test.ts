import { describe, expect, it } from 'vitest';
import { NOTIFY_SECONDS } from '../../src/domain/message-age.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { authorize } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const RULE = 'sgr-00000000000000001';
const MINUTE = 60;
const THROTTLED = new Retryable('RequestLimitExceeded');

function world() {
  const at = new World(shippedPolicy('enforce'));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  const ports = { protocol: 'tcp', fromPort: 22, toPort: 22 };
  const source = { kind: 'ipv4' as const, cidr: '0.0.0.0/0' };
  at.securityGroups.open({ id: RULE, groupId: GROUP, egress: false, ...ports, source, description: null });
  at.send(
    'security-groups',
    authorize(at.clock.iso(), { id: RULE, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
  );
  return at;
}

/** Every call of the ledger, and of what lies in its table. */
function withoutLedger(at: World): void {
  const down = () => Promise.reject(new Retryable('dynamodb cannot be answered now (ECONNREFUSED)'));
  for (const role of [at.ledger, at.mail, at.reported]) {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(role)).filter((name) => name !== 'constructor');
    for (const name of names) {
      if (typeof Reflect.get(role, name) === 'function') Object.assign(role, { [name]: down });
    }
  }
}

/** The minutes in which the alarm's metric was at least the alarm's threshold. */
function ringing(at: World): readonly number[] {
  return at.meter.counts
    .filter(({ name, value }) => name === 'MessageAge' && value >= NOTIFY_SECONDS)
    .map(({ value }) => value);
}

describe.each<readonly [string, (at: World) => void]>([
  ['reads of EC2 are throttled', (at) => Object.assign(at.securityGroups, { read: () => Promise.reject(THROTTLED) })],
  [
    'reads of EC2 are denied',
    (at) => Object.assign(at.securityGroups, { read: () => Promise.reject(new Refused('no')) }),
  ],
  ['the ledger cannot be reached', withoutLedger],
  [
    'neither the ledger nor SNS can be reached',
    (at) => {
      withoutLedger(at);
      Object.assign(at.notifier, { publish: () => Promise.reject(THROTTLED) });
    },
  ],
  [
    'there is never time enough to begin',
    (at) => {
      at.remaining = 0;
    },
  ],
])('%s for good', (_name, begin) => {
  it('and the alarm on the age of messages rings within six minutes, each minute from then on', async () => {
    const at = world();
    begin(at);
    await at.run(6 * MINUTE);
    expect(ringing(at)).not.toEqual([]);
    await at.run(54 * MINUTE);
    const ages = ringing(at);
    expect(Math.min(...ages)).toBeLessThanOrEqual(NOTIFY_SECONDS + 45);
    expect(ages.slice(1).every((age, n) => age - (ages[n] ?? 0) <= MINUTE)).toBe(true);
  });

  it('and the message is there for 12 hours', async () => {
    const at = world();
    begin(at);
    await at.run(12 * 60 * MINUTE - 1);
    expect([at.parked, at.moved, at.waiting]).toEqual([[], [], 1]);
    await at.run(2 * MINUTE);
    expect(at.parked).toHaveLength(1);
  });
});

describe('people', () => {
  it('are notified within six minutes that reads are throttled, once, and that the change was given up', async () => {
    const at = world();
    Object.assign(at.securityGroups, { read: () => Promise.reject(THROTTLED) });
    await at.run(6 * MINUTE);
    const delayed = `[undrift] Delayed: AuthorizeSecurityGroupIngress on ${GROUP} (security-groups)`;
    expect(at.notifier.subjects).toEqual([delayed]);
    await at.run(13 * 60 * MINUTE);
    expect(at.notifier.subjects).toEqual([delayed, delayed.replace('Delayed', 'Dead-lettered')]);
  });

  it('are notified of a change that a worker dies on each time, when it is given up', async () => {
    const at = world();
    at.diesOn = 'ec2.read';
    await at.run(5 * 60 * MINUTE);
    expect(ringing(at)).not.toEqual([]);
    await at.run(9 * 60 * MINUTE);
    expect(at.parked.map(({ reason }) => reason)).toEqual([expect.stringContaining('the function ended before')]);
    expect(at.notifier.subjects).toEqual([expect.stringContaining('Dead-lettered')]);
  });
});
