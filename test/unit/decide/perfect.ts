import type { Context, History } from '../../../src/decide.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import type { InstanceEstate, SecurityGroupEstate } from '../../../src/domain/estate.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { ACCOUNT, FLEET, INSTANCE } from '../guards/perfect.ts';
import { basePolicy } from '../policy/policies.ts';
import { ALICE } from '../policy/subjects.ts';
import { estateOf, GROUP, rule } from '../rules/perfect.ts';

export const CONTEXT: Context = {
  account: ACCOUNT,
  now: new Date('2026-03-01T12:00:00.000Z'),
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};
export const HISTORY: History = { pause: { kind: 'running' }, lastReading: null };

/** Enforces everywhere, protects SSH, and knows what two Config rules mean. */
export const POLICY: Policy = {
  ...basePolicy(),
  mode: 'enforce',
  configVerdicts: [
    { configRule: '*restricted-ssh*', means: ['internet'] },
    { configRule: 'drifted', means: ['user-data-changed', 'security-groups-changed', 'instance-profile-changed'] },
    { configRule: 'profile-only', means: ['instance-profile-changed'] },
  ],
};

/** Alice opens SSH to the world. */
export const OPENED: Change = {
  source: 'cloudtrail',
  name: 'AuthorizeSecurityGroupIngress',
  fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-1'] },
  resources: [{ type: 'security-group', id: GROUP }],
  actor: ALICE,
  at: '2026-03-01T11:59:55.000Z',
  eventId: 'event-1',
  requestId: 'request-1',
  account: ACCOUNT,
  region: 'eu-west-1',
};
export const OPEN_GROUP: SecurityGroupEstate = estateOf([rule('sgr-1')]);

/** Alice edits the user data of an instance. */
export const ALTERED: Change = {
  ...OPENED,
  name: 'ModifyInstanceAttribute',
  fact: { kind: 'user-data-changed' },
  resources: [{ type: 'instance', id: 'i-1' }],
};
export const FLEET_INSTANCE: InstanceEstate = { kind: 'instance', instance: INSTANCE, group: FLEET, drift: null };

/** The group was within the limit when it had these rules. */
export const cleanReading = (...cleanRuleIds: readonly string[]): GroupReading => ({
  kind: 'security-group',
  cleanRuleIds,
  rules: [],
  earlier: [],
});

/** A Config rule says NON_COMPLIANT. */
export function verdict(change: Change, by: string, transition = true): Change {
  const fact: Fact = { kind: 'verdict', by, transition };
  return { ...change, source: 'config', name: by, fact, requestId: null };
}
