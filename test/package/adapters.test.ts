import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName, listOf, roleOf } from './iam.ts';
import { type Packaged, packageTemplate, REMOVING, ROOT, remove } from './stage.ts';

const ADAPTERS = join(ROOT, 'src', 'aws');
let packaged: Packaged;
let called: readonly Call[];
let imports: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  // With the policy that asks for most.
  packaged = await packageTemplate(REMOVING);
  const names = (await readdir(ADAPTERS)).filter((file) => file.endsWith('.ts'));
  const files = await Promise.all(names.map(async (file) => ({ file, source: await sourceOf(file) })));
  called = files.flatMap(callsIn);
  imports = new Map(files.map(({ file, source }) => [file, neighboursIn(source)]));
});
afterAll(() => remove(packaged));

type Call = { readonly file: string; readonly action: string };
const PREFIXES: Readonly<Record<string, string>> = {
  'client-auto-scaling': 'autoscaling',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'lib-dynamodb': 'dynamodb',
};
/** Calls whose right has another name. A transaction needs the rights of what is in it: ours only puts. */
const NAMES: Readonly<Record<string, string>> = {
  'dynamodb:Get': 'dynamodb:GetItem',
  'dynamodb:Put': 'dynamodb:PutItem',
  'dynamodb:TransactWrite': 'dynamodb:PutItem',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};
/** What Lambda does in the name of the role, and KMS for SNS. */
const PLATFORM = /^(logs:|kms:|sqs:(ReceiveMessage|DeleteMessage)$)/;

const sourceOf = (file: string) => readFile(join(ADAPTERS, file), 'utf8');

/** The adapters that an adapter imports something to run from, whole: what they could call counts as called. */
function neighboursIn(source: string): readonly string[] {
  return [...source.matchAll(/^(?:import|export) (?!type )[^;]*? from '\.\/([a-z-]+\.ts)'/gm)].map(
    ([, file = '']) => file,
  );
}

/** A file with all that it is built of. */
function builtOf(file: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  let all: ReadonlySet<string> = new Set([...seen, file]);
  for (const next of imports.get(file) ?? []) all = builtOf(next, all);
  return all;
}

/** The rights behind the commands that an adapter imports. */
function callsIn({ file, source }: { readonly file: string; readonly source: string }): readonly Call[] {
  const clients = source.matchAll(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/([a-z0-9-]+)'/g);
  return [...clients].flatMap(([, names = '', module = '']) => {
    const prefix = PREFIXES[module] ?? module.replace('client-', '');
    const commands = [...names.matchAll(/\b([A-Z]\w*)Command\b/g)].map(([, name]) => `${prefix}:${name}`);
    return commands.map((command) => ({ file, action: NAMES[command] ?? command }));
  });
}

const sorted = (actions: readonly string[]) => [...new Set(actions)].sort();
const granted = (name: FunctionName) => {
  const allows = roleOf(name, packaged.template).statements.filter(({ Effect }) => Effect === 'Allow');
  const actions = allows.flatMap(({ Action }) => listOf(Action));
  return sorted(actions.filter((action) => !PLATFORM.test(action)));
};
const watched = /^(ec2|autoscaling):/;
const callsOf = (wanted: (call: Call) => boolean) => sorted(called.filter(wanted).map(({ action }) => action));

it.each([
  ['securityGroups', ['security-groups.ts']],
  ['instances', ['fleet.ts', 'images.ts']],
  ['networks', ['networks.ts']],
  ['recheck', ['region.ts']],
] as const)('%s may do to what is watched what %s call, no more and no less', (name, adapters) => {
  const own = new Set(adapters.flatMap((adapter) => [...builtOf(adapter)]));
  const calls = callsOf(({ file, action }) => watched.test(action) && own.has(file));
  expect(calls.length).toBeGreaterThan(3);
  expect(granted(name).filter((action) => watched.test(action))).toEqual(calls);
});

it('recheck may change nothing that is watched: it only reads', () => {
  const changes = granted('recheck').filter((action) => watched.test(action) && !/:(Describe|Get)/.test(action));
  expect(changes).toEqual([]);
});

it('every call to what is watched is of a unit', () => {
  const owned = ['security-groups.ts', 'fleet.ts', 'images.ts', 'networks.ts', 'region.ts'].flatMap((file) => [
    ...builtOf(file),
  ]);
  expect(called.filter(({ file, action }) => watched.test(action) && !owned.includes(file))).toEqual([]);
});

it('all roles together may do elsewhere what the adapters call', () => {
  const elsewhere = FUNCTIONS.flatMap(granted).filter((action) => !watched.test(action));
  expect(sorted(elsewhere)).toEqual(callsOf(({ action }) => !watched.test(action)));
});
