import { describe, expect, it } from 'vitest';
import { UNKNOWN_ACTOR } from '../../../src/domain/actor.ts';
import type { Selector } from '../../../src/policy/policy.ts';
import { matches, type Subject, type Verdict } from '../../../src/policy/select.ts';
import { keysFor, SELECTOR_KEYS, type SelectorKey } from '../../../src/policy/selector-keys.ts';
import { ALICE, DEPLOYER, WEB_GROUP, WEB_INSTANCE } from './subjects.ts';

const ALL: ReadonlySet<SelectorKey> = new Set(SELECTOR_KEYS);

type Row = readonly [selector: Selector, deviation: Partial<Subject>, verdict: Verdict];

const ONE_KEY: readonly Row[] = [
  [{ account: ['123456789012'] }, {}, 'yes'],
  [{ account: ['1234*'] }, {}, 'yes'],
  [{ account: ['210987654321'] }, {}, 'no'],
  [{ region: ['us-*', 'eu-west-?'] }, {}, 'yes'],
  [{ region: ['eu-west'] }, {}, 'no'],
  [{ vpc: ['vpc-0123456789abcdef0'] }, {}, 'yes'],
  [{ vpc: ['vpc-0123456789abcdef0'] }, { vpcs: undefined }, 'unknown'],
  [{ vpc: ['vpc-0123456789abcdef0'] }, { vpcs: null }, 'no'],
  [{ vpc: ['*'] }, { vpcs: null }, 'no'],
  [{ vpc: ['*'] }, { vpcs: [] }, 'no'],
  [{ securityGroup: ['sg-0123456789abcdef0'] }, {}, 'yes'],
  [{ securityGroup: ['web-*'] }, {}, 'yes'],
  [
    { securityGroup: ['sg-0aaaaaaaaaaaaaaaa'] },
    { securityGroup: { id: 'sg-0bbbbbbbbbbbbbbbb', name: 'sg-0aaaaaaaaaaaaaaaa' } },
    'no',
  ],
  [{ securityGroup: ['web'] }, {}, 'no'],
  [{ securityGroup: ['WEB-*'] }, {}, 'no'],
  [{ securityGroup: ['web-*'] }, { securityGroup: undefined }, 'unknown'],
  [{ securityGroup: ['web-*'] }, { securityGroup: null }, 'no'],
  [{ autoScalingGroup: ['web'] }, {}, 'no'],
  [{ autoScalingGroup: ['web'] }, { autoScalingGroup: 'web' }, 'yes'],
  [{ autoScalingGroup: ['web'] }, { autoScalingGroup: undefined }, 'unknown'],
  [{ instance: ['i-1'] }, { instance: 'i-1' }, 'yes'],
  [{ instance: ['i-1'] }, { instance: 'i-12' }, 'no'],
  [{ instance: ['i-1'] }, { instance: undefined }, 'unknown'],
  [{ tag: { Env: ['prod', 'test'] } }, {}, 'yes'],
  [{ tag: { Env: ['prod'], Team: ['web'] } }, {}, 'yes'],
  [{ tag: { Env: ['prod'], Team: ['db'] } }, {}, 'no'],
  [{ tag: { env: ['prod'] } }, {}, 'no'],
  [{ tag: { Owner: ['*'] } }, {}, 'no'],
  [{ tag: { constructor: ['*'] } }, {}, 'no'],
  [{ tag: { Env: ['prod'] } }, { tags: undefined }, 'unknown'],
  [{ tag: { Env: ['prod'] } }, { tags: null }, 'no'],
  [{ actor: [ALICE.arn ?? ''] }, {}, 'yes'],
  [{ actor: ['arn:*:iam::*:user/bob'] }, {}, 'no'],
  [{ actor: ['arn:aws:iam::*:role/deploy'] }, { actor: DEPLOYER }, 'yes'],
  [{ actor: ['arn:aws:sts::*:assumed-role/deploy/*'] }, { actor: DEPLOYER }, 'yes'],
  [{ actor: ['arn:aws:iam::*:role/deploy'] }, { actor: { ...DEPLOYER, issuerArn: null } }, 'unknown'],
  [{ actor: ['arn:*:*::*:*/*'] }, { actor: UNKNOWN_ACTOR }, 'unknown'],
  [
    { actor: ['arn:*:*::*:*/*'] },
    { actor: { ...UNKNOWN_ACTOR, type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } },
    'no',
  ],
];

const SEVERAL: readonly Row[] = [
  [{ region: ['eu-west-1'], securityGroup: ['web-*'] }, {}, 'yes'],
  [{ region: ['eu-west-1'], securityGroup: ['db-*'] }, {}, 'no'],
  [{ region: ['eu-west-1'], securityGroup: ['web-*'] }, { securityGroup: undefined }, 'unknown'],
  [{ region: ['us-east-1'], securityGroup: ['web-*'] }, { securityGroup: undefined }, 'no'],
  [{ vpc: ['vpc-1'], securityGroup: ['db-*'] }, { vpcs: undefined }, 'no'],
  [{ vpc: ['vpc-1'], autoScalingGroup: ['web'] }, { vpcs: undefined, autoScalingGroup: undefined }, 'unknown'],
];

describe('matches', () => {
  it.each([...ONE_KEY, ...SEVERAL])('%j with %j: %s', (selector, deviation, verdict) => {
    expect(matches(selector, { ...WEB_GROUP, ...deviation }, { keys: ALL, vpcs: 'every' })).toBe(verdict);
  });

  it('an empty selector selects nothing', () => {
    expect(matches({}, WEB_GROUP, { keys: ALL, vpcs: 'some' })).toBe('no');
  });

  it('a key that cannot fit outweighs a fact that could not be read', () => {
    const unread: Subject = { account: WEB_GROUP.account, region: WEB_GROUP.region, actor: WEB_GROUP.actor };
    const keys = keysFor('user-data-changed', 'exemptions');
    expect(matches({ securityGroup: ['web-*'] }, unread, { keys, vpcs: 'every' })).toBe('no');
    expect(matches({ autoScalingGroup: ['web-*'] }, unread, { keys, vpcs: 'every' })).toBe('unknown');
  });
});

describe('port and range', () => {
  const port: Selector = { port: [{ from: 22, to: 22 }] };
  const range: Selector = { range: ['203.0.113.0/24'] };

  it.each([port, range, { ...port, securityGroup: ['web-*'] }])('are left to the rule internet: %j', (selector) => {
    expect(matches(selector, WEB_GROUP, { keys: keysFor('internet', 'exemptions'), vpcs: 'every' })).toBe('yes');
  });

  it.each([port, range, { ...port, autoScalingGroup: ['web'] }])('never fit an instance: %j', (selector) => {
    expect(matches(selector, WEB_INSTANCE, { keys: keysFor('user-data-changed', 'exemptions'), vpcs: 'every' })).toBe(
      'no',
    );
  });

  it('do not widen the other keys', () => {
    expect(
      matches({ ...port, securityGroup: ['db-*'] }, WEB_GROUP, {
        keys: keysFor('internet', 'exemptions'),
        vpcs: 'every',
      }),
    ).toBe('no');
  });
});

describe('a group that serves several VPCs', () => {
  const inBoth = { ...WEB_GROUP, vpcs: ['vpc-a', 'vpc-b'] };
  const ROWS: readonly (readonly [patterns: readonly string[], every: Verdict, some: Verdict])[] = [
    [['vpc-a'], 'no', 'yes'],
    [['vpc-b'], 'no', 'yes'],
    [['vpc-a', 'vpc-b'], 'yes', 'yes'],
    [['vpc-?'], 'yes', 'yes'],
    [['vpc-c'], 'no', 'no'],
  ];

  it.each(ROWS)('%j: every %s, some %s', (vpc, every, some) => {
    expect(matches({ vpc }, inBoth, { keys: ALL, vpcs: 'every' })).toBe(every);
    expect(matches({ vpc }, inBoth, { keys: ALL, vpcs: 'some' })).toBe(some);
  });

  it.each(['every', 'some'] as const)('is never taken for one in no VPC (%s)', (vpcs) => {
    expect(matches({ vpc: ['*'] }, { ...WEB_GROUP, vpcs: [] }, { keys: ALL, vpcs })).toBe('no');
    expect(matches({ vpc: ['*'] }, { ...WEB_GROUP, vpcs: undefined }, { keys: ALL, vpcs })).toBe('unknown');
  });
});
