/** Rules, policy, documentation and events in step: each signal has an event that fires and a near miss that must not. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { answer, type Setting } from '../../../cli/explain/answer.ts';
import { CHANGED_SIGNALS, ENTERED_SIGNALS } from '../../../src/domain/signal.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { INSTANCE_RULES as IDS, RULES } from '../../../src/policy/policy.ts';
import { INSTANCE_RULES } from '../../../src/rules/instance-rules.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const SIGNALS = INSTANCE_RULES.filter(({ group }) => group === 'changed' || group === 'entered');
const { policy } = loadPolicy(readFileSync(at('policy.yml'), 'utf8'), 'policy.yml');
const setting: Setting = {
  policy,
  estate: null,
  now: new Date('2026-02-03T05:00:00Z'),
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};

const MIA = 'ModifyInstanceAttribute';
const OPTIONS = 'ModifyInstance';
/** The event that fires, and the one that must not, as `<call>.<case>`. */
const EVENTS: Readonly<Record<string, readonly [fires: string, near: string]>> = {
  'user-data-changed': [`${MIA}.user-data`, `${MIA}.user-data-running`],
  'security-groups-changed': [`${MIA}.groups`, `${MIA}.by-auto-scaling`],
  'instance-profile-changed': ['AssociateIamInstanceProfile.admin', 'AssociateIamInstanceProfile.denied'],
  'metadata-options-changed': ['ModifyInstanceMetadataOptions.imds-v1', 'ModifyInstanceMetadataOptions.denied'],
  'instance-attribute-changed': [`${MIA}.ena-support`, `${MIA}.ena-support-running`],
  'volume-attached': ['AttachVolume.by-user', 'AttachVolume.by-node-role'],
  'watched-tag-changed': ['CreateTags.watched', 'CreateTags.not-watched'],
  'instance-type-changed': [`${MIA}.instance-type`, `${MIA}.instance-type-denied`],
  'source-dest-check-changed': [`${MIA}.source-dest-check`, `${MIA}.source-dest-check-dry-run`],
  'termination-protection-changed': [`${MIA}.termination-protection`, `${MIA}.termination-protection-by-auto-scaling`],
  'stop-protection-changed': [`${MIA}.stop-protection`, `${MIA}.stop-protection-denied`],
  'shutdown-behaviour-changed': [`${MIA}.shutdown-behaviour`, `${MIA}.shutdown-behaviour-denied`],
  'ebs-optimisation-changed': [`${MIA}.ebs-optimised`, `${MIA}.ebs-optimised-running`],
  'block-device-mapping-changed': [`${MIA}.block-device-mapping`, `${MIA}.block-device-mapping-denied`],
  'credit-specification-changed': [`${OPTIONS}CreditSpecification.unlimited`, `${OPTIONS}CreditSpecification.denied`],
  'placement-changed': [`${OPTIONS}Placement.host-tenancy`, `${OPTIONS}Placement.running`],
  'cpu-options-changed': [`${OPTIONS}CpuOptions.one-thread`, `${OPTIONS}CpuOptions.denied`],
  'maintenance-options-changed': [`${OPTIONS}MaintenanceOptions.no-recovery`, `${OPTIONS}MaintenanceOptions.denied`],
  'capacity-reservation-changed': [
    `${OPTIONS}CapacityReservationAttributes.none`,
    `${OPTIONS}CapacityReservationAttributes.denied`,
  ],
  'network-performance-changed': [
    `${OPTIONS}NetworkPerformanceOptions.vpc-weighted`,
    `${OPTIONS}NetworkPerformanceOptions.denied`,
  ],
  'private-dns-changed': ['ModifyPrivateDnsNameOptions.resource-name', 'ModifyPrivateDnsNameOptions.denied'],
  'event-window-changed': ['AssociateInstanceEventWindow.instances', 'AssociateInstanceEventWindow.by-tag'],
  'monitoring-changed': ['MonitorInstances.plain', 'MonitorInstances.denied'],
  'volume-detached': ['DetachVolume.plain', 'DetachVolume.by-node-role'],
  'volume-modified': ['ModifyVolume.larger', 'ModifyVolume.by-node-role'],
  'root-volume-replaced': ['CreateReplaceRootVolumeTask.from-snapshot', 'CreateReplaceRootVolumeTask.denied'],
  'interface-attached': ['AttachNetworkInterface.plain', 'AttachNetworkInterface.by-node-role'],
  'interface-detached': ['DetachNetworkInterface.plain', 'DetachNetworkInterface.by-node-role'],
  'addresses-assigned': ['AssignPrivateIpAddresses.one', 'AssignPrivateIpAddresses.by-node-role'],
  'addresses-unassigned': ['UnassignPrivateIpAddresses.one', 'UnassignPrivateIpAddresses.by-node-role'],
  'elastic-ip-associated': ['AssociateAddress.instance', 'AssociateAddress.denied'],
  'elastic-ip-disassociated': ['DisassociateAddress.plain', 'DisassociateAddress.denied'],
  'instance-stopped': ['StopInstances.plain', 'StopInstances.by-auto-scaling'],
  'instance-hibernated': ['StopInstances.hibernate', 'StopInstances.hibernate-unsupported'],
  'instance-started': ['StartInstances.plain', 'StartInstances.by-auto-scaling'],
  'instance-rebooted': ['RebootInstances.plain', 'RebootInstances.denied'],
  'diagnostic-interrupt-sent': ['SendDiagnosticInterrupt.plain', 'SendDiagnosticInterrupt.dry-run'],
  'instance-detached': ['DetachInstances.plain', 'DetachInstances.denied'],
  'instance-in-standby': ['EnterStandby.plain', 'EnterStandby.denied'],
  'scale-in-protection-changed': ['SetInstanceProtection.on', 'SetInstanceProtection.denied'],
  'session-started': ['StartSession.instance', 'StartSession.ecs-task'],
  'ssh-key-pushed': ['SendSSHPublicKey.ec2-user', 'SendSSHPublicKey.denied'],
  'session-resumed': ['ResumeSession.plain', 'ResumeSession.denied'],
  'remote-desktop-opened': ['StartConnection.plain', 'StartConnection.managed-node'],
  'command-run': ['SendCommand.by-tag', 'SendCommand.managed-nodes'],
  'automation-started': ['StartAutomationExecution.instance-in-parameters', 'StartAutomationExecution.of-a-bucket'],
  'association-changed': ['CreateAssociation.instance-ids', 'CreateAssociation.managed-nodes'],
  'association-run': ['StartAssociationsOnce.two', 'StartAssociationsOnce.denied'],
  'window-task-changed': ['RegisterTaskWithMaintenanceWindow.instance-ids', 'RegisterTaskWithMaintenanceWindow.lambda'],
  'tunnel-opened': ['OpenTunnel.plain', 'OpenTunnel.denied'],
  'serial-console-opened': ['SendSerialConsoleSSHPublicKey.plain', 'SendSerialConsoleSSHPublicKey.denied'],
  'password-read': ['GetPasswordData.plain', 'GetPasswordData.denied'],
  'console-read': ['GetConsoleScreenshot.plain', 'GetConsoleScreenshot.denied'],
};

function outcome(event: string) {
  const file = `events/cloudtrail.${event}.json`;
  return answer({ file, index: 0, event: { raw: JSON.parse(readFileSync(at(file), 'utf8')) } }, setting);
}

describe('the signals', () => {
  it('are at least thirty, each a rule of the policy, once', () => {
    expect(SIGNALS.length).toBeGreaterThanOrEqual(30);
    expect(INSTANCE_RULES.map(({ id }) => id).sort()).toEqual([...IDS].sort());
    const own = new Set<string>([...CHANGED_SIGNALS, ...ENTERED_SIGNALS]);
    expect(INSTANCE_RULES.filter(({ id }) => own.has(id))).toHaveLength(own.size);
  });

  it('have an event each that fires and one that must not', () => {
    expect(Object.keys(EVENTS).sort()).toEqual(SIGNALS.map(({ id }) => id).sort());
    expect(new Set(Object.values(EVENTS).flat()).size).toBe(2 * SIGNALS.length);
  });

  it.each(Object.entries(EVENTS))('%s fires', async (rule, [fires]) => {
    const { error, decisions } = await outcome(fires);
    expect(error).toBeNull();
    expect(decisions.map((decision) => [decision.kind, decision.rule])).toContainEqual(['hold', rule]);
    expect(decisions.every((decision) => decision.rule === rule)).toBe(true);
  });

  it.each(Object.entries(EVENTS))('%s does not fire at its near miss', async (_rule, [fires, near]) => {
    const { error, decisions } = await outcome(near);
    expect(error).toBeNull();
    expect(decisions.every(({ kind }) => kind === 'ignore')).toBe(true);
    // The same call, so that it is a miss by a hair and not by a mile.
    expect(near.split('.')[0]).toBe(fires.split('.')[0]);
  });
});

describe('what a signal ships as', () => {
  it.each(SIGNALS.map((rule) => [rule.id, rule] as const))('%s: in policy.yml as in the table', (id, { ships }) => {
    expect(policy.instanceRules[id]).toEqual({ mode: ships === 'replace' ? null : 'observe' });
    expect(readFileSync(at('policy.yml'), 'utf8')).toMatch(new RegExp(`^ {2}${id}: \\{`, 'm'));
  });

  it('replaces only where it is sure', () => {
    const replacing = SIGNALS.filter(({ ships }) => ships === 'replace');
    expect(replacing.map(({ id }) => id)).toEqual([
      'user-data-changed',
      'security-groups-changed',
      'instance-profile-changed',
      'root-volume-replaced',
    ]);
    expect(new Set(replacing.map(({ confidence }) => confidence))).toEqual(new Set(['high']));
  });
});

describe('docs/signals.md', () => {
  const rows = readFileSync(at('docs/signals.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| `[a-z-]+` \|/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

  it('has one line for each, and none for what is no rule', () => {
    const named = rows.map(([id = '']) => id.slice(1, -1));
    const ours = new Set<string>(SIGNALS.map(({ id }) => id));
    expect(named.filter((id) => ours.has(id)).sort()).toEqual([...ours].sort());
    const others = named.filter((id) => !ours.has(id));
    expect(others.filter((id) => !(RULES as readonly string[]).includes(id))).toEqual([]);
  });

  it.each(SIGNALS.map((rule) => [rule.id, rule] as const))('says of %s what is so', (id, { confidence, ships }) => {
    const [, , calls = '', ...rest] = rows.find(([name]) => name === `\`${id}\``) ?? [];
    expect(rest.slice(0, 2)).toEqual([confidence, ships]);
    expect(rest[2]?.length).toBeGreaterThan(4);
    expect(calls).toContain(`\`${EVENTS[id]?.[0].split('.')[0]}\``);
  });

  it('names every call that an event of a signal was made for', async () => {
    const text = readFileSync(at('docs/signals.md'), 'utf8');
    const calls = readdirSync(at('events')).filter((file) => file.startsWith('cloudtrail.'));
    for (const file of calls) {
      const { decisions } = await outcome(file.replace(/^cloudtrail\.|\.json$/g, ''));
      const found = decisions.find(({ kind }) => kind === 'hold');
      if (SIGNALS.some(({ id }) => id === found?.rule)) expect(text).toContain(`\`${file.split('.')[1]}\``);
    }
  });
});
