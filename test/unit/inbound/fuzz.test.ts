/** Whatever comes in: a change, a reason, or MalformedEvent. Nothing else is thrown, and nothing hangs. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isConfigInvocation,
  isConfigItem,
  parseConfigInvocation,
  parseConfigItem,
} from '../../../src/inbound/config-item.ts';
import { parseInbound, parseQueueBody } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { root } from '../../../src/inbound/reader.ts';

const folder = fileURLToPath(new URL('../../../events', import.meta.url));
const EVENTS: readonly unknown[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));

function parse(raw: unknown) {
  if (isConfigInvocation(raw)) return parseConfigInvocation(root(raw));
  return isConfigItem(raw) ? parseConfigItem(root(raw)) : parseInbound(raw);
}

function survives(run: () => object): void {
  try {
    const result = run();
    expect('irrelevant' in result || 'recheck' in result || 'change' in result || 'fact' in result).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedEvent);
    expect((error as Error).message.length).toBeLessThan(3000);
  }
}

/** The paths to every value inside. */
function paths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const inner = replaced((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner };
}

test('arbitrary JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => survives(() => parse(raw))),
    { numRuns: 500 },
  );
});

test('arbitrary text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => survives(() => parseQueueBody(body))),
    { numRuns: 500 },
  );
});

test('events with one value replaced', () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('__proto__', '', null, 0, -1, '\u0000', 'x'.repeat(100_000), { items: null }, { items: [null] }, [
      [],
    ]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...EVENTS), fc.nat(), junk, (event, choice, by) => {
      const all = paths(event);
      survives(() => parse(replaced(event, all[choice % all.length] ?? [], by)));
    }),
    { numRuns: 5000 },
  );
});

const kindOf = (event: unknown) => {
  const { detail, ...envelope } = event as { detail?: { eventName?: string }; 'detail-type'?: string };
  return detail?.eventName ?? envelope['detail-type'];
};
/** A sample of each call and of each kind of finding. */
const ONE_OF_EACH = [...new Map(EVENTS.map((event) => [kindOf(event), event])).values()].filter(
  (event) => !isConfigInvocation(event) && !isConfigItem(event),
);

/** Deeper than any stack: JSON.parse reads it, and what recurses over it would overflow. */
test.each([
  ['lists', '['.repeat(6000) + ']'.repeat(6000)],
  ['objects', `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`],
])(
  '%s within each other, in the place of each value',
  (_what, deep) => {
    for (const event of ONE_OF_EACH) {
      for (const path of paths(event).filter(({ length }) => length > 0)) {
        const body = JSON.stringify(replaced(event, path, '@deep@')).replace('"@deep@"', deep);
        survives(() => parseQueueBody(body));
      }
    }
  },
  60_000,
);

test('keys that would reach a prototype', () => {
  const raw: unknown = JSON.parse(
    '{"__proto__":{"eventName":"x","detail-type":"y"},"constructor":{"prototype":{"z":1}}}',
  );
  expect(() => parse(raw)).toThrow(MalformedEvent);
  expect('z' in {}).toBe(false);
});
