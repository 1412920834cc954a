/** Calls that change what future instances are launched from. Shapes: `<Call>Request` and `<Call>Response` around it. */
import type { BaselineChange } from '../../domain/change.ts';
import { attempt, field, firstReadable, isAbsent, isObject, items, type Place, soft, text } from '../reader.ts';
import { launchTemplateId } from '../values.ts';
import { type CallParser, type CallTable, told } from './call.ts';
import { bodyOf } from './shapes.ts';

/** The answer has the template's id, also where the call gave its name. */
function ofTemplate(call: string, answered: string, what: BaselineChange, says: string): CallParser {
  return ({ request, response }) => {
    const answer = soft(response, `${call}Response.${answered}`);
    const asked = soft(request, `${call}Request.LaunchTemplateId`);
    const id = firstReadable(launchTemplateId, asked, soft(answer, 'launchTemplateId'));
    const detail = told(soft(isAbsent(answer) ? request : answer, says));
    const fact = { kind: 'baseline-changed', what, detail } as const;
    return { fact, resources: [{ type: 'launch-template', id }] };
  };
}

/**
 * Without its newest version a template's `$Latest` is the one before, which somebody may have poisoned before it was put right.
 * The call may give the template's name only; the answer lists what was deleted, each with the template's id.
 */
const deleteVersions: CallParser = ({ request, response }) => {
  const asked = field(bodyOf(request, 'DeleteLaunchTemplateVersionsRequest'), 'LaunchTemplateId');
  const deleted = listed(bodyOf(response, 'DeleteLaunchTemplateVersionsResponse'));
  const answered = deleted.map((one) => soft(one, 'launchTemplateId'));
  const id = firstReadable(launchTemplateId, asked, ...answered);
  const numbers = deleted.flatMap((one) => told(soft(one, 'versionNumber')) ?? []);
  const detail = numbers.length === 0 ? null : numbers.slice(0, MOST_NUMBERS).join(', ');
  return {
    fact: { kind: 'baseline-changed', what: 'version-deleted', detail },
    resources: [{ type: 'launch-template', id }],
  };
};

const MOST_NUMBERS = 5;

function listed(answer: Place): readonly Place[] {
  const set = soft(answer, 'successfullyDeletedLaunchTemplateVersionSet');
  const inner = isObject(set.value) ? field(set, 'item') : set;
  return attempt(() => items(isAbsent(inner) ? set : inner)) ?? [];
}

/** A refresh with a configuration of its own gives that to the group when it has succeeded: no further call is made for it. */
const startRefresh: CallParser = ({ request }) => {
  const desired = field(request, 'desiredConfiguration');
  if (isAbsent(desired)) return { irrelevant: 'an instance refresh by what the group launches from already' };
  const named = isObject(desired.value) ? Object.keys(desired.value).filter((key) => LAUNCHES_FROM.includes(key)) : [];
  return {
    fact: {
      kind: 'baseline-changed',
      what: 'group',
      detail: `instance refresh: ${named.join(', ') || 'another configuration'}`,
    },
    resources: [{ type: 'auto-scaling-group', id: text(field(request, 'autoScalingGroupName')) }],
  };
};

/** What decides what is launched, and where. The rest of a group (size, tags, health checks) is scaled and set all day. */
const LAUNCHES_FROM = ['launchTemplate', 'mixedInstancesPolicy', 'launchConfigurationName', 'vPCZoneIdentifier'];

const updateGroup: CallParser = ({ request }) => {
  const value = isObject(request.value) ? request.value : {};
  const named = LAUNCHES_FROM.filter((key) => value[key] !== undefined && value[key] !== null);
  if (named.length === 0) return { irrelevant: 'it changes nothing of what instances are launched from' };
  return {
    fact: { kind: 'baseline-changed', what: 'group', detail: named.join(', ') },
    resources: [{ type: 'auto-scaling-group', id: text(field(request, 'autoScalingGroupName')) }],
  };
};

export const BASELINE_CALLS: CallTable = {
  CreateLaunchTemplate: ofTemplate('CreateLaunchTemplate', 'launchTemplate', 'version', 'latestVersionNumber'),
  CreateLaunchTemplateVersion: ofTemplate(
    'CreateLaunchTemplateVersion',
    'launchTemplateVersion',
    'version',
    'versionNumber',
  ),
  DeleteLaunchTemplateVersions: deleteVersions,
  ModifyLaunchTemplate: ofTemplate('ModifyLaunchTemplate', 'launchTemplate', 'default-version', 'defaultVersionNumber'),
};

export const GROUP_BASELINE_CALLS: CallTable = {
  StartInstanceRefresh: startRefresh,
  UpdateAutoScalingGroup: updateGroup,
};
