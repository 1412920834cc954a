/** What happens when the ledger can be reached, and cannot store or read the record of an incident. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import { Retryable, Unstorable } from '../../src/roles.ts';
import { authorize, changeUserData } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;
const TOO_LARGE = new Unstorable('Item size has exceeded the maximum allowed size');

function world() {
  const at = new World(shippedPolicy('enforce'));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  return at;
}

function open(at: World, n: number): void {
  const range = { groupId: GROUP, fromPort: 22, toPort: 22 };
  const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  at.securityGroups.open({ ...range, id: ruleId(n), egress: false, protocol: 'tcp', source, description: null });
  at.send('security-groups', authorize(at.clock.iso(), { ...range, id: ruleId(n), cidr: '0.0.0.0/0' }));
}

const left = (at: World) => at.securityGroups.rulesOf(GROUP).map(({ id }) => id);
/** As the text is without its line breaks. */
const texts = (at: World) => at.notifier.notices.map(({ notice }) => notice.text.replace(/\s+/g, ' '));

describe('an exposure whose record cannot be stored', () => {
  it('is closed on a minimal record, which is followed to its end and says what it lacks', async () => {
    const at = world();
    at.ledger.failNext(TOO_LARGE, 'put');
    open(at, 1);
    await at.run(5);
    expect(left(at)).toEqual([]);
    const incident = at.incident();
    expect(incident).toMatchObject({ status: 'closed', closedBy: 'undrift', outcome: { kind: 'done' } });
    expect(incident.attempts).toMatchObject([{ requestId: 'revoke-1', error: null }]);
    expect(incident.unrecorded?.what).toContain('the evidence');
    expect(await at.ledger.knowsRequest('revoke-1')).toBe(true);
    expect(texts(at)).toEqual([
      expect.stringMatching(/What could not be recorded The ledger lacks the evidence, .*maximum allowed size/),
    ]);
    expect(texts(at)[0]).toContain('aws ec2 authorize-security-group-ingress');
  });

  it('is closed also where what undo needs cannot be stored, and the notification says so', async () => {
    const at = world();
    for (const _ of ['whole', 'minimal']) at.ledger.failNext(TOO_LARGE, 'put');
    open(at, 1);
    await at.run(5);
    expect(left(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'closed', inverse: null });
    expect(texts(at)).toEqual([expect.stringContaining('what undo needs')]);
  });

  it('is followed by the next worker, whenever the first one dies', async () => {
    for (let call = 1; call <= 25; call += 1) {
      const at = world();
      at.ledger.failNext(TOO_LARGE, 'put');
      at.dieAt({ call, effect: 'after' });
      open(at, 1);
      await at.run(600);
      expect(left(at), `died after call ${call}`).toEqual([]);
      expect(at.incident(), `died after call ${call}`).toMatchObject({ status: 'closed' });
    }
  });

  it('is a new occurrence with a whole record when it is opened again', async () => {
    const at = world();
    at.ledger.failNext(TOO_LARGE, 'put');
    open(at, 1);
    await at.run(70);
    open(at, 2);
    await at.run(5);
    expect(left(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'closed', rounds: 2 });
    expect(at.incident().unrecorded).toBeUndefined();
    expect(at.incident().finding.evidence).not.toEqual([]);
  });

  it('stays open while the ledger cannot be reached: nothing is done without a claim', async () => {
    const at = world();
    at.ledger.failNext(new Retryable('dynamodb:PutItem cannot be answered now'), 'put');
    open(at, 1);
    await at.run(0);
    expect(at.securityGroups.callsOf('revoke')).toEqual([]);
    await at.run(400);
    expect(left(at)).toEqual([]);
  });
});

describe('an exposure whose record cannot be read', () => {
  it.each<[string, (incident: Incident) => unknown]>([
    ['is no document', () => 'overwritten'],
    ['lacks a field', ({ seenRounds: _lost, ...rest }) => rest],
    ['has one of another kind', (incident) => ({ ...incident, attempts: 'none' })],
  ])('that %s is closed when it is opened again, on the version that is stored', async (_title, spoiled) => {
    const at = world();
    open(at, 1);
    await at.run(70);
    const { key, revision } = at.incident();
    at.ledger.spoil(key, spoiled(at.incident()));
    open(at, 2);
    await at.run(5);
    expect(left(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ key, status: 'closed', closedBy: 'undrift' });
    expect(at.incident().revision).toBeGreaterThan(revision);
  });

  it('and was open is judged again by what is live', async () => {
    const at = world();
    at.pause.set({ until: '2026-03-01T13:00:00.000Z', reason: 'moving', by: 'bob', at: at.clock.iso() });
    open(at, 1);
    await at.run(30);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'paused' });
    at.ledger.spoil(at.incident().key, null);
    at.pause.set(null);
    await at.run(400);
    expect(left(at)).toEqual([]);
  });
});

describe('an instance whose record cannot be stored or read', () => {
  function fleet() {
    const at = new World(shippedPolicy('enforce'));
    const baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
    const group = { name: 'web', desired: 3, max: 6, tags: { 'undrift:replace': 'allowed' } };
    const [altered = ''] = at.fleet.addGroup(group, baseline);
    const alter = () => {
      at.fleet.alter(altered, { userData: 'IyEvYmluL3NoCg==' });
      at.send('instances', changeUserData(at.clock.iso(), altered));
    };
    return { at, alter };
  }

  it('is held as unreadable, and its slot is free again', async () => {
    const { at, alter } = fleet();
    at.ledger.failNext(TOO_LARGE, 'put');
    alter();
    await at.run(30);
    expect(at.fleet.callsOf('replace')).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'unreadable' });
    expect(at.incident().decision.reason).toContain('maximum allowed size');
    expect((await at.ledger.groupRecords('web')).holders).toEqual([]);
    expect(at.notifier.subjects).toEqual([expect.stringContaining('unreadable')]);
  });

  it('is held for as long as its record of before is not known: a person may have spoken in it', async () => {
    const { at, alter } = fleet();
    at.pause.set({ until: '2026-03-01T13:00:00.000Z', reason: 'moving', by: 'bob', at: at.clock.iso() });
    alter();
    await at.run(30);
    at.ledger.spoil(at.incident().key, { key: at.incident().key });
    at.pause.set(null);
    await at.run(400);
    alter();
    await at.run(7200);
    expect(at.fleet.callsOf('replace')).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'unreadable', unrecorded: { blind: true } });
  });
});
