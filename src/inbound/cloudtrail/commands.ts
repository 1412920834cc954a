/** Calls by which Systems Manager runs something on machines: by ids, by tags, by resource groups, on all of them. */
import type { Fact } from '../../domain/change.ts';
import {
  attempt,
  field,
  isAbsent,
  isMasked,
  isObject,
  items,
  malformed,
  oneOf,
  type Place,
  soft,
  text,
} from '../reader.ts';
import {
  type CallParser,
  type CallTable,
  eachOf,
  oddWords,
  onTargets,
  type Parsed,
  type Part,
  running,
  signal,
  targetsRef,
  told,
  unique,
} from './call.ts';
import { idPart, instanceIdsIn, type Naming, ODD_TARGETS, targetsIn } from './targets.ts';

/** `{documentName, instanceIds: [...] | targets: [{key, values}], parameters}`; `instanceIds: ["*"]` is State Manager's. */
const sendCommand: CallParser = ({ request, response }) => {
  const document = told(field(request, 'documentName')) ?? told(soft(response, 'command.documentName'));
  const commandId = commandIdOf(response);
  const fact = signal('command-run', document, document ?? '');
  const parsed = onNamed(request, fact, { managed: true, commandId }, () => {
    if (commandId === null) throw malformed(field(request, 'targets'), 'the machines that the command runs on');
    // Systems Manager knows whom it reached.
    return { fact, resources: [targetsRef(`command=${commandId}`, { by: 'command', commandId })] };
  });
  return running(parsed, field(request, 'documentName'));
};

/** Only words: what is no such id is not there. */
function commandIdOf(response: Place): string | null {
  const { value } = soft(response, 'command.commandId');
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : null;
}

/** An association runs on what Systems Manager looks after; an automation may act on any machine. */
const ASSOCIATION: Naming = { managed: true };
const AUTOMATION: Naming = { managed: false };

/**
 * `{documentName, parameters, targets, targetMaps}`. Parameters are free: any that looks like an instance's id is one, beside
 * those that the targets name. Where they are masked, nobody knows.
 */
const startAutomation: CallParser = ({ request }) => {
  const document = told(field(request, 'documentName'));
  const fact = signal('automation-started', document, document ?? '');
  const parameters = field(request, 'parameters');
  const ids = [parameters, field(request, 'targetMaps')].flatMap(instanceIdsIn);
  const parsed = onParts([...ids.map((id) => idPart(id, AUTOMATION)), ...partsIn(request, AUTOMATION)], fact, () => {
    if (!isMasked(parameters)) return { irrelevant: 'an automation that names no instance' };
    return onTargets(`parameters-of=${document ?? 'an automation'}`, fact);
  });
  return running(parsed, field(request, 'documentName'));
};

/** `{name, instanceId | targets}`; an update may leave the targets out, which the answer then has. */
const setAssociation: CallParser = (call) => {
  const described = soft(call.response, 'associationDescription');
  const answered = soft(described, 'name');
  const name = told(oneOf(call.request, 'name', 'associationName')) ?? told(answered);
  const fact = signal('association-changed', name, name ?? '');
  const parsed = onNamed(call.request, fact, ASSOCIATION, () =>
    onNamed(described, fact, ASSOCIATION, () => {
      const id = oneOf(call.request, 'associationId', 'associationName', 'name');
      return onTargets(`association=${text(id)}`, fact);
    }),
  );
  return running(parsed, field(call.request, 'name'), answered);
};

/** `{entries: [{name, instanceId | targets}]}`; the answer lists `{failed: [{entry: {…}}]}`, which came to nothing. */
const setAssociations: CallParser = ({ request, response }) => {
  const listed = field(request, 'entries');
  const asked = items(listed);
  // What was made is answered as it was asked for, which tells it where the request was omitted.
  const entries = asked.length > 0 || !isObject(response.value) ? asked : items(field(response, 'successful'));
  if (entries.length === 0) throw malformed(listed, 'associations with their targets');
  const made = withoutFailed(entries, isObject(response.value) ? response.value.failed : null);
  const name = made.map(nameOf).find((one) => one !== null) ?? null;
  const fact = signal('association-changed', name, name ?? '');
  const numbers = new Map(entries.map((entry, index) => [entry, index + 1]));
  const parts = made.map((entry) => entryPart(entry, numbers.get(entry) ?? 0));
  const parsed = onParts(parts, fact, () => ({
    irrelevant: 'each association of it failed: nothing was changed',
  }));
  // Of several documents none stands for the call.
  const same = name !== null && made.every((entry) => nameOf(entry) === name);
  return running(parsed, ...(same ? made.slice(0, 1).map((entry) => field(entry, 'name')) : []));
};

const nameOf = (entry: Place) => (isObject(entry.value) ? told(field(entry, 'name')) : null);

function entryPart(entry: Place, number: number): Part {
  const name = nameOf(entry);
  return {
    read: () => {
      const parts = partsIn(entry, ASSOCIATION);
      if (parts.length === 0) throw malformed(entry, 'an association with its targets');
      return eachOf(parts);
    },
    odd: () => `entry=${number}${name === null ? '' : ` of ${name}`}`,
  };
}

/** Entries that look alike cannot be told apart: they are left out only where as many failed as there are. */
function withoutFailed(entries: readonly Place[], failed: unknown): readonly Place[] {
  if (!Array.isArray(failed)) return entries;
  const gone = counted(failed.map((one: unknown) => (isObject(one) ? identityOf(one.entry) : null)));
  const asked = counted(entries.map(({ value }) => identityOf(value)));
  return entries.filter(({ value }) => {
    const identity = identityOf(value);
    return identity === null || (gone.get(identity) ?? 0) < (asked.get(identity) ?? 0);
  });
}

function counted(identities: readonly (string | null)[]): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const one of identities) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

/** What an entry runs, and where. The answer may tell more of it than the request does. What is no text is not compared. */
function identityOf(entry: unknown): string | null {
  if (!isObject(entry)) return null;
  const where = listOf(entry.targets).map((one) =>
    isObject(one) ? [textOrNull(one.key), listOf(one.values).map(textOrNull)] : null,
  );
  return JSON.stringify([textOrNull(entry.name), textOrNull(entry.instanceId), where]);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

/** `{associationIds: [...]}` */
const runAssociations: CallParser = ({ request }) => {
  const listed = field(request, 'associationIds');
  const ids = items(listed);
  if (ids.length === 0) throw malformed(listed, 'the associations that are run');
  const parts = ids.map((id) => ({
    read: () => [targetsRef(`association=${text(id)}`)],
    odd: () => `association=${oddWords(id)}`,
  }));
  return { fact: signal('association-run'), resources: unique(eachOf(parts)) };
};

/** Whom the place names; `otherwise` where it names nobody. */
export function onNamed(place: Place, fact: Fact, naming: Naming, otherwise: () => Parsed): Parsed {
  return onParts(partsIn(place, naming), fact, otherwise);
}

/** Machines that are not of EC2 are none of ours. */
function onParts(parts: readonly Part[], fact: Fact, otherwise: () => Parsed): Parsed {
  if (parts.length === 0) return otherwise();
  const resources = unique(eachOf(parts));
  return resources.length > 0 ? { fact, resources } : { irrelevant: 'on managed nodes that are not EC2 instances' };
}

function partsIn(place: Place, naming: Naming): readonly Part[] {
  const ids = ['instanceId', 'instanceIds'].flatMap((key) => listAt(place, key));
  const targets = listAt(place, 'targets');
  const byTargets = { read: () => targetsIn(targets, naming), odd: () => ODD_TARGETS };
  return [...ids.map((id) => idPart(id, naming)), ...(targets.length > 0 ? [byTargets] : [])];
}

/** A single id stands without a list; what is no list stands for one thing that cannot be read. */
function listAt(place: Place, key: string): readonly Place[] {
  const found = field(place, key);
  return typeof found.value === 'string' && !isAbsent(found) ? [found] : (attempt(() => items(found)) ?? [found]);
}

export const COMMAND_CALLS: CallTable = {
  CreateAssociation: setAssociation,
  CreateAssociationBatch: setAssociations,
  SendCommand: sendCommand,
  StartAssociationsOnce: runAssociations,
  StartAutomationExecution: startAutomation,
  UpdateAssociation: setAssociation,
};
