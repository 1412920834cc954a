import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/change.ts';
import type { Unit } from '../../src/domain/incident.ts';
import { parseInbound } from '../../src/inbound/index.ts';
import { changeOnRecord } from '../../src/redriven.ts';
import { Retryable } from '../../src/roles.ts';
import { FakeEventHistory } from '../fakes/event-history.ts';
import { FakeLog } from '../fakes/telemetry.ts';
import { authorize, call, startSession } from '../simulation/events.ts';
import { ACCOUNT } from '../simulation/world.ts';

const AT = '2026-03-01T12:00:00.000Z';
const RULE = {
  id: 'sgr-0123456789abcdef0',
  groupId: 'sg-0123456789abcdef0',
  fromPort: 22,
  toPort: 22,
  cidr: '0.0.0.0/0',
};

function perfect(unit: Unit = 'instances') {
  const history = new FakeEventHistory();
  const irrelevant = ({ fact }: { fact: Fact }) => (fact.kind === 'closing-call' ? 'it only ends something' : null);
  return { history, deps: { history, log: new FakeLog(), account: ACCOUNT, work: { unit, irrelevant } } };
}

function changeIn(event: unknown) {
  const parsed = parseInbound(event);
  if ('irrelevant' in parsed) throw new Error(parsed.irrelevant);
  return parsed;
}

describe('a redriven change', () => {
  it('is what CloudTrail has on record under its event id', async () => {
    const { history, deps } = perfect();
    const event = startSession(AT, 'i-0123456789abcdef0', 's-1');
    history.add(event);
    const told = { ...changeIn(event), resources: [], at: '2020-01-01T00:00:00.000Z' };
    expect(await changeOnRecord(told, deps)).toEqual(changeIn(event));
  });

  it('counts for nothing without a record where the fact would decide', async () => {
    const { deps } = perfect();
    const told = changeIn(startSession(AT, 'i-0123456789abcdef0', 's-1'));
    await expect(changeOnRecord(told, deps)).rejects.toThrow(`CloudTrail has no record of the event ${told.eventId}`);
  });

  it.each([
    [
      'another call',
      {
        eventName: 'RebootInstances',
        requestParameters: { instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0' }] } },
      },
    ],
    ['another account', { recipientAccountId: '210987654321' }],
  ])('counts for nothing when the record is of %s', async (_what, other) => {
    const { history, deps } = perfect();
    const event = startSession(AT, 'i-0123456789abcdef0', 's-1');
    const eventSource = 'eventName' in other ? 'ec2.amazonaws.com' : 'ssm.amazonaws.com';
    history.add({ detail: { ...event.detail, eventSource, ...other } });
    await expect(changeOnRecord(changeIn(event), deps)).rejects.toThrow('is about something else');
  });

  it.each([
    ['is no JSON', '{'],
    ['cannot be read', '{"eventSource":1,"eventName":"StartSession"}'],
  ])('counts for nothing when the record %s', async (_what, text) => {
    const { deps } = perfect();
    const history = { recordOf: async () => text };
    const told = changeIn(startSession(AT, 'i-0123456789abcdef0', 's-1'));
    await expect(changeOnRecord(told, { ...deps, history })).rejects.toThrow('cannot be read');
  });

  it('counts for nothing while CloudTrail cannot be asked', async () => {
    const { history, deps } = perfect();
    history.failNext(new Retryable('ThrottlingException'));
    const told = changeIn(startSession(AT, 'i-0123456789abcdef0', 's-1'));
    await expect(changeOnRecord(told, deps)).rejects.toThrow('could not be asked');
  });

  it('is asked of CloudTrail only where CloudTrail told of it: a finding counts for nothing', async () => {
    const { history, deps } = perfect();
    const fact: Fact = { kind: 'alert', by: 'guardduty', what: 'Backdoor', severity: 8 };
    const told = { ...changeIn(startSession(AT, 'i-0123456789abcdef0', 's-1')), source: 'guardduty', fact } as const;
    await expect(changeOnRecord(told, deps)).rejects.toThrow('it has no record in CloudTrail');
    expect(history.calls).toEqual([]);
  });

  it('that is a verdict of Config is judged on live state, and not as one that has just turned', async () => {
    const { deps } = perfect();
    const fact: Fact = { kind: 'verdict', by: 'drift', transition: true };
    const told = { ...changeIn(startSession(AT, 'i-0123456789abcdef0', 's-1')), source: 'config', fact } as const;
    expect(await changeOnRecord(told, deps)).toMatchObject({ fact: { ...fact, transition: false } });
  });

  it.each<[string, unknown, Fact]>([
    ['rules added', authorize(AT, RULE), { kind: 'rules-modified', ruleIds: [] }],
    [
      'an interface made',
      call('CreateNetworkInterface', AT, {
        requestParameters: { subnetId: 'subnet-1', groupSet: { items: [{ groupId: 'sg-0123456789abcdef0' }] } },
        responseElements: { networkInterface: { networkInterfaceId: 'eni-0123456789abcdef0' } },
      }),
      { kind: 'security-groups-changed', groupIds: [] },
    ],
  ])('only says where to look, and names nobody and no rule, in a network: %s', async (_what, event, fact) => {
    const { deps } = perfect('security-groups');
    const told = changeIn(event);
    const judged = await changeOnRecord(told, deps);
    expect(judged).toMatchObject({ fact, resources: told.resources, requestId: null, actor: { arn: null } });
  });

  it('that asks nothing of the unit stays without consequence, record or not', async () => {
    const { deps } = perfect('security-groups');
    const event = call('TerminateInstanceInAutoScalingGroup', AT, {
      eventSource: 'autoscaling.amazonaws.com',
      requestParameters: { instanceId: 'i-0123456789abcdef0' },
    });
    expect(await changeOnRecord(changeIn(event), deps)).toEqual({ irrelevant: 'it only ends something' });
  });
});
