/** One odd value in an event hides nothing of what the rest of the event says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import { parseInbound } from '../../src/inbound/index.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const recordings = resolve(process.env.UNDRIFT_RECORDED_EVENTS ?? join(repository, '..', 'shared', 'recorded-events'));
const filesIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => join(folder, file))
    : [];
const SAMPLES: readonly (readonly [string, unknown])[] = [
  ...filesIn(join(repository, 'events')),
  ...filesIn(recordings),
]
  .map((file) => [file.split('/').at(-1) ?? file, JSON.parse(readFileSync(file, 'utf8'))] as const)
  // Only the command line reads these.
  .filter(([file]) => !/^config\.(ConfigurationItem|RuleInvocation)/.test(file));

/** What a sender may write, or AWS one day: no form of any field. */
const ODD: readonly unknown[] = ['a\tb', 'x'.repeat(3000), 'evil.example', 7, ['odd'], { odd: 1 }];

/**
 * These say whether an event matters at all (who sent it, which call or kind, whether it succeeded, whom it is about) or which of
 * a call's meanings is meant. Odd values of them are another event.
 */
const DECIDES = [
  // EventBridge writes these; the id and the time stand in for those of an event that has none of its own.
  /^(source|detail-type|detail|account|region|id|time)$/,
  /(^|\.)(eventSource|eventName|errorCode|requestParameters|responseElements|omitted)$/,
  // A bare record has no envelope: then it places itself.
  /^(recipientAccountId|awsRegion|eventID|eventTime|userIdentity(\.accountId)?)$/,
  // Whom a call is about, also where that turns out to be none of ours; its only tag; what of it failed.
  /requestParameters\.(target|targets|instanceIds|InstanceId|resourcesSet|entries|\w+Request\.AssociationTarget)(\.(items|key|values|name|targets|resourceId|instanceId|\d+))*$/,
  /responseElements\.failed/,
  /requestParameters\.(AssociateInstanceEventWindowRequest|tagSet(\.items(\.0(\.key)?)?)?)$/,
  /requestParameters\.(attribute|hibernate|documentName|taskArn|name|parameters|desiredConfiguration)$/,
  // What a finding is about, whether it still holds, and how grave it is. A title says that it is a sample.
  /\.(resourceType|Type|complianceType|newEvaluationResult|configRuleName|service|additionalInfo|archived|sample|Sample|RecordState|findings(\.0)?)$/,
  /\.(Resources(\.\d+)?|Workflow(\.Status)?|Compliance(\.Status)?|resource|resource\.instanceDetails|AwsAccountId|accountId|Region)$/,
  /\.(title|Title|type|severity|Severity.*|FindingProviderFields.*|ProductArn)$/,
];

type Path = readonly string[];
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [...(path.length > 0 ? [path] : []), ...inner.flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}
function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const inner = replaced((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner };
}
function leaves(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

type Outcome =
  | Pick<Change, 'fact' | 'resources' | 'unread'>
  | { readonly irrelevant: string }
  | { readonly malformed: string };
function outcome(raw: unknown): Outcome {
  try {
    const parsed = parseInbound(raw);
    if ('irrelevant' in parsed) return parsed;
    const { fact, resources, unread } = parsed;
    return { fact, resources, ...(unread !== undefined && { unread }) };
  } catch (error) {
    if (error instanceof MalformedEvent) return { malformed: error.message };
    throw error;
  }
}
const idsOf = (it: Outcome): readonly string[] => ('resources' in it ? leaves(it.resources).map(String) : []);
/** Without what is only shown of it, and what removed rules were, which is not known where any of it cannot be read. */
const told = (it: Outcome) => JSON.stringify({ ...it, unread: 0, ...('fact' in it && { fact: essence(it.fact) }) });
const essence = (fact: object) => Object.entries(fact).filter(([key]) => key !== 'detail' && key !== 'asked');

/** Part of the id of a resource: the call names by it what it acted on. */
function names(value: unknown, ids: readonly string[]): boolean {
  const said = leaves(value).filter((leaf) => typeof leaf === 'string' || typeof leaf === 'number');
  return said.map(String).some((leaf) => leaf !== '' && ids.some((id) => id.includes(leaf) || leaf.includes(id)));
}
const inFact = (value: unknown, it: Outcome) =>
  'fact' in it &&
  leaves(value).some((leaf) => JSON.stringify(it.fact).includes(JSON.stringify(leaf).replace(/^"|"$/g, '')));

test.each(SAMPLES)('%s: an odd value that names nothing leaves fact and resources as they are', (_file, raw) => {
  const before = outcome(raw);
  if ('malformed' in before) return;
  const wrong: unknown[] = [];
  for (const path of pathsIn(raw)) {
    const value = at(raw, path);
    if (DECIDES.some((pattern) => pattern.test(path.join('.'))) || names(value, idsOf(before))) continue;
    for (const odd of ODD) {
      const after = outcome(replaced(raw, path, odd));
      const same = inFact(value, before)
        ? JSON.stringify(idsOf(after)) === JSON.stringify(idsOf(before)) && !('malformed' in after)
        : told(after) === told(before);
      if (!same) wrong.push(`${path.join('.')} ${JSON.stringify(odd).slice(0, 20)}: ${JSON.stringify(after)}`);
    }
  }
  expect(wrong).toEqual([]);
});
