/** Calls that change what future instances are launched from. Shapes: `<Call>Request` and `<Call>Response` around it. */
import type { BaselineChange } from '../../domain/change.ts';
import { field, isAbsent, isObject, text } from '../reader.ts';
import { launchTemplateId } from '../values.ts';
import { type CallParser, type CallTable, told } from './call.ts';

/** The answer has the template's id, also where the call gave its name. */
function ofTemplate(call: string, answered: string, what: BaselineChange, says: string): CallParser {
  return ({ request, response }) => {
    const answer = field(response, `${call}Response.${answered}`);
    const id = isAbsent(answer)
      ? launchTemplateId(field(request, `${call}Request.LaunchTemplateId`))
      : launchTemplateId(field(answer, 'launchTemplateId'));
    const detail = told(field(isAbsent(answer) ? request : answer, says));
    return { fact: { kind: 'baseline-changed', what, detail }, resources: [{ type: 'launch-template', id }] };
  };
}

/** What decides what is launched, and where. The rest of a group (size, tags, health checks) is scaled and set all day. */
const LAUNCHES_FROM = ['launchTemplate', 'mixedInstancesPolicy', 'launchConfigurationName', 'vPCZoneIdentifier'];

const updateGroup: CallParser = ({ request }) => {
  const name = text(field(request, 'autoScalingGroupName'));
  const value = isObject(request.value) ? request.value : {};
  const named = LAUNCHES_FROM.filter((key) => value[key] !== undefined && value[key] !== null);
  if (named.length === 0) return { irrelevant: 'it changes nothing of what instances are launched from' };
  return {
    fact: { kind: 'baseline-changed', what: 'group', detail: named.join(', ') },
    resources: [{ type: 'auto-scaling-group', id: name }],
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
  ModifyLaunchTemplate: ofTemplate('ModifyLaunchTemplate', 'launchTemplate', 'default-version', 'defaultVersionNumber'),
};

export const GROUP_BASELINE_CALLS: CallTable = { UpdateAutoScalingGroup: updateGroup };
