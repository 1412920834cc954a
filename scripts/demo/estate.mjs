import { authorize, makeFleet, makeSecurityGroup, rulesOf } from '../scene/estate.mjs';

/** @typedef {import('../scene/clients.mjs').Clients} Clients */
/** @typedef {import('@aws-sdk/client-ec2').SecurityGroupRule} Rule */

/** @param {number} port */
const tcp = (port) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port });

/** The permission that opens a group. */
export const SSH_FOR_ALL = { ...tcp(22), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'just for a minute' }] };

/**
 * A group of web servers as a team would have it: every rule of it is meant.
 * @param {Clients} clients
 */
export async function makeWebGroup(clients) {
  const balancer = await makeSecurityGroup(clients, 'load-balancer');
  const web = await makeSecurityGroup(clients, 'web', { Owner: 'web-team' });
  const rules = [
    { ...tcp(443), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'HTTPS for everybody' }] },
    { ...tcp(22), IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'SSH from the office' }] },
    { ...tcp(5432), IpRanges: [{ CidrIp: '10.20.0.0/16', Description: 'PostgreSQL inside' }] },
    { ...tcp(8080), UserIdGroupPairs: [{ GroupId: balancer, Description: 'the load balancer' }] },
  ];
  for (const rule of rules) await authorize(clients, web, rule);
  return { id: web, rules: await rulesOf(clients, web) };
}

/** Three instances, in a group whose owner said that they may be replaced. @param {Clients} clients */
export const makeWebFleet = (clients) =>
  makeFleet(clients, { name: 'web-prod', size: 3, tags: { 'undrift:replace': 'allowed', Owner: 'web-team' } });

/** @param {Rule} rule */
export const sourceOf = (rule) => rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.ReferencedGroupInfo?.GroupId ?? '?';

/** @param {Rule} rule */
export const idOf = (rule) => rule.SecurityGroupRuleId ?? '?';

/** The local AWS keeps no description of a rule that names a group. @param {Rule} rule */
export const descriptionOf = (rule) => rule.Description ?? (rule.ReferencedGroupInfo ? 'the load balancer' : '');
