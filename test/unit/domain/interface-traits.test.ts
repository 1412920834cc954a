import { expect, test } from 'vitest';
import { globalIpv6, isOfLoadBalancer } from '../../../src/domain/interface-traits.ts';

test('an IPv6 address or prefix is global unless it is private; what cannot be read counts as global', () => {
  expect(globalIpv6(['fd00:1::5', 'fe80::1', 'fc00::/80'])).toEqual([]);
  const global = ['2001:db8::5', '2600:1f18::/80', '64:ff9b::1', 'nonsense', '10.0.0.1'];
  expect(globalIpv6(global)).toEqual(global);
});

test('an Application Load Balancer is known by the owner of what it is attached to, and only where a service made it', () => {
  const made = {
    requesterManaged: true,
    interfaceType: 'interface',
    requesterId: '412345678901',
    attachedFor: 'amazon-elb',
  };
  expect(isOfLoadBalancer(made)).toBe(true);
  expect(isOfLoadBalancer({ ...made, attachedFor: null })).toBe(false);
  expect(isOfLoadBalancer({ ...made, attachedFor: null, interfaceType: 'network_load_balancer' })).toBe(true);
  expect(isOfLoadBalancer({ ...made, requesterManaged: false })).toBe(false);
});
