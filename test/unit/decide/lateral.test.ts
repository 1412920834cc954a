/** What the credentials of one instance do to itself and to others: `own-work.ts` decides, and the finding names the instance. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Actor } from '../../../src/domain/actor.ts';
import type { Change, Fact, ResourceRef } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { CHANGED_SIGNALS, ENTERED_SIGNALS, type SignalId } from '../../../src/domain/signal.ts';
import { INSTANCE_RULES, type Policy } from '../../../src/policy/policy.ts';
import { ALTERED, CONTEXT, FLEET_INSTANCE, HISTORY, POLICY } from './perfect.ts';

const ATTACKER = 'i-0aaaaaaaaaaaaaaaa';
const ARN = `arn:aws:sts::123456789012:assumed-role/web/${ATTACKER}`;
const OWN: Actor = { ...ALTERED.actor, type: 'AssumedRole', arn: ARN, instanceId: ATTACKER };
/** Every rule enforced, without a grace: what is only reported is so for what did it. */
const ENFORCED: Policy = {
  ...POLICY,
  instanceRules: Object.fromEntries(
    INSTANCE_RULES.map((rule) => [rule, { mode: null, graceMinutes: 0 }]),
  ) as Policy['instanceRules'],
};
const of = (id: SignalId): Fact => ({ kind: 'signal', signal: id, detail: null, drift: '' });

function decided(fact: Fact, id: string, actor: Actor = OWN, resource: ResourceRef = { type: 'instance', id }) {
  const change: Change = { ...ALTERED, fact, actor, resources: [resource] };
  const instance = { ...FLEET_INSTANCE.instance, id };
  const group = FLEET_INSTANCE.group;
  const [first, ...others] = group?.members ?? [];
  if (group === null || first === undefined) throw new Error('the perfect instance has a group');
  const estate = { ...FLEET_INSTANCE, instance, group: { ...group, members: [{ ...first, id }, ...others] } };
  return decide(change, estate, ENFORCED, HISTORY, CONTEXT);
}
const short = ([decision]: readonly Decision[]) => [decision?.kind, decision?.guard].filter(Boolean).join(' ');
const evidence = ([decision]: readonly Decision[]) => (decision?.kind === 'ignore' ? [] : decision?.finding.evidence);

/** The EBS CSI driver's, for every node. */
const VOLUMES: readonly string[] = ['volume-detached', 'volume-modified'];
const GROUPS: Fact = { kind: 'security-groups-changed', groupIds: ['sg-2'] };
const SESSION: Fact = { kind: 'session-started', sessionId: 'kim-1' };
const FACTS: readonly [string, Fact, itself: string, other: string][] = [
  ['user data', { kind: 'user-data-changed' }, 'remediate', 'remediate'],
  ['a profile', { kind: 'instance-profile-changed', profile: 'admin' }, 'remediate', 'remediate'],
  ['security groups', GROUPS, 'remediate', 'remediate'],
  ['metadata options', { kind: 'metadata-options-changed' }, 'remediate', 'remediate'],
  ['a session', SESSION, 'remediate', 'remediate'],
  ['an SSH key', { kind: 'ssh-key-pushed', osUser: 'root' }, 'remediate', 'remediate'],
  ['the serial console', of('serial-console-opened'), 'remediate', 'remediate'],
  ['a command', of('command-run'), 'hold observe', 'remediate'],
  ['an Elastic IP address', of('elastic-ip-associated'), 'hold observe', 'remediate'],
  ['its source/destination check', of('source-dest-check-changed'), 'hold observe', 'remediate'],
  ['scale-in protection', of('scale-in-protection-changed'), 'hold observe', 'remediate'],
  ['a volume', { kind: 'volume-attached', volumeId: 'vol-1', device: null }, 'ignore', 'ignore'],
  ['a volume that grows', of('volume-modified'), 'ignore', 'ignore'],
  ['an interface', of('interface-attached'), 'ignore', 'remediate'],
  ['an interface that goes', of('interface-detached'), 'ignore', 'remediate'],
];

describe('the role of an instance', () => {
  it.each(FACTS)('%s: on the instance itself', (_what, fact, itself) => {
    expect(short(decided(fact, ATTACKER))).toBe(itself);
  });

  it.each(FACTS)('%s: on another instance', (_what, fact, _itself, other) => {
    expect(short(decided(fact, 'i-1'))).toBe(other);
  });

  it('sets the groups of interfaces of its own node all day, and never those of another', () => {
    const byInterface: ResourceRef = { type: 'network-interface', id: 'eni-1' };
    expect(short(decided(GROUPS, ATTACKER, OWN, byInterface))).toBe('ignore');
    expect(short(decided(GROUPS, 'i-1', OWN, byInterface))).toBe('remediate');
  });

  it.each([...CHANGED_SIGNALS, ...ENTERED_SIGNALS].filter((id) => !VOLUMES.includes(id)))(
    '%s: is never excused on another instance',
    (id) => {
      expect(short(decided(of(id), 'i-1'))).toBe('remediate');
    },
  );
});

describe('the finding', () => {
  it('names the instance whose credentials were used, and that it is not replaced for that', () => {
    expect(evidence(decided(SESSION, 'i-1'))).toContain(
      `${ALTERED.name} was called with the credentials of ${ATTACKER}, which may be compromised; undrift does not replace ${ATTACKER} for it`,
    );
  });

  it('says of an instance that acted on itself that it may be compromised', () => {
    expect(evidence(decided(SESSION, ATTACKER))).toContain(
      `${ALTERED.name} was called with the instance's own credentials: it may be compromised`,
    );
  });

  it('says of a session that is only named after an instance that anyone can choose the name', () => {
    const chosen: Actor = { ...OWN, instanceId: null };
    expect(short(decided({ kind: 'volume-attached', volumeId: 'vol-1', device: null }, 'i-1', chosen))).toBe(
      'remediate',
    );
    expect(evidence(decided(SESSION, 'i-1', chosen))?.[0]).toBe(
      `the session is named ${ATTACKER}, and EC2 did not deliver its credentials: anyone who can assume the role can choose this name`,
    );
  });

  it('about a launch template or a group names it, too', () => {
    for (const resource of [
      { type: 'launch-template', id: 'lt-1' },
      { type: 'auto-scaling-group', id: 'web' },
    ] as const) {
      const change: Change = {
        ...ALTERED,
        actor: OWN,
        fact: { kind: 'baseline-changed', what: 'version', detail: null },
        resources: [resource],
      };
      const decisions = decide(change, { kind: 'baseline', resource }, POLICY, HISTORY, CONTEXT);
      expect(short(decisions)).toBe('hold baseline-changed');
      expect(evidence(decisions)?.[0]).toContain(ATTACKER);
    }
  });

  it('about how an instance stands names nobody', () => {
    const policy = { ...ENFORCED, maxInstanceAgeDays: 1 };
    const change: Change = { ...ALTERED, actor: OWN };
    const old = decide(change, FLEET_INSTANCE, policy, HISTORY, CONTEXT).find(({ rule }) => rule === 'too-old');
    expect(old?.kind === 'ignore' ? null : old?.finding.evidence.join()).not.toContain(ATTACKER);
  });
});
