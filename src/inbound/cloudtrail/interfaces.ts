/** Calls about the interfaces of an instance and their addresses. */
import type { Fact } from '../../domain/change.ts';
import type { SignalId } from '../../domain/signal.ts';
import { attempt, field, isAbsent, oneOf, type Place } from '../reader.ts';
import { address, addressAssociationId, attachmentId, instanceId, networkInterfaceId } from '../values.ts';
import {
  type CallParser,
  type CallTable,
  onInstance,
  onInterface,
  onTargets,
  type Parsed,
  signal,
  told,
} from './call.ts';
import { bodyOf } from './shapes.ts';

const attachInterface: CallParser = (call) => {
  const body = bodyOf(call.request, 'AttachNetworkInterfaceRequest');
  const face = attempt(() => networkInterfaceId(oneOf(body, 'networkInterfaceId', 'NetworkInterfaceId')));
  const id = instanceId(oneOf(body, 'instanceId', 'InstanceId'));
  return onInstance(id, signal('interface-attached', face, face ?? ''));
};

/** Names an attachment only: who had the interface can be looked up until it is off. */
const detachInterface: CallParser = (call) => {
  const body = bodyOf(call.request, 'DetachNetworkInterfaceRequest');
  const attachment = attachmentId(oneOf(body, 'attachmentId', 'AttachmentId'));
  return onTargets(`attachment=${attachment}`, signal('interface-detached', attachment, attachment));
};

/** `{networkInterfaceId, …}`; the calls about IPv6 have `Assign…Request.{NetworkInterfaceId, …}`. */
function addresses(action: string, id: SignalId): CallParser {
  return (call) => {
    const body = bodyOf(call.request, `${action}Request`);
    const face = networkInterfaceId(oneOf(body, 'networkInterfaceId', 'NetworkInterfaceId'));
    return onInterface(face, signal(id, face, face));
  };
}

/** `{instanceId | networkInterfaceId, allocationId | publicIp}` */
const associateAddress: CallParser = (call) => {
  const body = bodyOf(call.request, 'AssociateAddressRequest');
  const which = told(oneOf(body, 'publicIp', 'PublicIp', 'allocationId', 'AllocationId'));
  return onHolder(body, signal('elastic-ip-associated', which, which ?? ''));
};

function onHolder(body: Place, fact: Fact): Parsed {
  const face = oneOf(body, 'networkInterfaceId', 'NetworkInterfaceId');
  if (!isAbsent(face)) return onInterface(networkInterfaceId(face), fact);
  return onInstance(instanceId(oneOf(body, 'instanceId', 'InstanceId')), fact);
}

/** `{associationId}` or `{publicIp}`: nobody can say afterwards who had the address. */
const disassociateAddress: CallParser = (call) => {
  const body = bodyOf(call.request, 'DisassociateAddressRequest');
  const association = oneOf(body, 'associationId', 'AssociationId');
  const expression = isAbsent(association)
    ? `public-address=${address(oneOf(body, 'publicIp', 'PublicIp'))}`
    : `address-association=${addressAssociationId(association)}`;
  return onTargets(expression, signal('elastic-ip-disassociated'));
};

/** A tunnel may go to anything with a private address; the remote port comes as a string. */
export const openTunnel: CallParser = ({ request }) => {
  const port = told(field(request, 'remotePort'));
  const to = address(field(request, 'privateIpAddress'));
  return onTargets(`address=${to}`, signal('tunnel-opened', port === null ? null : `port ${port}`, port ?? ''));
};

export const INTERFACE_CALLS: CallTable = {
  AssignIpv6Addresses: addresses('AssignIpv6Addresses', 'addresses-assigned'),
  AssignPrivateIpAddresses: addresses('AssignPrivateIpAddresses', 'addresses-assigned'),
  AssociateAddress: associateAddress,
  AttachNetworkInterface: attachInterface,
  DetachNetworkInterface: detachInterface,
  DisassociateAddress: disassociateAddress,
  UnassignIpv6Addresses: addresses('UnassignIpv6Addresses', 'addresses-unassigned'),
  UnassignPrivateIpAddresses: addresses('UnassignPrivateIpAddresses', 'addresses-unassigned'),
};
