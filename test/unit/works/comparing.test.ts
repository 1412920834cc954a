import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import type { Drift, InstanceEstate } from '../../../src/domain/estate.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { type Fleet, Refused, Retryable } from '../../../src/roles.ts';
import { withDrift } from '../../../src/works/comparing.ts';
import { ALTERED, FLEET_INSTANCE, POLICY, verdict } from '../decide/perfect.ts';
import { INSTANCE } from '../guards/perfect.ts';
import { DEPLOYER } from '../policy/subjects.ts';

const DRIFT: Drift = { kind: 'compared', baseline: 'lt-1 version 4', differences: [] };
const TRUSTING = { trustedActors: [{ id: 'pipeline', role: 'arn:aws:iam::123456789012:role/deploy' }] };
const off = { ...POLICY.instanceRules, 'user-data-changed': { mode: 'off' as const } };
const node = { ...ALTERED.actor, instanceId: 'i-1' };
const fleet = (drift: () => Promise<Drift>) => ({ drift }) as unknown as Fleet;

async function driftOf(change: Change, estate: Partial<InstanceEstate> = {}, policy: Partial<Policy> = {}) {
  const given = { ...FLEET_INSTANCE, ...estate };
  return (
    await withDrift(
      fleet(async () => DRIFT),
      given,
      change,
      { ...POLICY, ...policy },
    )
  ).drift;
}

describe('the template is compared with', () => {
  it.each<[string, Change]>([
    ['a verdict', verdict(ALTERED, 'anything')],
    ['a change that is a finding', ALTERED],
  ])('for %s', async (_title, change) => {
    expect(await driftOf(change)).toEqual(DRIFT);
  });
});

describe('nothing is read', () => {
  it.each<[string, Change, Partial<InstanceEstate>, Partial<Policy>]>([
    ['for a trusted actor', { ...ALTERED, actor: DEPLOYER }, {}, TRUSTING],
    [
      'for everyday work of a node',
      { ...ALTERED, actor: node, fact: { kind: 'volume-attached', volumeId: 'vol-9', device: null } },
      {},
      {},
    ],
    ['for a rule that is off', ALTERED, {}, { instanceRules: off }],
    ['for what no rule is about', { ...ALTERED, fact: { kind: 'closing-call' } }, {}, {}],
    ['of an instance of no group', verdict(ALTERED, 'anything'), { group: null }, {}],
    ['of one that is ending', ALTERED, { instance: { ...INSTANCE, state: 'shutting-down' } }, {}],
  ])('%s', async (_title, change, estate, policy) => {
    expect(await driftOf(change, estate, policy)).toBeNull();
  });
});

describe('while EC2 throttles', () => {
  const busy = fleet(() => Promise.reject(new Retryable('RequestLimitExceeded')));
  it('a verdict waits', async () => {
    await expect(withDrift(busy, FLEET_INSTANCE, verdict(ALTERED, 'x'), POLICY)).rejects.toBeInstanceOf(Retryable);
  });

  it('a change that is a finding does not wait for its evidence', async () => {
    const { drift } = await withDrift(busy, FLEET_INSTANCE, ALTERED, POLICY);
    expect(drift).toEqual({ kind: 'unknown', why: 'RequestLimitExceeded' });
  });

  it('what is no refusal for now is a fault', async () => {
    const broken = fleet(() => Promise.reject(new Refused('a bug')));
    await expect(withDrift(broken, FLEET_INSTANCE, ALTERED, POLICY)).rejects.toBeInstanceOf(Refused);
  });
});
