/** What EC2 says of a network interface that nobody but AWS can write. */
import { parseCidr } from '../net/cidr.ts';
import { spaceOf } from '../net/internet.ts';
import { subtract } from '../net/space.ts';

/** `InterfaceType` of what only Elastic Load Balancing makes. An Application Load Balancer's is `interface`. */
const LOAD_BALANCERS: readonly string[] = ['gateway_load_balancer', 'load_balancer', 'network_load_balancer'];
const ELB = 'amazon-elb';

type Made = {
  readonly requesterManaged: boolean;
  readonly interfaceType: string;
  readonly requesterId: string | null;
  /** Owner of the instance that it is attached to, or null. */
  readonly attachedFor: string | null;
};

/**
 * A Network or Gateway Load Balancer has an interface type of its own; an Application or Classic one is made by the
 * requester `amazon-elb` and attached to an instance of that owner. The description ("ELB app/…") does not count: anybody
 * may write it, while only a service makes what is `RequesterManaged`.
 */
export function isOfLoadBalancer({ requesterManaged, interfaceType, requesterId, attachedFor }: Made): boolean {
  return requesterManaged && (requesterId === ELB || attachedFor === ELB || LOAD_BALANCERS.includes(interfaceType));
}

const PRIVATE_IPV6 = spaceOf('ipv6', ['fc00::/7', 'fe80::/10']);

/** Of IPv6 addresses and prefixes, those that the internet may reach. What cannot be read counts as one. */
export function globalIpv6(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => {
    const cidr = parseCidr(address.includes('/') ? address : `${address}/128`);
    return cidr?.family !== 'ipv6' || subtract([cidr.interval], PRIVATE_IPV6).length > 0;
  });
}
