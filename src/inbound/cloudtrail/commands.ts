/** Calls by which Systems Manager runs something on machines: by ids, by tags, by resource groups, on all of them. */
import type { Fact, ResourceRef } from '../../domain/change.ts';
import { field, isAbsent, isMasked, items, malformed, oneOf, type Place, text } from '../reader.ts';
import { type CallParser, type CallTable, onTargets, type Parsed, signal, targetsRef, told } from './call.ts';
import { idsOfTargets, instanceIdsIn, targetsIn } from './targets.ts';

/** `{documentName, instanceIds: [...] | targets: [{key, values}], parameters}`; `instanceIds: ["*"]` is State Manager's. */
const sendCommand: CallParser = ({ request }) => {
  const document = told(field(request, 'documentName'));
  return onNamed(request, signal('command-run', document, document ?? ''), () => {
    throw malformed(field(request, 'targets'), 'the machines that the command runs on');
  });
};

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
  if (inParameters.length > 0) return { fact, resources: idsOfTargets(inParameters) };
  return onNamed(request, fact, () => {
    if (!isMasked(parameters)) return { irrelevant: 'an automation that names no instance' };
    return onTargets(`parameters-of=${document ?? 'an automation'}`, fact);
  });
};

/** `{name, instanceId | targets}`; an update may leave the targets out, which the answer then has. */
const setAssociation: CallParser = (call) => {
  const described = field(call.response, 'associationDescription');
  const name = told(oneOf(call.request, 'name', 'associationName')) ?? told(field(described, 'name'));
  const fact = signal('association-changed', name, name ?? '');
  return onNamed(call.request, fact, () =>
    onNamed(described, fact, () => {
      const id = oneOf(call.request, 'associationId', 'associationName', 'name');
      return onTargets(`association=${text(id)}`, fact);
    }),
  );
};

/** `{entries: [{name, instanceId | targets}]}` */
const setAssociations: CallParser = ({ request }) => {
  const entries = items(field(request, 'entries'));
  const resources = entries.flatMap((entry) => named(entry));
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
function onNamed(place: Place, fact: Fact, otherwise: () => Parsed): Parsed {
  if (['instanceId', 'instanceIds', 'targets'].every((key) => items(listAt(place, key)).length === 0)) {
    return otherwise();
  }
  const resources = unique(named(place));
  return resources.length > 0 ? { fact, resources } : { irrelevant: 'on managed nodes that are not EC2 instances' };
}

function named(place: Place): readonly ResourceRef[] {
  const ids = ['instanceId', 'instanceIds'].flatMap((key) => items(listAt(place, key)).map(text));
  return [...idsOfTargets(ids), ...items(field(place, 'targets')).flatMap(targetsIn)];
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
