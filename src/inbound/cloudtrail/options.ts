/** Calls that set options of one instance. They differ in their names and in what they say, and in nothing else. */
import type { SignalId } from '../../domain/signal.ts';
import { field, isObject, items, malformed, oneOf } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type CallParser, type CallTable, onInstance, onInstances, signal, told } from './call.ts';
import { bodyOf, idsIn } from './shapes.ts';

/** `ModifyInstance…Request.{InstanceId, …}`, or the same flat and in camelCase. `says`: the field that people are told. */
function ofInstance(action: string, id: SignalId, says: string | null = null): CallParser {
  return (call) => {
    const body = bodyOf(call.request, `${action}Request`);
    const detail = says === null ? null : told(oneOf(body, says, says.charAt(0).toLowerCase() + says.slice(1)));
    return onInstance(instanceId(oneOf(body, 'InstanceId', 'instanceId')), signal(id, detail));
  };
}

/** `ModifyInstanceCreditSpecificationRequest.InstanceCreditSpecification.{InstanceId, CpuCredits}`, one or a list of them. */
const modifyCredits: CallParser = (call) => {
  const body = bodyOf(call.request, 'ModifyInstanceCreditSpecificationRequest');
  const listed = oneOf(
    body,
    'InstanceCreditSpecification',
    'instanceCreditSpecificationSet',
    'instanceCreditSpecifications',
  );
  const each = items(listed);
  const [first] = each;
  if (first === undefined) throw malformed(listed, 'the instances whose credits are set');
  const ids = each.map((one) => (isObject(one.value) ? oneOf(one, 'InstanceId', 'instanceId') : one));
  const credits = isObject(first.value) ? told(oneOf(first, 'CpuCredits', 'cpuCredits')) : null;
  return onInstances(ids, signal('credit-specification-changed', credits));
};

/** `AssociateInstanceEventWindowRequest.AssociationTarget.InstanceId`: ids, where no tags or hosts stand in their place. */
function eventWindow(action: string): CallParser {
  return (call) => {
    const body = bodyOf(call.request, `${action}Request`);
    const target = oneOf(body, 'AssociationTarget', 'associationTarget');
    const ids = idsIn(oneOf(target, 'InstanceId', 'InstanceIds', 'instanceIds'), 'instanceId', 'InstanceId');
    if (ids.length === 0) return { irrelevant: 'an event window of tags or hosts, which names no instance' };
    const window = told(oneOf(body, 'InstanceEventWindowId', 'instanceEventWindowId'));
    return onInstances(ids, signal('event-window-changed', window));
  };
}

/** `instancesSet.items[].instanceId` */
function ofInstances(id: SignalId, says: string | null = null): CallParser {
  return (call) => {
    const set = field(call.request, 'instancesSet');
    const ids = idsIn(set, 'instanceId', 'InstanceId');
    if (ids.length === 0) throw malformed(set, 'the instances that the call names');
    return onInstances(ids, signal(id, says));
  };
}

export const OPTION_CALLS: CallTable = {
  AssociateInstanceEventWindow: eventWindow('AssociateInstanceEventWindow'),
  DisassociateInstanceEventWindow: eventWindow('DisassociateInstanceEventWindow'),
  ModifyInstanceCapacityReservationAttributes: ofInstance(
    'ModifyInstanceCapacityReservationAttributes',
    'capacity-reservation-changed',
  ),
  ModifyInstanceCpuOptions: ofInstance('ModifyInstanceCpuOptions', 'cpu-options-changed', 'CoreCount'),
  ModifyInstanceCreditSpecification: modifyCredits,
  ModifyInstanceEventStartTime: ofInstance('ModifyInstanceEventStartTime', 'event-window-changed', 'NotBefore'),
  ModifyInstanceMaintenanceOptions: ofInstance(
    'ModifyInstanceMaintenanceOptions',
    'maintenance-options-changed',
    'AutoRecovery',
  ),
  ModifyInstanceNetworkPerformanceOptions: ofInstance(
    'ModifyInstanceNetworkPerformanceOptions',
    'network-performance-changed',
    'BandwidthWeighting',
  ),
  ModifyInstancePlacement: ofInstance('ModifyInstancePlacement', 'placement-changed', 'Tenancy'),
  ModifyPrivateDnsNameOptions: ofInstance('ModifyPrivateDnsNameOptions', 'private-dns-changed'),
  MonitorInstances: ofInstances('monitoring-changed', 'on'),
  SendDiagnosticInterrupt: ofInstance('SendDiagnosticInterrupt', 'diagnostic-interrupt-sent'),
  UnmonitorInstances: ofInstances('monitoring-changed', 'off'),
  GetConsoleOutput: ofInstance('GetConsoleOutput', 'console-read', null),
  GetConsoleScreenshot: ofInstance('GetConsoleScreenshot', 'console-read', null),
  GetPasswordData: ofInstance('GetPasswordData', 'password-read'),
};

export const POWER_CALLS: CallTable = {
  RebootInstances: ofInstances('instance-rebooted'),
  StartInstances: ofInstances('instance-started'),
  /** `hibernate: true` writes the memory to the root volume first. */
  StopInstances: (call) => {
    const hibernated = told(field(call.request, 'hibernate')) === 'true';
    return ofInstances(hibernated ? 'instance-hibernated' : 'instance-stopped')(call);
  },
};
