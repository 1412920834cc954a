/**
 * Entries out of a prefix list.
 *
 * IAM: ec2:ModifyManagedPrefixList, ec2:DescribeManagedPrefixLists, ec2:GetManagedPrefixListEntries.
 */
import { type EC2Client, ModifyManagedPrefixListCommand } from '@aws-sdk/client-ec2';
import { Retryable, type Sent } from '../roles.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { readOnePrefixList } from './prefix-lists.ts';

const ACTION = 'ModifyManagedPrefixList';
/** `RemoveEntry.N`: "Maximum number of 100 items" (EC2 API Reference, ModifyManagedPrefixList). */
const AT_ONCE = 100;
const GONE = ['InvalidPrefixListID.NotFound', 'InvalidPrefixListId.NotFound'];
/**
 * Somebody was faster (`PrefixListVersionMismatch`), or a change is still under way (`IncorrectState`, in which a list is
 * that is being modified): read and decided again, it may go.
 */
const MOVED = ['PrefixListVersionMismatch', 'IncorrectState'];

/**
 * One call, bound to the version that was read, so that nobody's later change is undone and one request id names the act.
 * It takes 100 entries at most; with more, it is called again.
 * @throws AwsRefused for a list that has no version: one of AWS, which nobody else may change
 */
export async function removeEntries(client: EC2Client, prefixListId: string, cidrs: readonly string[]): Promise<Sent> {
  const list = await readOnePrefixList(client, prefixListId);
  const entries = list?.cidrs.filter((cidr) => cidrs.includes(cidr)).slice(0, AT_ONCE) ?? [];
  if (list === null || entries.length === 0) return { requestId: null };
  if (list.version === null) throw unversioned(prefixListId, list.ownerId);
  const command = new ModifyManagedPrefixListCommand({
    PrefixListId: prefixListId,
    CurrentVersion: list.version,
    RemoveEntries: entries.map((Cidr) => ({ Cidr })),
  });
  try {
    const answer = await ask('ec2', ACTION, () => client.send(command));
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (error instanceof AwsRefused && isCode(error, ...MOVED)) throw new Retryable(error.message);
    if (isCode(error, ...GONE)) return { requestId: null };
    throw error;
  }
}

function unversioned(prefixListId: string, ownerId: string | null): AwsRefused {
  const why = `${prefixListId} has no version to change: it belongs to ${ownerId ?? 'AWS'}`;
  return new AwsRefused('ec2', ACTION, 'Unversioned', why);
}
