import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { answer, type Setting } from '../../../cli/explain/answer.ts';
import { readInputs } from '../../../cli/explain/input.ts';
import { toJson } from '../../../cli/explain/record.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { fakeIo } from './fake-io.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const named = (folder: string) =>
  readdirSync(at(folder))
    .filter((file) => file.endsWith('.json'))
    .sort();

const events = named('../../../events/');
const update = process.env.UPDATE_GOLDEN === '1';
const setting: Setting = {
  policy: loadPolicy(readFileSync(at('../../../policy.yml'), 'utf8'), 'policy.yml').policy,
  estate: null,
  now: new Date('2026-02-03T05:00:00Z'),
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};

/** As `explain --json`, with the path as it is typed at the root of the repository. */
async function outcome(event: string): Promise<string> {
  const inputs = readInputs(at(`../../../events/${event}`), fakeIo());
  const answers = await Promise.all(inputs.map((input) => answer({ ...input, file: `events/${event}` }, setting)));
  return `${answers.map((one) => JSON.stringify(toJson(one), null, 2)).join('\n')}\n`;
}

test('golden outcomes are not rewritten where nobody looks at them', () => {
  expect(update && process.env.CI !== undefined, 'UPDATE_GOLDEN has no place in CI').toBe(false);
});

test.each(events)('%s', async (event) => {
  const golden = at(`../../golden/${event}`);
  const now = await outcome(event);
  if (update && process.env.CI === undefined) writeFileSync(golden, now);
  expect(existsSync(golden), `no golden outcome: see events/README.md`).toBe(true);
  expect(now).toBe(readFileSync(golden, 'utf8'));
});

test('every golden outcome has its event, and there are enough of them', () => {
  expect(named('../../golden/')).toEqual(events);
  expect(events.length).toBeGreaterThan(45);
});

test.each(events)('%s is named <source>.<event>.<case>.json', (event) => {
  expect(event).toMatch(/^[a-z0-9]+\.[A-Za-z0-9]+\.[a-z0-9-]+\.json$/);
});
