import { describe, expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call, GROUP, INSTANCE, record } from './perfect.ts';

const OTHER = 'sg-0fedcba9876543210';
const FIRST = 'eni-0a1b2c3d4e5f60718';
const SECOND = 'eni-0fedcba9876543210';
const SECOND_INSTANCE = 'i-0fedcba9876543210';

const groups = (...ids: string[]) => ({ groupSet: { items: ids.map((groupId) => ({ groupId, groupName: 'web' })) } });
const eni = (networkInterfaceId: unknown, ...ids: string[]) => ({ networkInterfaceId, ...groups(...ids) });
const onInterfaces = (...ids: string[]) => ids.map((id) => ({ type: 'network-interface', id }));
const onInstances = (...ids: string[]) => ids.map((id) => ({ type: 'instance', id }));

describe('CreateNetworkInterface', () => {
  const create = (response: unknown, request: unknown = groups(GROUP)) =>
    parseInbound(call('CreateNetworkInterface', request, response));

  test.each([
    ['one group', { networkInterface: eni(FIRST, GROUP) }, undefined, [GROUP]],
    ['several groups', { networkInterface: eni(FIRST, GROUP, OTHER) }, undefined, [GROUP, OTHER]],
    [
      'the default group, which the call does not name',
      { networkInterface: eni(FIRST, OTHER) },
      { groupSet: {} },
      [OTHER],
    ],
    [
      'groups that only the call names',
      { networkInterface: { networkInterfaceId: FIRST } },
      groups(GROUP, OTHER),
      [GROUP, OTHER],
    ],
    ['an empty set in the answer', { networkInterface: { ...eni(FIRST), groupSet: {} } }, undefined, [GROUP]],
    ['a group twice', { networkInterface: eni(FIRST, GROUP, GROUP) }, undefined, [GROUP]],
    ['a request that was cut', { networkInterface: eni(FIRST, GROUP) }, null, [GROUP]],
    ['nothing told of groups', { networkInterface: { networkInterfaceId: FIRST } }, {}, []],
    ['a wrapper', { CreateNetworkInterfaceResponse: { networkInterface: eni(FIRST, GROUP) } }, undefined, [GROUP]],
  ])('%s', (_name, response, request, groupIds) => {
    expect(create(response, request)).toMatchObject({
      fact: { kind: 'interfaces-created', groupIds },
      resources: onInterfaces(FIRST),
    });
  });

  test('no response: the groups that the call asked for are judged', () => {
    expect(create(null)).toMatchObject({
      fact: { kind: 'interfaces-created', groupIds: [GROUP] },
      resources: [{ type: 'security-group', id: GROUP }],
    });
  });
  test('no response, and no groups in the call: nobody can tell', () => {
    expect(() => create(null, {})).toThrow(
      new MalformedEvent(
        'responseElements.networkInterface: expected the network interface that was made, found nothing',
      ),
    );
  });

  test.each([
    [
      'no id',
      { networkInterface: { subnetId: 'subnet-1' } },
      'responseElements.networkInterface.networkInterfaceId: expected a string, found nothing',
    ],
    [
      'an id that is none',
      { networkInterface: eni('x') },
      'responseElements.networkInterface.networkInterfaceId: expected an id such as eni-0123456789abcdef0, found "x"',
    ],
  ])('%s', (_name, response, message) => {
    expect(() => create(response)).toThrow(new MalformedEvent(message));
  });
});

describe('RunInstances', () => {
  const run = (response: unknown, request: unknown = groups(GROUP)) =>
    parseInbound(call('RunInstances', request, response));
  const launched = (...items: unknown[]) => ({ reservationId: 'r-1', groupSet: {}, instancesSet: { items } });
  const instance = (instanceId: unknown, ...items: unknown[]) => ({ instanceId, networkInterfaceSet: { items } });

  test.each([
    ['one interface', launched(instance(INSTANCE, eni(FIRST, GROUP))), [GROUP], onInterfaces(FIRST)],
    [
      'two interfaces',
      launched(instance(INSTANCE, eni(FIRST, GROUP), eni(SECOND, GROUP, OTHER))),
      [GROUP, OTHER],
      onInterfaces(FIRST, SECOND),
    ],
    [
      'two instances',
      launched(instance(INSTANCE, eni(FIRST, GROUP)), instance(SECOND_INSTANCE, eni(SECOND, OTHER))),
      [GROUP, OTHER],
      onInterfaces(FIRST, SECOND),
    ],
    [
      'an instance whose interfaces are not listed',
      launched({ instanceId: INSTANCE, ...groups(OTHER) }),
      [OTHER],
      onInstances(INSTANCE),
    ],
    [
      'one whose interfaces are listed, one whose are not',
      launched(instance(INSTANCE, eni(FIRST, GROUP)), { instanceId: SECOND_INSTANCE, networkInterfaceSet: {} }),
      [GROUP],
      [...onInterfaces(FIRST), ...onInstances(SECOND_INSTANCE)],
    ],
    [
      'one instance without a list',
      { instancesSet: instance(INSTANCE, eni(FIRST, OTHER)) },
      [OTHER],
      onInterfaces(FIRST),
    ],
  ])('%s', (_name, response, groupIds, resources) => {
    const parsed = run(response);
    expect(parsed).toMatchObject({ fact: { kind: 'interfaces-created', groupIds } });
    expect(parsed).toHaveProperty('resources', resources);
  });

  test.each([
    ['of the instances', groups(GROUP, OTHER), [GROUP, OTHER]],
    ['of the interfaces', { networkInterfaceSet: { items: [groups(GROUP), groups(OTHER, GROUP)] } }, [GROUP, OTHER]],
    ['by name, one of them', { groupSet: { items: [{ groupName: 'web' }, { groupId: OTHER }] } }, [OTHER]],
    ['none: a launch template has them', { launchTemplate: { launchTemplateId: 'lt-1', version: '7' } }, []],
  ])('groups that only the call names: %s', (_name, request, groupIds) => {
    expect(run(launched({ instanceId: INSTANCE }), request)).toMatchObject({ fact: { groupIds } });
  });

  const UNTOLD: readonly [string, unknown, string][] = [
    ['no response', null, 'found nothing'],
    ['a response that was cut', { omitted: true, originalSize: 131_072 }, 'found nothing'],
    ['no instances', { instancesSet: {} }, 'found an object'],
  ];
  test.each(UNTOLD)('%s: the groups that the call asked for are judged', (_name, response) => {
    expect(run(response, groups(GROUP, OTHER))).toMatchObject({
      fact: { kind: 'interfaces-created', groupIds: [GROUP, OTHER] },
      resources: [GROUP, OTHER].map((id) => ({ type: 'security-group', id })),
    });
  });
  test.each(UNTOLD.filter(([name]) => !name.includes('cut')))(
    '%s, and no groups in the call: nobody can tell',
    (_name, response, found) => {
      expect(() => run(response, {})).toThrow(
        new MalformedEvent(`responseElements.instancesSet: expected the instances that were launched, ${found}`),
      );
    },
  );

  test.each([
    [
      'an instance without id or interfaces',
      launched(groups(GROUP)),
      'responseElements.instancesSet.items[0].instanceId: expected a string, found nothing',
    ],
    [
      'an interface without an id, of an instance without one',
      launched(instance(undefined, groups(GROUP))),
      'responseElements.instancesSet.items[0].instanceId: expected a string, found nothing',
    ],
  ])('%s', (_name, response, message) => {
    expect(() => run(response)).toThrow(new MalformedEvent(message));
  });

  test('a launch that failed has no answer, and that is no fault of the event', () => {
    const raw = record({
      eventName: 'RunInstances',
      responseElements: null,
      errorCode: 'Server.InsufficientInstanceCapacity',
    });
    expect(parseInbound(raw)).toEqual({
      irrelevant: 'the call failed (Server.InsufficientInstanceCapacity): nothing was changed',
    });
  });
});
