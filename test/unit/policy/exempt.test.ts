import { describe, expect, it } from 'vitest';
import { exemptionsFor } from '../../../src/policy/exempt.ts';
import type { Exemption, RuleId } from '../../../src/policy/policy.ts';
import type { Subject } from '../../../src/policy/select.ts';
import { basePolicy } from './policies.ts';
import { DEPLOYER, WEB_GROUP, WEB_INSTANCE } from './subjects.ts';

const EXEMPTION: Exemption = {
  id: 'partner',
  reason: 'The partner moves in June.',
  owner: 'team',
  ticket: null,
  rules: ['internet'],
  select: { securityGroup: ['web-*'] },
  notBefore: '2026-01-10T00:00:00.000Z',
  expires: '2026-06-30T23:59:59.999Z',
};
const MAY = new Date('2026-05-01T00:00:00Z');

function ids(deviation: Partial<Exemption>, subject: Partial<Subject> = {}, rule: RuleId = 'internet', now = MAY) {
  const policy = { ...basePolicy(), exemptions: [{ ...EXEMPTION, ...deviation }] };
  const { granted, unreadable } = exemptionsFor(rule, { ...WEB_GROUP, ...subject }, policy, now);
  return { granted: granted.map(({ id }) => id), unreadable: unreadable.map(({ id }) => id) };
}
const NONE = { granted: [], unreadable: [] };
const GRANTED = { granted: ['partner'], unreadable: [] };
const UNREADABLE = { granted: [], unreadable: ['partner'] };

describe('exemptionsFor', () => {
  it('grants what is in force and selects the subject', () => expect(ids({})).toEqual(GRANTED));

  it.each([
    ['another rule', { rules: ['user-data-changed'] }, {}, NONE],
    ['every rule', { rules: null }, {}, GRANTED],
    ['another group', {}, { securityGroup: { id: 'sg-1', name: 'db' } }, NONE],
    ['a group that could not be read', {}, { securityGroup: undefined }, UNREADABLE],
    [
      'a group that is surely not in the Region',
      { select: { securityGroup: ['web-*'], region: ['us-*'] } },
      { securityGroup: undefined },
      NONE,
    ],
    ['ports are left to the rule', { select: { port: [{ from: 22, to: 22 }] } }, {}, GRANTED],
    ['a date that is none', { expires: 'tomorrow' }, {}, NONE],
    ['a beginning that is none', { notBefore: 'soon' }, {}, NONE],
  ] as const)('%s', (_name, deviation, subject, expected) => {
    expect(ids(deviation, subject)).toEqual(expected);
  });

  it.each([
    ['2026-01-09T23:59:59.999Z', NONE],
    ['2026-01-10T00:00:00.000Z', GRANTED],
    ['2026-06-30T23:59:59.999Z', GRANTED],
    ['2026-07-01T00:00:00.000Z', NONE],
  ])('at %s', (now, expected) => {
    expect(ids({}, {}, 'internet', new Date(now))).toEqual(expected);
  });

  it('does not hold for what is over, even if it cannot be read', () => {
    expect(ids({}, { securityGroup: undefined }, 'internet', new Date('2026-07-01T00:00:00Z'))).toEqual(NONE);
  });

  it('never takes an exemption by port for an instance', () => {
    const select = { port: [{ from: 22, to: 22 }] };
    expect(ids({ rules: null, select }, WEB_INSTANCE, 'user-data-changed')).toEqual(NONE);
  });

  it('grants by VPC only what serves no other VPC', () => {
    const deviation = { select: { vpc: ['vpc-a'] } };
    expect(ids(deviation, { vpcs: ['vpc-a'] })).toEqual(GRANTED);
    expect(ids(deviation, { vpcs: ['vpc-a', 'vpc-b'] })).toEqual(NONE);
    expect(ids(deviation, { vpcs: undefined })).toEqual(UNREADABLE);
  });

  it('leaves ports to egress as to internet, and takes none for pipeline-only', () => {
    const deviation = { rules: null, select: { port: [{ from: 22, to: 22 }] } };
    expect(ids(deviation, {}, 'egress')).toEqual(GRANTED);
    expect(ids(deviation, {}, 'pipeline-only')).toEqual(NONE);
  });

  it('exempts an actor from pipeline-only', () => {
    const deviation = { rules: ['pipeline-only'], select: { actor: ['arn:aws:iam::123456789012:user/alice'] } };
    expect(ids(deviation, {}, 'pipeline-only')).toEqual(GRANTED);
    expect(ids(deviation, { actor: DEPLOYER }, 'pipeline-only')).toEqual(NONE);
  });
});
