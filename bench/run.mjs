import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs every benchmark, or those that are named: `npm run bench -- decide`. */
const ALL = {
  decide: 'Deciding: is a security group open?',
  exposure: 'Measuring: how many groups a second, and how that grows with their rules',
  waiting: 'Waiting: what instances cost that wait for a slot',
  bundle: 'Loading: what a cold start reads and runs',
};
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(ALL, name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(ALL).join(', ')}`);
  process.exit(2);
}
let failed = false;
for (const [name, title] of Object.entries(ALL)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n${title}\n`);
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exitCode = failed ? 2 : 0;
