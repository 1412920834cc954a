import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * How much work instances make that wait for a slot, and how long that delays a new modification in another group: the simulation of
 * a whole deployment, with the shipped budgets, two workers, and calls that take as long as AWS's. The clock is the simulation's, so
 * the numbers do not depend on the machine. The ratio is looks a minute for each instance that waits and hour: 1.0 means
 * that each is looked at once an hour.
 */
const CASES = [
  [400, 1],
  [400, 40],
  [800, 1],
  [800, 40],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'));
try {
  const outfile = join(folder, 'waiting.mjs');
  await build({
    entryPoints: [join(root, 'test/simulation/waiting-load.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    // The simulation reads the shipped policy from beside its own file.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/simulation/world.ts')).href) },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile,
    logLevel: 'error',
  });
  const { measure, waitingWorld } = await import(pathToFileURL(outfile).href);
  console.log('waiting   groups   looks/min   × once an hour   EC2 and Auto Scaling/min   new one decided after');
  for (const [waiting = 0, groups = 0] of CASES) {
    const { at } = await waitingWorld(waiting, groups);
    const { looksPerMinute, fleetCallsPerMinute, secondsToDecide } = await measure(at);
    const columns = [
      String(waiting).padStart(7),
      String(groups).padStart(9),
      looksPerMinute.toFixed(1).padStart(12),
      ((looksPerMinute * 60) / waiting).toFixed(2).padStart(17),
      fleetCallsPerMinute.toFixed(0).padStart(27),
      `${secondsToDecide.toFixed(0)} s`.padStart(24),
    ];
    console.log(columns.join(''));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
