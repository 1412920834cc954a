import { setTimeout as sleep } from 'node:timers/promises';
import { fleet, inService, ruleIds, stateOf } from '../scene/estate.mjs';
import { idOf } from './estate.mjs';

/** As long as a third notice would take to come. */
const QUIET_MS = 5000;

/** @typedef {{ what: string, expected: string, found: string }} Check */

/**
 * Looks at what is really there, with the person's clients and never through undrift.
 * @param {import('../scene/clients.mjs').Clients} clients
 * @param {import('./story.mjs').Estate} estate
 * @param {{ opened: string[], altered: string, inbox: import('./story.mjs').Inbox }} happened
 * @returns {Promise<Check[]>}
 */
export async function checkWorld(clients, { web, fleet: { name, instanceIds } }, { opened, altered, inbox }) {
  await sleep(QUIET_MS);
  const rules = await ruleIds(clients, web.id);
  const serving = await inService(clients, name);
  const { DesiredCapacity, Instances = [] } = await fleet(clients, name);
  const others = instanceIds.filter((id) => id !== altered);
  const notices = await inbox.read();
  return [
    check('the opened rule is gone', '', listed(rules.filter((id) => opened.includes(id)))),
    check(
      'the four legitimate rules are there, ids unchanged',
      listed(web.rules.map(idOf)),
      listed(rules.filter((id) => !opened.includes(id))),
    ),
    check('the altered instance is terminated', 'terminated', await stateOf(clients, altered)),
    check(
      'three instances are in service, and no others in the group',
      '3 of 3',
      `${serving.length} of ${Instances.length}`,
    ),
    check(
      'the two untouched instances still serve',
      listed(others),
      listed(serving.filter((id) => others.includes(id))),
    ),
    check('the desired capacity is 3', '3', String(DesiredCapacity)),
    check(`exactly two notices, and no third within ${QUIET_MS / 1000} s`, '2', String(notices.length)),
  ];
}

/** @param {Check} check */
export const holds = ({ expected, found }) => expected === found;

/** @param {string} what @param {string} expected @param {string} found @returns {Check} */
const check = (what, expected, found) => ({ what, expected, found });

/** @param {string[]} ids */
const listed = (ids) => [...ids].sort().join(' ');
