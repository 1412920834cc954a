/** What the scenarios about openings have in common: groups with rules that nobody minds, and what is seen afterwards. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { authorize, makeSecurityGroup, ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { type AwsEvent, authorizeEvent, send } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { dynamoLedger } from '../../../src/aws/ledger.ts';
import { type Deployed, noticesAbout, output } from '../deployed.ts';

export const PRIVATE = tcp(22, '10.0.0.0/8');
export const OFFICE = tcp(22, '52.94.76.0/24');
export const HTTPS = tcp(443, '0.0.0.0/0', '::/0');
export const WORLD = '0.0.0.0/0';

/** Rules that must be there when all is over, by their group. */
export type Kept = Map<string, readonly string[]>;

const ledgerOf = ({ clients, outputs }: Deployed) => dynamoLedger(clients.dynamo, output(outputs, 'LedgerTable'));
export const incidentsOf = (at: Deployed, resourceId: string) => ledgerOf(at).of(resourceId);

let groups = 0;

/** A group with these rules, of which nobody was told. */
export async function groupWith({ clients }: Deployed, ...permissions: readonly IpPermission[]) {
  groups += 1;
  const name = `exposure-${groups}`;
  const groupId = await makeSecurityGroup(clients, name);
  for (const permission of permissions) await authorize(clients, groupId, permission);
  return { name, groupId, siblings: await ruleIds(clients, groupId) };
}

/** Adds rules, and sends what CloudTrail records of it. */
export async function open(at: Deployed, groupId: string, permission: IpPermission): Promise<readonly string[]> {
  const rules = await authorize(at.clients, groupId, permission);
  await tell(at, authorizeEvent({ groupId, permission, rules }));
  return rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId).sort();
}

export const tell = ({ clients }: Deployed, event: AwsEvent): Promise<void> => send(clients.events, event);

/** Waits until undrift has judged the group and found nothing wrong with these rules. */
export function judgedHarmless(at: Deployed, groupId: string, ids: readonly string[]): Promise<boolean> {
  return until(`a clean reading of ${groupId}`, async () => {
    const reading = await ledgerOf(at).lastReading(groupId);
    return reading?.kind === 'security-group' && ids.every((id) => reading.cleanRuleIds?.includes(id) === true);
  });
}

/** Waits until undrift knows which groups the interface has. */
export function interfaceKnown(at: Deployed, interfaceId: string): Promise<boolean> {
  return until(`a reading of ${interfaceId}`, async () => (await ledgerOf(at).lastReading(interfaceId)) !== null);
}

/** Adds rules that are no finding, and waits until undrift has said so. */
export async function openHarmless(at: Deployed, groupId: string, permission: IpPermission) {
  const ids = await open(at, groupId, permission);
  await judgedHarmless(at, groupId, ids);
  return ids;
}

/**
 * The notice, the ledger and EC2 all say that these rules were revoked, and EC2 that the others are there as they were.
 * @param about the resource that the finding is about, if it is not the group
 */
export async function expectRevoked(
  at: Deployed,
  { groupId, gone, left, about = groupId }: Revoked,
  kept: Kept,
): Promise<void> {
  const [notice] = await noticesAbout(at, about, 1);
  const ids = [...gone].sort();
  const act = { action: 'revoke-rules', groupId, egress: false, ruleIds: ids };
  expect(notice?.message.decision).toMatchObject({ kind: 'remediate', rule: 'internet', remediation: act });
  expect(notice?.attributes.outcome?.Value).toBe('done');
  expect(notice?.message.undo.command).toContain(
    `authorize-security-group-ingress --region us-east-1 --group-id ${groupId}`,
  );
  expect(await ruleIds(at.clients, groupId)).toEqual([...left].sort());
  kept.set(groupId, [...left].sort());
  const incidents = await incidentsOf(at, about);
  expect(incidents.map(({ status, closedBy, rounds }) => [status, closedBy, rounds])).toEqual([
    ['closed', 'undrift', 1],
  ]);
  expect(incidents[0]?.outcome).toMatchObject({ kind: 'done', seen: `${groupId} read again: ${ids.join(', ')} gone` });
  expect(await noticesAbout(at, about, 1)).toHaveLength(1);
}
type Revoked = {
  readonly groupId: string;
  readonly gone: readonly string[];
  readonly left: readonly string[];
  readonly about?: string;
};

/** No notice, no incident, and every rule as it was. */
export async function expectLeftAlone(at: Deployed, groupId: string, left: readonly string[], kept: Kept) {
  expect(await ruleIds(at.clients, groupId)).toEqual([...left].sort());
  kept.set(groupId, [...left].sort());
  expect(await incidentsOf(at, groupId)).toEqual([]);
  expect(await noticesAbout(at, groupId, 0)).toEqual([]);
}
