/** Calls that give a managed prefix list a new version. */
import type { Fact } from '../../domain/change.ts';
import { attempt, firstReadable, isAbsent, items, oneOf, type Place, soft } from '../reader.ts';
import { cidr, prefixListId } from '../values.ts';
import type { Call, Parsed } from './call.ts';
import { bodyOf } from './shapes.ts';

/**
 * `ModifyManagedPrefixListRequest.{PrefixListId, AddEntry, RemoveEntry, …}`; one entry is an object, several are a list,
 * each with its number as `tag`. A call that adds nothing (it removes, renames, resizes) is a change as well, as our own
 * role's removal has to be recognised.
 */
export function modifyPrefixList(call: Call): Parsed {
  return onList(call, 'ModifyManagedPrefixList', (body) => {
    // A request that CloudTrail has cut away tells nothing, which is not the same as nothing added.
    if (isAbsent(oneOf(body, 'PrefixListId', 'prefixListId'))) return null;
    const cidrs = () =>
      items(oneOf(body, 'AddEntry', 'AddEntries', 'addEntries', 'addEntry')).map((entry) =>
        oneOf(entry, 'cidr', 'Cidr'),
      );
    // Masked or odd: what was added is not known, and the live list is judged.
    return attempt(() => cidrs().map(cidr));
  });
}

/** Names the version that comes back, not what it holds. */
export function restorePrefixList(call: Call): Parsed {
  return onList(call, 'RestoreManagedPrefixListVersion', () => null);
}

type Added = Extract<Fact, { kind: 'prefix-list-changed' }>['added'];

/** The request names the list, the answer repeats it. @throws MalformedEvent */
function onList(call: Call, action: string, addedBy: (body: Place) => Added): Parsed {
  const body = bodyOf(call.request, `${action}Request`);
  const asked = oneOf(body, 'PrefixListId', 'prefixListId');
  const answered = soft(call.response, `${action}Response.prefixList.prefixListId`);
  const id = firstReadable(prefixListId, asked, answered, soft(call.response, 'prefixList.prefixListId'));
  // EC2 refuses a call that names another version than the current one.
  const named = attempt(() => oneOf(body, 'CurrentVersion', 'currentVersion'))?.value;
  const before = typeof named === 'string' ? Number(named) : named;
  const known = typeof before === 'number' && Number.isSafeInteger(before) && before > 0;
  const fact: Fact = { kind: 'prefix-list-changed', added: addedBy(body), ...(known && { before }) };
  return { fact, resources: [{ type: 'prefix-list', id }] };
}
