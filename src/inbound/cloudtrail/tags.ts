/** Calls that set or take away tags of anything in EC2. Those of instances are looked at. */
import { field, items, malformed, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type CallParser, type CallTable, onInstances } from './call.ts';

/** `{resourcesSet: {items: [{resourceId}]}, tagSet: {items: [{key, value}]}}`; values are of no interest. */
function tags(removed: boolean): CallParser {
  return (call) => {
    const ids = items(field(call.request, 'resourcesSet')).map((one) => field(one, 'resourceId'));
    const ofInstances = ids.filter((id) => text(id).startsWith('i-')).map(instanceId);
    if (ofInstances.length === 0) return { irrelevant: 'tags of what is no instance' };
    const set = field(call.request, 'tagSet');
    const keys = items(set).map((tag) => text(field(tag, 'key')));
    // Without keys, DeleteTags takes all tags away.
    if (keys.length === 0 && !removed) throw malformed(set, 'the tags that are set');
    return onInstances(ofInstances, { kind: 'tags-changed', keys, removed });
  };
}

export const TAG_CALLS: CallTable = { CreateTags: tags(false), DeleteTags: tags(true) };
