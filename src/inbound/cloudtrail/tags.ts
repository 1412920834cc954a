/** Calls that set or take away tags of anything in EC2. Those of instances are looked at. */
import { field, items, malformed, type Place, rawText, readEach } from '../reader.ts';
import { type CallParser, type CallTable, onInstances, withUnread } from './call.ts';
import { idsIn } from './shapes.ts';

/** `{resourcesSet: {items: [{resourceId}]}, tagSet: {items: [{key, value}]}}`; values are of no interest. */
function tags(removed: boolean): CallParser {
  return (call) => {
    const ids = idsIn(field(call.request, 'resourcesSet'), 'resourceId', 'ResourceId').filter(mayBeInstance);
    if (ids.length === 0) return { irrelevant: 'tags of what is no instance' };
    const set = field(call.request, 'tagSet');
    // As it was written: EC2 takes any character in a key, and the policy's patterns are compared with all of them.
    const { found: keys, faults } = readEach(items(set), (tag) => rawText(field(tag, 'key')));
    // Without keys, DeleteTags takes all tags away.
    if (keys.length === 0 && (!removed || faults.length > 0)) throw malformed(set, 'the tags that are set');
    const parsed = onInstances(ids, { kind: 'tags-changed', keys, removed });
    return 'irrelevant' in parsed ? parsed : withUnread(parsed, faults);
  };
}

/** What is no text may be one, and is reported as what it is. */
const mayBeInstance = ({ value }: Place) => typeof value !== 'string' || value.startsWith('i-');

export const TAG_CALLS: CallTable = { CreateTags: tags(false), DeleteTags: tags(true) };
