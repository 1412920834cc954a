/** Calls by which Systems Manager runs something on machines: by ids, by tags, by resource groups, on all of them. */
import type { Fact, ResourceRef } from '../../domain/change.ts';
import { field, isAbsent, isMasked, isObject, items, malformed, oneOf, type Place, text } from '../reader.ts';
import { type CallParser, type CallTable, onTargets, type Parsed, signal, targetsRef, told } from './call.ts';
import { idsOfTargets, instanceIdsIn, type Naming, targetsIn } from './targets.ts';

/** `{documentName, instanceIds: [...] | targets: [{key, values}], parameters}`; `instanceIds: ["*"]` is State Manager's. */
const sendCommand: CallParser = ({ request, response }) => {
  const document = told(field(request, 'documentName'));
  const naming = { managed: true, commandId: commandIdOf(response) };
  return onNamed(request, signal('command-run', document, document ?? ''), naming, () => {
    throw malformed(field(request, 'targets'), 'the machines that the command runs on');
  });
};

/** Only words: what is no such id is not there. */
function commandIdOf(response: Place): string | null {
  const { value } = isObject(response.value) ? field(response, 'command.commandId') : response;
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : null;
}

/** An association runs on what Systems Manager looks after; an automation may act on any machine. */
const ASSOCIATION: Naming = { managed: true };
const AUTOMATION: Naming = { managed: false };

/**
 * `{documentName, parameters, targets, targetMaps}`. Parameters are free: any that looks like an instance's id is one.
 * Where they are masked, nobody knows.
 */
const startAutomation: CallParser = ({ request }) => {
  const document = told(field(request, 'documentName'));
  const fact = signal('automation-started', document, document ?? '');
  const parameters = field(request, 'parameters');
  const maps = items(field(request, 'targetMaps'));
  const inParameters = [parameters, ...maps].flatMap(instanceIdsIn);
  if (inParameters.length > 0) return { fact, resources: idsOfTargets(inParameters, AUTOMATION) };
  return onNamed(request, fact, AUTOMATION, () => {
    if (!isMasked(parameters)) return { irrelevant: 'an automation that names no instance' };
    return onTargets(`parameters-of=${document ?? 'an automation'}`, fact);
  });
};

/** `{name, instanceId | targets}`; an update may leave the targets out, which the answer then has. */
const setAssociation: CallParser = (call) => {
  const described = field(call.response, 'associationDescription');
  const name = told(oneOf(call.request, 'name', 'associationName')) ?? told(field(described, 'name'));
  const fact = signal('association-changed', name, name ?? '');
  return onNamed(call.request, fact, ASSOCIATION, () =>
    onNamed(described, fact, ASSOCIATION, () => {
      const id = oneOf(call.request, 'associationId', 'associationName', 'name');
      return onTargets(`association=${text(id)}`, fact);
    }),
  );
};

/** `{entries: [{name, instanceId | targets}]}` */
const setAssociations: CallParser = ({ request }) => {
  const entries = items(field(request, 'entries'));
  const resources = entries.flatMap((entry) => named(entry, ASSOCIATION));
  if (resources.length === 0) throw malformed(field(request, 'entries'), 'associations with their targets');
  const [first] = entries;
  const name = first === undefined ? null : told(field(first, 'name'));
  return { fact: signal('association-changed', name, name ?? ''), resources: unique(resources) };
};

/** `{associationIds: [...]}` */
const runAssociations: CallParser = ({ request }) => {
  const listed = field(request, 'associationIds');
  const ids = items(listed).map(text);
  if (ids.length === 0) throw malformed(listed, 'the associations that are run');
  const resources = ids.map((id) => targetsRef(`association=${id}`));
  return { fact: signal('association-run'), resources: unique(resources) };
};

/** Whom the place names; `otherwise` where it names nobody. Machines that are not of EC2 are none of ours. */
function onNamed(place: Place, fact: Fact, naming: Naming, otherwise: () => Parsed): Parsed {
  if (['instanceId', 'instanceIds', 'targets'].every((key) => items(listAt(place, key)).length === 0)) {
    return otherwise();
  }
  const resources = unique(named(place, naming));
  return resources.length > 0 ? { fact, resources } : { irrelevant: 'on managed nodes that are not EC2 instances' };
}

function named(place: Place, naming: Naming): readonly ResourceRef[] {
  const ids = ['instanceId', 'instanceIds'].flatMap((key) => items(listAt(place, key)).map(text));
  return [...idsOfTargets(ids, naming), ...targetsIn(items(field(place, 'targets')), naming)];
}

/** A single id stands without a list. */
function listAt(place: Place, key: string): Place {
  const found = field(place, key);
  return typeof found.value === 'string' && !isAbsent(found) ? { ...found, value: [found.value] } : found;
}

function unique(resources: readonly ResourceRef[]): readonly ResourceRef[] {
  return [...new Map(resources.map((one) => [one.id, one])).values()];
}

export const COMMAND_CALLS: CallTable = {
  CreateAssociation: setAssociation,
  CreateAssociationBatch: setAssociations,
  SendCommand: sendCommand,
  StartAssociationsOnce: runAssociations,
  StartAutomationExecution: startAutomation,
  UpdateAssociation: setAssociation,
};
