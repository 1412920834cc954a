/**
 * Rules are revoked by id only: by properties, a mismatch is silent in a default VPC and fails the whole call elsewhere.
 *
 * IAM: ec2:RevokeSecurityGroupIngress, ec2:RevokeSecurityGroupEgress, ec2:DescribeSecurityGroupRules.
 */
import {
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { LOOK_AGAIN_AFTER } from '../domain/time.ts';
import { Retryable, type Sent } from '../roles.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { isGroupGone, readRules } from './security-group-reads.ts';

const RULE_GONE = ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'];

export type Sleep = (milliseconds: number) => Promise<void>;
/** The rules of one direction of one group. */
type Direction = { readonly groupId: string; readonly egress: boolean };

/**
 * One rule id that is gone makes EC2 revoke nothing: then the group is read again, and what is left of the ids is revoked.
 * Each turn leaves out an id or waits, so there is an end; and one call does it all, so that one request id names the act.
 */
export async function revokeRules(
  client: EC2Client,
  sleep: Sleep,
  direction: Direction,
  ruleIds: readonly string[],
): Promise<Sent> {
  // For when EC2 lists the only rule in question and says that it does not know it.
  const lags = [...LOOK_AGAIN_AFTER];
  let left = [...new Set(ruleIds)];
  while (left.length > 0) {
    const answer = await tryRevoke(client, direction, left);
    if ('requestId' in answer) return answer;
    const rules = await readRules(client, direction.groupId);
    const listed = left.filter((id) => rules.some((rule) => rule.id === id && rule.egress === direction.egress));
    const others = listed.filter((id) => !answer.unknown.includes(id));
    if (listed.length < left.length) left = listed;
    // EC2 lists what it says it does not know: reads lag behind. The others must not stay open for that.
    else if (others.length > 0 && others.length < listed.length) left = others;
    else await waitFor(lags.shift(), sleep, direction);
  }
  return { requestId: null };
}

async function waitFor(lag: number | undefined, sleep: Sleep, direction: Direction): Promise<void> {
  if (lag !== undefined) return sleep(lag);
  const what = `EC2 lists rules of ${direction.groupId} that it says it does not know`;
  throw new Retryable(`ec2:${actionOf(direction)}: ${what}`);
}

/** `unknown`: EC2's sentence about a rule that it does not know; it names the id. */
type Tried = Sent | { readonly unknown: string };

async function tryRevoke(client: EC2Client, direction: Direction, ruleIds: string[]): Promise<Tried> {
  try {
    const answer = await ask('ec2', actionOf(direction), () => send(client, direction, ruleIds));
    if (answer.Return === false) throw notDone(direction);
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (error instanceof AwsRefused && isCode(error, ...RULE_GONE)) return { unknown: error.message };
    if (isGroupGone(error)) return { requestId: null };
    throw error;
  }
}

function send(client: EC2Client, { groupId, egress }: Direction, ruleIds: string[]) {
  const input = { GroupId: groupId, SecurityGroupRuleIds: ruleIds };
  if (egress) return client.send(new RevokeSecurityGroupEgressCommand(input));
  return client.send(new RevokeSecurityGroupIngressCommand(input));
}

function actionOf({ egress }: Direction): string {
  return egress ? 'RevokeSecurityGroupEgress' : 'RevokeSecurityGroupIngress';
}

function notDone(direction: Direction): AwsRefused {
  const why = `EC2 answered that nothing of ${direction.groupId} was revoked`;
  return new AwsRefused('ec2', actionOf(direction), 'ReturnFalse', why);
}
