import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName, listOf, roleOf } from './iam.ts';
import { type Packaged, packageTemplate, ROOT, remove } from './stage.ts';

const ADAPTERS = join(ROOT, 'src', 'aws');
let packaged: Packaged;
let called: readonly Call[];
beforeAll(async () => {
  packaged = await packageTemplate();
  const files = (await readdir(ADAPTERS)).filter((file) => file.endsWith('.ts'));
  called = (await Promise.all(files.map(callsIn))).flat();
}, 60_000);
afterAll(() => remove(packaged));

type Call = { readonly file: string; readonly action: string };
const PREFIXES: Readonly<Record<string, string>> = { 'client-auto-scaling': 'autoscaling', 'lib-dynamodb': 'dynamodb' };
/** Calls whose right has another name. A transaction needs the rights of what is in it: ours only puts. */
const NAMES: Readonly<Record<string, string>> = {
  'dynamodb:Get': 'dynamodb:GetItem',
  'dynamodb:Put': 'dynamodb:PutItem',
  'dynamodb:TransactWrite': 'dynamodb:PutItem',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};
/** What the operator's command calls, with the rights of whoever runs it. */
const OPERATOR = ['ssm:PutParameter'];
/** What Lambda does in the name of the role, and KMS for SNS. */
const PLATFORM = /^(logs:|kms:|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$)/;

/** The rights behind the commands that an adapter imports. */
async function callsIn(file: string): Promise<readonly Call[]> {
  const source = await readFile(join(ADAPTERS, file), 'utf8');
  const imports = source.matchAll(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/([a-z0-9-]+)'/g);
  return [...imports].flatMap(([, names = '', module = '']) => {
    const prefix = PREFIXES[module] ?? module.replace('client-', '');
    const commands = [...names.matchAll(/\b([A-Z]\w*)Command\b/g)].map(([, name]) => `${prefix}:${name}`);
    return commands.map((command) => ({ file, action: NAMES[command] ?? command }));
  });
}

const sorted = (actions: readonly string[]) => [...new Set(actions)].sort();
const granted = (name: FunctionName) => {
  const actions = roleOf(name, packaged.template).statements.flatMap(({ Action }) => listOf(Action));
  return sorted(actions.filter((action) => !PLATFORM.test(action)));
};
const watched = /^(ec2|autoscaling):/;
const callsOf = (wanted: (call: Call) => boolean) =>
  sorted(called.filter(wanted).map(({ action }) => action)).filter((action) => !OPERATOR.includes(action));

it.each([
  ['securityGroups', (file: string) => !file.startsWith('fleet')],
  ['instances', (file: string) => file.startsWith('fleet')],
  ['recheck', () => false],
] as const)('%s may do to what is watched what its adapters call, no more and no less', (name, isItsOwn) => {
  const calls = callsOf(({ file, action }) => watched.test(action) && isItsOwn(file));
  expect(granted(name).filter((action) => watched.test(action))).toEqual(calls);
});

it('all roles together may do elsewhere what the adapters call', () => {
  const elsewhere = FUNCTIONS.flatMap(granted).filter((action) => !watched.test(action));
  expect(sorted(elsewhere)).toEqual(callsOf(({ action }) => !watched.test(action)));
});
