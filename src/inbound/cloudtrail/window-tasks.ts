/** What a maintenance window runs: tasks of Run Command and Automation. Tasks of Lambda and Step Functions run nothing on instances. */
import { field, isAbsent, isObject, oneOf, type Place, text } from '../reader.ts';
import { type CallParser, type CallTable, onTargets, running, signal, told } from './call.ts';
import { onNamed } from './commands.ts';

/** Whom a task runs on: what Systems Manager looks after. */
const TASK = { managed: true };

/**
 * `{windowId, targets, taskArn, taskType, taskInvocationParameters}` (Systems Manager API Reference,
 * "RegisterTaskWithMaintenanceWindow"). Targets are ids, tags, or targets that were registered with the window (`WindowTargetIds`),
 * which no call looks up. An automation may have none.
 */
const registerTask: CallParser = ({ request }) => {
  if (isElsewhere(field(request, 'taskArn'))) return { irrelevant: NOT_ON_INSTANCES };
  const fact = factOf(field(request, 'taskArn'));
  const parsed = onNamed(request, fact, TASK, () => onTargets(`window=${text(field(request, 'windowId'))}`, fact));
  return running(parsed, field(request, 'taskArn'));
};

/** What of a task decides what is run, and where. The rest (priority, concurrency, its name) is set all day. */
const DECIDES = ['targets', 'taskArn', 'taskParameters', 'taskInvocationParameters', 'serviceRoleArn', 'replace'];

/** The same, and `windowTaskId`; the answer has the task as it now is. */
const updateTask: CallParser = ({ request, response }) => {
  const given = isObject(request.value) ? request.value : {};
  if (!DECIDES.some((key) => given[key] !== undefined && given[key] !== null)) {
    return { irrelevant: 'it changes nothing of what the task runs, or where' };
  }
  const places = [field(request, 'taskArn'), field(response, 'taskArn')];
  if (places.some(isElsewhere)) return { irrelevant: NOT_ON_INSTANCES };
  const fact = factOf(places.find((place) => !isAbsent(place)) ?? field(request, 'taskArn'));
  const parsed = onNamed(request, fact, TASK, () =>
    onNamed(response, fact, TASK, () => onTargets(`window=${text(oneOf(request, 'windowId', 'windowTaskId'))}`, fact)),
  );
  return running(parsed, ...places);
};

const NOT_ON_INSTANCES = 'a task of Lambda or Step Functions, which runs nothing on instances';

function isElsewhere({ value }: Place): boolean {
  return typeof value === 'string' && /^arn:[\w-]+:(?:lambda|states):/.test(value);
}

function factOf(task: Place) {
  const document = told(task);
  return signal('window-task-changed', document, document ?? '');
}

export const WINDOW_CALLS: CallTable = {
  RegisterTaskWithMaintenanceWindow: registerTask,
  UpdateMaintenanceWindowTask: updateTask,
};
