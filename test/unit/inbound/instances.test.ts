/** What each call about instances is taken for: the table was written by hand. `events/` has the records. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ResourceRef } from '../../../src/domain/change.ts';
import { WATCHED_CALLS } from '../../../src/inbound/cloudtrail/calls.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call, INSTANCE } from './perfect.ts';

const ID = 'i-0a1b2c3d4e5f60718';
const ONE = `instance ${ID}`;
const TWO = `${ONE}, instance i-0b2c3d4e5f6071829`;
const VOL = 'vol-0a1b2c3d4e5f60718';
const ENI = 'eni-0a1b2c3d4e5f60718';
const FACE = `network-interface ${ENI}`;
const EIP = 'eipalloc-0a1b2c3d4e5f60718';
const ATTACHMENT = 'eni-attach-0a1b2c3d4e5f60718';
const ASSOCIATION = 'targets association=b7c3266e-a544-44db-877e-b20d3a108189';
const SHELL = 'AWS-RunShellScript';
const RESTART = 'AWS-RestartEC2Instance';
const DENIED = 'nothing: the call failed (Client.UnauthorizedOperation): nothing was changed';
const REFUSED = 'nothing: the call failed (AccessDenied): nothing was changed';
const RUNNING = 'nothing: the call failed (Client.IncorrectInstanceState): nothing was changed';
const ELSEWHERE = 'nothing: on managed nodes that are not EC2 instances';
const REQUEST = 'malformed: detail.requestParameters';
/** `signal detail drift on what`: a dash is none. */
const told = (rest: string, on: string) => `signal ${rest} on ${on}`;

const TABLE: Readonly<Record<string, string>> = {
  'AssignIpv6Addresses.one': told(`addresses-assigned ${ENI} ${ENI}`, FACE),
  'AssignPrivateIpAddresses.by-node-role': told(`addresses-assigned ${ENI} ${ENI}`, FACE),
  'AssignPrivateIpAddresses.one': told(`addresses-assigned ${ENI} ${ENI}`, FACE),
  'AssociateAddress.denied': DENIED,
  'AssociateAddress.instance': told(`elastic-ip-associated ${EIP} ${EIP}`, ONE),
  'AssociateAddress.interface': told(`elastic-ip-associated ${EIP} ${EIP}`, FACE),
  'AssociateInstanceEventWindow.by-tag': 'nothing: an event window of tags or hosts, which names no instance',
  'AssociateInstanceEventWindow.instances': told('event-window-changed iew-0a1b2c3d4e5f60718 -', ONE),
  'CreateAssociation.by-guardduty': told(
    'association-changed AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin',
    'targets *',
  ),
  'CreateAssociation.every-machine': told(`association-changed ${SHELL} ${SHELL}`, 'targets *'),
  'CreateAssociation.instance-id': told(`association-changed ${SHELL} ${SHELL}`, ONE),
  'CreateAssociation.instance-ids': told(`association-changed ${SHELL} ${SHELL}`, ONE),
  'CreateAssociation.managed-nodes': ELSEWHERE,
  'CreateAssociationBatch.one-failed': told(`association-changed ${SHELL} ${SHELL}`, 'targets tag:Env=prod'),
  'CreateAssociationBatch.one-that-is-none': told(
    `association-changed ${SHELL} ${SHELL}`,
    `${ONE}, targets entry=2 of ${SHELL}, targets tag:Env=prod`,
  ),
  'CreateAssociationBatch.truncated': 'unnamed instances - - on region eu-west-1',
  'CreateAssociationBatch.two': told(`association-changed ${SHELL} ${SHELL}`, `${ONE}, targets tag:Env=prod`),
  'CreateReplaceRootVolumeTask.as-launched': told('root-volume-replaced - -', ONE),
  'CreateReplaceRootVolumeTask.denied': DENIED,
  'CreateReplaceRootVolumeTask.from-snapshot': told(
    'root-volume-replaced from snap-0a1b2c3d4e5f60718 snap-0a1b2c3d4e5f60718',
    ONE,
  ),
  'CreateTags.not-watched': `tags-changed CostCentre false on ${ONE}`,
  'CreateTags.of-a-volume': 'nothing: tags of what is no instance',
  'CreateTags.truncated': 'unnamed instances {"kind":"tags-changed","keys":[],"removed":false} - on region eu-west-1',
  'CreateTags.watched': `tags-changed undrift-example,Environment false on ${ONE}`,
  'DeleteTags.all': `tags-changed - true on ${ONE}`,
  'DeleteTags.watched': `tags-changed Environment true on ${ONE}`,
  'DetachInstances.denied': REFUSED,
  'DetachInstances.plain': told('instance-detached web -', ONE),
  'DetachNetworkInterface.by-node-role': told(
    `interface-detached ${ATTACHMENT} ${ATTACHMENT}`,
    `targets attachment=${ATTACHMENT}`,
  ),
  'DetachNetworkInterface.plain': told(
    `interface-detached ${ATTACHMENT} ${ATTACHMENT}`,
    `targets attachment=${ATTACHMENT}`,
  ),
  'DetachVolume.by-node-role': told(`volume-detached ${VOL} ${VOL}`, ONE),
  'DetachVolume.instance-in-the-answer-only': told(`volume-detached ${VOL} ${VOL}`, ONE),
  'DetachVolume.plain': told(`volume-detached ${VOL} ${VOL}`, ONE),
  'DisassociateAddress.by-public-address': told('elastic-ip-disassociated - -', 'targets public-address=203.0.113.5'),
  'DisassociateAddress.denied': DENIED,
  'DisassociateAddress.plain': told(
    'elastic-ip-disassociated - -',
    'targets address-association=eipassoc-0a1b2c3d4e5f60718',
  ),
  'DisassociateInstanceEventWindow.instances': told('event-window-changed iew-0a1b2c3d4e5f60718 -', TWO),
  'EnterStandby.denied': REFUSED,
  'EnterStandby.plain': told('instance-in-standby web -', ONE),
  'GetConsoleOutput.plain': told('console-read - -', ONE),
  'GetConsoleScreenshot.denied': DENIED,
  'GetConsoleScreenshot.plain': told('console-read - -', ONE),
  'GetPasswordData.denied': DENIED,
  'GetPasswordData.plain': told('password-read - -', ONE),
  'ModifyInstanceCapacityReservationAttributes.denied': DENIED,
  'ModifyInstanceCapacityReservationAttributes.none': told('capacity-reservation-changed - -', ONE),
  'ModifyInstanceCpuOptions.denied': DENIED,
  'ModifyInstanceCpuOptions.one-thread': told('cpu-options-changed 2 -', ONE),
  'ModifyInstanceCreditSpecification.denied': DENIED,
  'ModifyInstanceCreditSpecification.two-instances': told('credit-specification-changed standard -', TWO),
  'ModifyInstanceCreditSpecification.unlimited': told('credit-specification-changed unlimited -', ONE),
  'ModifyInstanceEventStartTime.denied': DENIED,
  'ModifyInstanceEventStartTime.later': told('event-window-changed 2026-02-20T04:00:00Z -', ONE),
  'ModifyInstanceMaintenanceOptions.denied': DENIED,
  'ModifyInstanceMaintenanceOptions.no-recovery': told('maintenance-options-changed disabled -', ONE),
  'ModifyInstanceNetworkPerformanceOptions.denied': DENIED,
  'ModifyInstanceNetworkPerformanceOptions.vpc-weighted': told('network-performance-changed vpc-1 -', ONE),
  'ModifyInstancePlacement.host-tenancy': told('placement-changed host -', ONE),
  'ModifyInstancePlacement.running': RUNNING,
  'ModifyPrivateDnsNameOptions.denied': DENIED,
  'ModifyPrivateDnsNameOptions.resource-name': told('private-dns-changed - -', ONE),
  'ModifyVolume.by-node-role': told(`volume-modified ${VOL} ${VOL}`, `targets volume=${VOL}`),
  'ModifyVolume.larger': told(`volume-modified ${VOL} ${VOL}`, `targets volume=${VOL}`),
  'MonitorInstances.denied': DENIED,
  'MonitorInstances.plain': told('monitoring-changed on -', ONE),
  'OpenTunnel.address-malformed': `${REQUEST}.privateIpAddress: expected an address such as 10.0.1.1, found "web-1"`,
  'OpenTunnel.denied': REFUSED,
  'OpenTunnel.plain': told('tunnel-opened port 22 22', 'targets address=10.0.1.77'),
  'RebootInstances.denied': DENIED,
  'RebootInstances.plain': told('instance-rebooted - -', ONE),
  'RegisterTaskWithMaintenanceWindow.instance-ids': told(`window-task-changed ${SHELL} ${SHELL}`, ONE),
  'RegisterTaskWithMaintenanceWindow.lambda':
    'nothing: a task of Lambda or Step Functions, which runs nothing on instances',
  'RegisterTaskWithMaintenanceWindow.window-target': told(
    'window-task-changed AWS-RunPatchBaseline AWS-RunPatchBaseline',
    'targets WindowTargetIds=e32eecb2-646c-4f4b-8ed1-205fbEXAMPLE',
  ),
  'ResumeSession.denied': REFUSED,
  'ResumeSession.plain': told('session-resumed ada-0a1b2c3d4e5f60718 -', 'targets session=ada-0a1b2c3d4e5f60718'),
  'SendCommand.all-instances': told(`command-run ${SHELL} ${SHELL}`, 'targets *'),
  'SendCommand.by-tag': told(`command-run ${SHELL} ${SHELL}`, 'targets tag:Env=prod,stage'),
  'SendCommand.empty-tag-value': told(`command-run ${SHELL} ${SHELL}`, 'targets tag:Env='),
  'SendCommand.instance-ids-as-targets': told(`command-run ${SHELL} ${SHELL}`, ONE),
  'SendCommand.managed-nodes': ELSEWHERE,
  'SendCommand.target-malformed': `${REQUEST}.targets[0].key: expected a string, found nothing`,
  'SendCommand.truncated': told(
    `command-run ${SHELL} ${SHELL}`,
    'targets command=0b1c2d3e-0000-4000-8000-000000000000',
  ),
  'SendCommand.two-instances': told(`command-run ${SHELL} ${SHELL}`, TWO),
  'SendDiagnosticInterrupt.dry-run': 'nothing: a dry run: nothing was changed',
  'SendDiagnosticInterrupt.plain': told('diagnostic-interrupt-sent - -', ONE),
  'SendSerialConsoleSSHPublicKey.denied':
    'nothing: the call failed (SerialConsoleAccessDisabledException): nothing was changed',
  'SendSerialConsoleSSHPublicKey.plain': told('serial-console-opened - -', ONE),
  'SetInstanceHealth.unhealthy': `closing-call on ${ONE}`,
  'SetInstanceProtection.by-ecs': told('scale-in-protection-changed true -', ONE),
  'SetInstanceProtection.denied': REFUSED,
  'SetInstanceProtection.on': told('scale-in-protection-changed true -', TWO),
  'StartAssociationsOnce.denied': REFUSED,
  'StartAssociationsOnce.two': told(
    'association-run - -',
    `${ASSOCIATION}, targets association=b85ccafe-9f02-4812-9b81-012340000000`,
  ),
  'StartAutomationExecution.all-instances': told(`automation-started ${RESTART} ${RESTART}`, 'targets *'),
  'StartAutomationExecution.by-tag': told(`automation-started ${RESTART} ${RESTART}`, 'targets tag:Env=prod'),
  'StartAutomationExecution.instance-in-parameters': told(`automation-started ${RESTART} ${RESTART}`, ONE),
  'StartAutomationExecution.truncated': 'unnamed instances - 4105a4fc-f944-11e6-9d32-0a1b2c3d495h on region eu-west-1',
  'StartAutomationExecution.of-a-bucket': 'nothing: an automation that names no instance',
  'StartAutomationExecution.parameters-masked': told(
    `automation-started ${RESTART} ${RESTART}`,
    `targets parameters-of=${RESTART}`,
  ),
  'StartConnection.managed-node': 'nothing: a remote desktop of a managed node that is not an EC2 instance',
  'StartConnection.plain': told('remote-desktop-opened RDP -', ONE),
  'StartInstances.by-auto-scaling': told('instance-started - -', ONE),
  'StartInstances.plain': told('instance-started - -', ONE),
  'StopInstances.by-auto-scaling': told('instance-stopped - -', ONE),
  'StopInstances.hibernate': told('instance-hibernated - -', ONE),
  'StopInstances.hibernate-unsupported':
    'nothing: the call failed (Client.UnsupportedHibernationConfiguration): nothing was changed',
  'StopInstances.plain': told('instance-stopped - -', ONE),
  'StopInstances.two-instances': told('instance-stopped - -', TWO),
  'TerminateSession.denied': REFUSED,
  'TerminateSession.plain': 'session-ended ada-0a1b2c3d4e5f60718 on targets session=ada-0a1b2c3d4e5f60718',
  'UnassignIpv6Addresses.one': told(`addresses-unassigned ${ENI} ${ENI}`, FACE),
  'UnassignPrivateIpAddresses.by-node-role': told(`addresses-unassigned ${ENI} ${ENI}`, FACE),
  'UnassignPrivateIpAddresses.one': told(`addresses-unassigned ${ENI} ${ENI}`, FACE),
  'UnmonitorInstances.plain': told('monitoring-changed off -', ONE),
  'UpdateMaintenanceWindowTask.other-document': told(`window-task-changed ${SHELL} ${SHELL}`, 'targets tag:Env=prod'),
  'UpdateMaintenanceWindowTask.priority-only': 'nothing: it changes nothing of what the task runs, or where',
  'UpdateAssociation.targets-in-the-answer-only': told(`association-changed ${SHELL} ${SHELL}`, ONE),
  'UpdateAssociation.targets-nowhere': told('association-changed - -', ASSOCIATION),
};

const folder = fileURLToPath(new URL('../../../events', import.meta.url));

function taken(raw: unknown): string {
  try {
    const parsed = parseInbound(raw);
    if ('irrelevant' in parsed) return `nothing: ${parsed.irrelevant}`;
    const { kind, ...rest } = parsed.fact;
    const words = Object.values(rest).map((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? JSON.stringify(value)
        : String(value ?? '') || '-',
    );
    return `${[kind, ...words].join(' ')} on ${parsed.resources.map(({ type, id }) => `${type} ${id}`).join(', ')}`;
  } catch (error) {
    if (error instanceof MalformedEvent) return `malformed: ${error.message}`;
    throw error;
  }
}

test.each(Object.entries(TABLE))('%s', (name, expected) => {
  expect(taken(JSON.parse(readFileSync(`${folder}/cloudtrail.${name}.json`, 'utf8')))).toBe(expected);
});

describe('how the machines of an expression can be asked for', () => {
  const COMMAND = 'f6887251-cdde-4251-a026-f50a25f521f7';
  const named = (name: string, request: object, response: object | null = null) => {
    const change = parseInbound(
      call(name, { documentName: 'D', name: 'D', ...request }, response, 'ssm.amazonaws.com'),
    );
    return 'irrelevant' in change ? change : change.resources;
  };
  const both = {
    targets: [
      { key: 'tag:Env', values: ['prod'] },
      { key: 'tag:Role', values: ['web', 'api'] },
    ],
  };
  test('tag filters that an incident has no room for are reported, and no instance is looked up by a part of them', () => {
    const values = Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(256, 'x'));
    const resources = named('StartAutomationExecution', { targets: [{ key: 'tag:Env', values }] });
    expect(resources).toEqual([{ type: 'targets', id: expect.stringMatching(/^tag:Env=.*~[0-9a-f]{12}$/) }]);
  });

  const filters = both.targets;
  const id = 'tag:Env=prod and tag:Role=api,web';

  test.each<[string, ReturnType<typeof named>, object[]]>([
    [
      'a command is remembered, whatever its targets are',
      named(
        'SendCommand',
        { targets: [{ key: 'resource-groups:Name', values: ['web'] }] },
        { command: { commandId: COMMAND } },
      ),
      [{ type: 'targets', id: 'resource-groups:Name=web', lookUp: { by: 'command', commandId: COMMAND } }],
    ],
    [
      'of ids and tags together, which must both hold, the command knows whom they mean',
      named(
        'SendCommand',
        { targets: [...both.targets, { key: 'InstanceIds', values: [INSTANCE] }] },
        { command: { commandId: COMMAND } },
      ),
      [{ type: 'targets', id, lookUp: { by: 'command', commandId: COMMAND } }],
    ],
    [
      'so is one to all',
      named('SendCommand', { instanceIds: ['*'] }, { command: { commandId: COMMAND } }),
      [{ type: 'targets', id: '*', lookUp: { by: 'command', commandId: COMMAND } }],
    ],
    [
      'of a command without an id its tags are asked for, all of them together',
      named('SendCommand', both),
      [{ type: 'targets', id, lookUp: { by: 'tags', managed: true, filters } }],
    ],
    [
      'an id that is none is not there',
      named('SendCommand', both, { command: { commandId: 'x; rm -rf' } }),
      [{ type: 'targets', id, lookUp: { by: 'tags', managed: true, filters } }],
    ],
    [
      'an association to all means what Systems Manager looks after',
      named('CreateAssociation', { targets: [{ key: 'InstanceIds', values: ['*'] }] }),
      [{ type: 'targets', id: '*', lookUp: { by: 'tags', managed: true, filters: [] } }],
    ],
    [
      'an automation means any machine with the tags',
      named('StartAutomationExecution', both),
      [{ type: 'targets', id, lookUp: { by: 'tags', managed: false, filters } }],
    ],
    [
      'of a resource group nobody can be asked',
      named('CreateAssociation', { targets: [{ key: 'resource-groups:Name', values: ['web'] }] }),
      [{ type: 'targets', id: 'resource-groups:Name=web' }],
    ],
    [
      'nor where one of several is such a group',
      named('CreateAssociation', { targets: [...filters, { key: 'resource-groups:Name', values: ['web'] }] }),
      [{ type: 'targets', id: `${id} and resource-groups:Name=web` }],
    ],
    [
      'an id is a machine by itself',
      named('SendCommand', { instanceIds: [INSTANCE] }),
      [{ type: 'instance', id: INSTANCE }],
    ],
  ])('%s', (_name, resources, expected) => {
    expect(resources).toEqual(expected);
  });

  test('the values of a tag are looked up as they are, an empty one and one with a line break', () => {
    const values = ['', 'b\nc', ' d '];
    const [resource] = named('SendCommand', { targets: [{ key: 'tag:A', values }] }) as readonly ResourceRef[];
    expect(resource?.lookUp).toEqual({ by: 'tags', managed: true, filters: [{ key: 'tag:A', values }] });
    expect(resource?.id).toMatch(/^tag:A=, d ,b c~[0-9a-f]{12}$/);
  });

  test.each(['AWS::EC2::Instance', 'InstanceIds'])('an automation on %s=* means any machine', (key) => {
    const lookUp = { by: 'tags', managed: false, filters: [] };
    expect(named('StartAutomationExecution', { targets: [{ key, values: ['*'] }] })).toEqual([
      { type: 'targets', id: '*', lookUp },
    ]);
  });

  test('what is no id is only told', () => {
    expect(named('SendCommand', { instanceIds: [INSTANCE, 'web'] }, { command: { commandId: COMMAND } })).toEqual([
      { type: 'instance', id: INSTANCE },
      { type: 'targets', id: 'instance-id=web' },
    ]);
  });

  test('two expressions that look alike to people are two', () => {
    const of = (value: string) =>
      JSON.stringify(named('CreateAssociation', { targets: [{ key: 'tag:A', values: [value] }] }));
    const id = (value: string) => JSON.parse(of(value))[0].id;
    expect(new Set(['a b', 'a\nb', 'a\tb', 'a  b', '', ' ', '\n'].map(id)).size).toBe(7);
  });

  test('two long expressions that begin alike are two', () => {
    const long = (end: string) =>
      named('CreateAssociation', { targets: [{ key: 'tag:A', values: [`${'x'.repeat(400)}${end}`] }] });
    const [one, two] = [long('1'), long('2')].map((resources) => JSON.stringify(resources));
    expect(one).not.toEqual(two);
  });
});

test('the table lacks no event of the calls that it has', () => {
  const calls = new Set(Object.keys(TABLE).map((name) => name.split('.')[0]));
  const present = readdirSync(folder).map((file) => file.replace(/^cloudtrail\.|\.json$/g, ''));
  expect(present.filter((name) => calls.has(name.split('.')[0]) && !(name in TABLE))).toEqual([]);
  const watched = new Set(WATCHED_CALLS.map((watch) => watch.split(' ')[1]));
  expect([...calls].filter((name) => !watched.has(name))).toEqual([]);
});

describe('out of the ordinary', () => {
  const SSM = 'ssm.amazonaws.com';
  const command = (rest: object) => call('SendCommand', { documentName: 'D', ...rest }, null, SSM);
  const automation = (rest: object) => call('StartAutomationExecution', { documentName: 'D', ...rest }, null, SSM);
  const on = (what: string, rule = 'command-run') => told(`${rule} D D`, what);
  const here = `instance ${INSTANCE}`;

  test.each<[string, object, string]>([
    [
      'ids and tags together',
      command({ instanceIds: [INSTANCE], targets: [{ key: 'tag:A', values: ['b'] }] }),
      on(`${here}, targets tag:A=b`),
    ],
    ['ids of both kinds', command({ instanceIds: ['mi-1', INSTANCE, INSTANCE] }), on(here)],
    ['a tag without values', command({ targets: [{ key: 'tag:A' }] }), on('targets tag:A')],
    ['values in another order', command({ targets: [{ key: 'tag:A', values: ['c', 'b'] }] }), on('targets tag:A=b,c')],
    [
      'a resource group',
      command({ targets: [{ key: 'resource-groups:Name', values: ['web'] }] }),
      on('targets resource-groups:Name=web'),
    ],
    ['targets spelt in PascalCase', command({ targets: [{ Key: 'tag:A', Values: ['b'] }] }), on('targets tag:A=b')],
    [
      'a very long target',
      command({ targets: [{ key: 'tag:A', values: ['x'.repeat(500)] }] }),
      on(`targets tag:A=${'x'.repeat(181)}~78e415171fcc`),
    ],
    [
      'nobody',
      command({ instanceIds: [], targets: [] }),
      'malformed: requestParameters.targets: expected the machines that the command runs on, found a list of 0',
    ],
    [
      'no id',
      command({ instanceIds: ['web'] }),
      'malformed: requestParameters.instanceIds[0]: expected an id such as i-0123456789abcdef0, found "web"',
    ],
    [
      'no id beside good ones',
      command({ instanceIds: ['web', INSTANCE, 7, '', 'a\nb'] }),
      on(
        `targets instance-id=web, ${here}, targets instance-id=7, targets instance-id="", targets instance-id=a b~9b3a99174e05`,
      ),
    ],
    ['no id beside a machine elsewhere', command({ instanceIds: ['web', 'mi-1'] }), on('targets instance-id=web')],
    [
      'no id in a target beside good ones',
      command({ targets: [{ key: 'InstanceIds', values: ['web', INSTANCE] }] }),
      on(`targets instance-id=web, ${here}`),
    ],
    [
      'ids, and targets that are none',
      command({ instanceIds: [INSTANCE], targets: [{}] }),
      on(`${here}, targets targets that cannot be read`),
    ],
    ['a tag with an empty value', command({ targets: [{ key: 'tag:A', values: [''] }] }), on('targets tag:A=')],
    [
      'a tag with an empty value and another',
      command({ targets: [{ key: 'tag:A', values: ['b', ''] }] }),
      on('targets tag:A=,b'),
    ],
    [
      'a tag with a line break',
      command({ targets: [{ key: 'tag:A', values: ['b\nSubject: c'] }] }),
      on('targets tag:A=b Subject: c~be6cb0c29008'),
    ],
    [
      'a tag value that is no string',
      command({ targets: [{ key: 'tag:A', values: [7] }] }),
      'malformed: requestParameters.targets[0].values[0]: expected a string, found 7',
    ],
    [
      'a tag value beyond any bound',
      command({ targets: [{ key: 'tag:A', values: ['x'.repeat(3000)] }] }),
      on(`targets tag:A=${'x'.repeat(181)}~14abbc8016fd`),
    ],
    [
      'an automation on all instances',
      automation({ targets: [{ key: 'AWS::EC2::Instance', values: ['*'] }] }),
      on('targets *', 'automation-started'),
    ],
    [
      'an automation on instances by their ids',
      automation({ targets: [{ key: 'AWS::EC2::Instance', values: [INSTANCE, 'web'] }] }),
      on(`${here}, targets instance-id=web`, 'automation-started'),
    ],
    [
      'an automation with an id in its parameters and targets beside',
      automation({ parameters: { Decoy: [INSTANCE] }, targets: [{ key: 'AWS::EC2::Instance', values: ['*'] }] }),
      on(`${here}, targets *`, 'automation-started'),
    ],
    [
      'associations that are run, one of them without an id',
      call('StartAssociationsOnce', { associationIds: ['a', null, 'b'] }, null, SSM),
      told('association-run - -', 'targets association=a, targets association=null, targets association=b'),
    ],
    [
      'an automation by the values of its parameter',
      automation({ targets: [{ key: 'ParameterValues', values: [INSTANCE] }] }),
      on(here, 'automation-started'),
    ],
    [
      'an automation by other values',
      automation({ targets: [{ key: 'ParameterValues', values: ['vol-1'] }] }),
      on('targets ParameterValues=vol-1', 'automation-started'),
    ],
    [
      'an automation by target maps',
      automation({ targetMaps: [{ InstanceId: [INSTANCE] }] }),
      on(here, 'automation-started'),
    ],
    [
      'an automation with an id inside a text',
      automation({ parameters: { Command: [`echo ${INSTANCE}`] } }),
      'nothing: an automation that names no instance',
    ],
    [
      'a volume that nobody is named for',
      call('DetachVolume', { volumeId: 'vol-1' }),
      told('volume-detached vol-1 vol-1', 'targets volume=vol-1'),
    ],
    [
      'a long value',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, instanceType: { value: 'x'.repeat(200) } }),
      told('instance-type-changed - -', here),
    ],
    [
      'a masked value',
      call('ModifyInstanceAttribute', {
        instanceId: INSTANCE,
        attribute: 'instanceType',
        value: '<sensitiveDataRemoved>',
      }),
      told('instance-type-changed - -', here),
    ],
    [
      'an attribute that EC2 may add',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, antiGravity: true }),
      `instance-attribute-changed antiGravity on ${here}`,
    ],
    [
      'hibernate as a text',
      call('StopInstances', { instancesSet: { items: [{ instanceId: INSTANCE }] }, hibernate: 'true' }),
      told('instance-hibernated - -', here),
    ],
    [
      'stopped, and not hibernated',
      call('StopInstances', { instancesSet: { items: [{ instanceId: INSTANCE }] }, hibernate: false }),
      told('instance-stopped - -', here),
    ],
    [
      'none stopped',
      call('StopInstances', { instancesSet: {} }),
      'malformed: requestParameters.instancesSet: expected the instances that the call names, found an object',
    ],
    [
      'a tunnel over IPv6',
      call(
        'OpenTunnel',
        { privateIpAddress: '2001:db8::77', remotePort: 3389 },
        null,
        'ec2-instance-connect.amazonaws.com',
      ),
      told('tunnel-opened port 3389 3389', 'targets address=2001:db8::77'),
    ],
    [
      'a tunnel to a range',
      call('OpenTunnel', { privateIpAddress: '10.0.0.0/8' }, null, 'ec2-instance-connect.amazonaws.com'),
      'malformed: requestParameters.privateIpAddress: expected an address such as 10.0.1.1, found "10.0.0.0/8"',
    ],
    [
      'tags of an instance and a volume',
      call('CreateTags', {
        resourcesSet: { items: [{ resourceId: 'vol-1' }, { resourceId: INSTANCE }] },
        tagSet: { items: [{ key: 'A', value: 'b' }] },
      }),
      `tags-changed A false on ${here}`,
    ],
    [
      'a command of another service',
      call('SendCommand', { instanceIds: [INSTANCE] }, null, 'workmail.amazonaws.com'),
      'nothing: not watched: SendCommand of workmail.amazonaws.com',
    ],
  ])('%s', (_name, raw, expected) => {
    expect(taken(raw)).toBe(expected);
  });
});

describe('associations that are made together', () => {
  const OTHER = 'i-0fedcba9876543210';
  const one = (rest: object, name = 'D') => ({ name, ...rest });
  const [HERE, TAGGED] = [one({ instanceId: INSTANCE }), one({ targets: [{ key: 'tag:A', values: ['b'] }] })];
  const batch = (entries: unknown, failed?: unknown) =>
    taken(call('CreateAssociationBatch', { entries }, { successful: [], failed }, 'ssm.amazonaws.com'));
  const on = (what: string) => told('association-changed D D', what);
  const failing = (...entries: unknown[]) => entries.map((entry) => ({ entry, message: 'no', fault: 'Client' }));
  const both = on(`instance ${INSTANCE}, targets tag:A=b`);

  test.each<[string, string, string]>([
    [
      'one with an id that is none',
      batch([HERE, one({ instanceId: 'web' })]),
      on(`instance ${INSTANCE}, targets entry=2 of D`),
    ],
    ['one without targets', batch([one({}), TAGGED]), on('targets entry=1 of D, targets tag:A=b')],
    [
      'one with a target without a key',
      batch([one({ targets: [{}] }), HERE]),
      on(`targets entry=1 of D, instance ${INSTANCE}`),
    ],
    ['one that is none', batch(['x', HERE, null]), on(`targets entry=1, instance ${INSTANCE}, targets entry=3`)],
    ['one on a machine elsewhere', batch([one({ instanceId: 'mi-1' }), HERE]), on(`instance ${INSTANCE}`)],
    ['all on machines elsewhere', batch([one({ instanceId: 'mi-1' })]), ELSEWHERE],
    [
      'one that failed',
      batch([HERE, TAGGED], failing({ ...HERE, documentVersion: '$DEFAULT' })),
      on('targets tag:A=b'),
    ],
    [
      'all failed',
      batch([HERE, TAGGED], failing(TAGGED, HERE)),
      'nothing: each association of it failed: nothing was changed',
    ],
    ['one of two alike failed', batch([HERE, HERE, TAGGED], failing(HERE)), both],
    ['both of two alike failed', batch([HERE, HERE, TAGGED], failing(HERE, HERE)), on('targets tag:A=b')],
    ['another one failed', batch([HERE, TAGGED], failing(one({ instanceId: OTHER }))), both],
    ['one failed of which nothing is said', batch([HERE, TAGGED], [{ message: 'no' }, 'x', null]), both],
    ['nobody can say what failed', batch([HERE, TAGGED], 'x'), both],
    [
      'none',
      batch([]),
      'malformed: requestParameters.entries: expected associations with their targets, found a list of 0',
    ],
    [
      'all that cannot be read',
      batch([one({ instanceId: 'web' }), one({})]),
      'malformed: requestParameters.entries[0].instanceId: expected an id such as i-0123456789abcdef0, found "web"',
    ],
  ])('%s', (_name, outcome, expected) => {
    expect(outcome).toBe(expected);
  });
});
