import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';

/**
 * What a cold start has to read and run, per function: the bytes of its bundle, the bytes of its zip, and how long a fresh
 * Node takes to load it. Milliseconds depend on the machine; the ratio to an empty module is what can be compared.
 */
const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 7;

/** Loads a module and prints how many milliseconds that took. What starts Node itself is not counted. */
const LOAD = 'const t=performance.now();await import(process.argv[1]);console.log(performance.now()-t)';

/** What the functions read when they are loaded. Nothing is called. */
const SETTINGS = {
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  POWERTOOLS_SERVICE_NAME: 'undrift-bench',
  POWERTOOLS_METRICS_NAMESPACE: 'Undrift',
  UNDRIFT_ACCOUNT: '123456789012',
  UNDRIFT_DEAD_LETTER_QUEUE_URL: 'https://example.com/123456789012/dead',
  UNDRIFT_INSTANCES_QUEUE_URL: 'https://example.com/123456789012/instances',
  UNDRIFT_NETWORKS_QUEUE_URL: 'https://example.com/123456789012/networks',
  UNDRIFT_LEDGER_TABLE: 'ledger',
  UNDRIFT_OPT_IN_TAG: 'undrift:replace=allowed',
  UNDRIFT_OWN_ROLE_ARNS: 'arn:aws:iam::123456789012:role/one,arn:aws:iam::123456789012:role/two',
  UNDRIFT_PAUSE_PARAMETER: '/undrift/bench/pause',
  UNDRIFT_QUEUE_URL: 'https://example.com/123456789012/own',
  UNDRIFT_SECURITY_GROUPS_QUEUE_URL: 'https://example.com/123456789012/groups',
  UNDRIFT_STAGE: 'bench',
  UNDRIFT_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:topic',
};

const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'));
try {
  await run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--out', folder], { cwd: root });
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, 'export const handler = () => {};\n');
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const modules = names.map(({ name }) => ({ name, file: join(folder, name, 'index.mjs') }));
  const loads = await loadTimes([{ name: 'empty', file: empty }, ...modules]);
  const base = loads.get('empty') ?? Number.NaN;
  console.log('function              bundle kB    zip kB   load ms   × empty');
  for (const { name } of modules) {
    const { bundle, zip } = await sizesOf(join(folder, name));
    const load = loads.get(name) ?? Number.NaN;
    console.log(
      `${name.padEnd(20)} ${kilobytes(bundle)} ${kilobytes(zip)} ${load.toFixed(1).padStart(9)} ${(load / base).toFixed(1).padStart(9)}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(9);
}

/**
 * Median milliseconds by name. Round by round, so that a busy moment of the machine falls on all of them.
 * @param {{ name: string, file: string }[]} modules
 */
async function loadTimes(modules) {
  /** @type {Map<string, number[]>} */
  const times = new Map(modules.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, file } of modules) {
      const args = ['--input-type=module', '--eval', LOAD, pathToFileURL(file).href];
      const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...SETTINGS } });
      times.get(name)?.push(Number(stdout));
    }
  }
  return new Map(
    [...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN]),
  );
}

/** The zip is what its files deflate to: headers are a hundred bytes a file. @param {string} place */
async function sizesOf(place) {
  let [bundle, zip] = [0, 0];
  for (const file of await readdir(place)) {
    const bytes = await readFile(join(place, file));
    bundle += bytes.length;
    zip += deflateRawSync(bytes, { level: 9 }).length + 100 + 2 * file.length;
  }
  return { bundle, zip };
}
