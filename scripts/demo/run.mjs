import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { deployStack, startCloud } from '../local/cloud.mjs';
import { clientsOf } from '../scene/clients.mjs';
import { openInbox } from '../scene/inbox.mjs';
import { checkWorld, holds } from './checks.mjs';
import { showNotices } from './notices.mjs';
import { bold, dim, green, heading, patiently, red, say, seconds } from './screen.mjs';
import { alterInstance, makeEstate, openSsh, showBefore } from './story.mjs';

/**
 * The whole demo on a local AWS of its own, which is ended whatever happens.
 * @param {{ dir: string, began: number, full: boolean }} options `dir` is written to and left; `began` in milliseconds
 * @returns {Promise<boolean>} whether everything was found as it should be
 */
export async function runDemo({ dir, began, full }) {
  const log = (/** @type {string} */ line) => say(dim(`${seconds(Date.now() - began).padStart(7)}  ${line}`));
  const cloud = await patiently('starting', () => {
    log('Starting a local AWS on this machine…');
    return startCloud({ dir, log });
  });
  try {
    const params = { email: 'platform@example.com' };
    const deploy = { dir, env: cloud.env, log, mode: /** @type {const} */ ('enforce'), params };
    const outputs = await patiently('deploying', () => deployStack(deploy));
    const clients = clientsOf(cloud.env);
    const inbox = await openInbox(clients, outputs.TopicArn ?? '', 'inbox');
    log('undrift is deployed: policy.yml as shipped, with `mode: enforce`.');

    heading('2. The state before: everything as it should be');
    const estate = await makeEstate(clients);
    await showBefore(clients, estate);

    heading('3. Somebody opens SSH to the whole internet');
    const opened = await openSsh(clients, estate, inbox);

    heading('4. Somebody alters a machine by hand');
    const altered = await alterInstance(clients, estate, inbox);

    heading('5. What people are told: a mail each');
    showNotices(await inbox.read(), full);

    heading('6. Is it so? Asked of the local AWS itself, not of undrift');
    const checks = await checkWorld(clients, estate, { opened, altered, inbox });
    const good = report(checks, began);
    if (!good) await writeFile(join(dir, 'notices.json'), JSON.stringify(await inbox.read(), null, 2));
    return good;
  } finally {
    await cloud.stop();
  }
}

/** @param {import('./checks.mjs').Check[]} checks @param {number} began */
function report(checks, began) {
  for (const check of checks) {
    say(`${holds(check) ? green('✔') : red('✘')} ${check.what}`);
    if (!holds(check)) say(`    expected ${check.expected || 'none'}, found ${check.found || 'none'}`);
  }
  const wrong = checks.filter((check) => !holds(check)).length;
  const took = seconds(Date.now() - began);
  say();
  say(
    wrong === 0
      ? bold(green(`All ${checks.length} hold. ${took} in total.`))
      : bold(red(`${wrong} of ${checks.length} differ. ${took} in total.`)),
  );
  return wrong === 0;
}

/** Where to look when something went wrong. @param {string} dir */
export function showLogs(dir) {
  const here = relative(process.cwd(), dir) || dir;
  console.error(`\nKept for you, in ${here}:`);
  console.error("  ministack.log  what the functions logged, one JSON line each, among the local AWS's own lines");
  console.error('  moto.log       EC2 and Auto Scaling');
  console.error('  calls.jsonl    every call that was made');
  console.error('  notices.json   what was told, if it came so far');
}
