import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../src/policy/load.ts';
import { resolvePolicy } from '../../src/policy/resolve.ts';

const BASE = `version: 1
rules: { internet: { protects: [{ name: SSH, ports: [22] }], allowedLists: [cdn] } }
rangeLists:
`;

const octet = fc.integer({ min: 0, max: 255 });
const range = fc.oneof(
  fc.tuple(octet, octet, octet).map(([a, b, c]) => `${a}.${b}.${c}.0/24`),
  fc.tuple(octet, octet).map(([a, b]) => `2600:${a.toString(16)}:${b.toString(16)}::/48`),
);
const ranges = fc.array(range, { minLength: 1, maxLength: 20 });
const noise = fc.constantFrom('', '   ', '# a comment', '\t# 9.9.9.0/24');
const lineEnd = fc.constantFrom('\n', '\r\n');

describe('the ranges of a named list', () => {
  it('are the same from a file, whatever else stands in it, as in the policy itself and at a cold start', () => {
    fc.assert(
      fc.property(ranges, fc.array(noise, { maxLength: 5 }), lineEnd, (given, between, end) => {
        const lines = given.flatMap((one, index) => [between[index] ?? '', ` ${one} ${index % 2 ? '# why' : ''}`]);
        const fromFile = loadPolicy(`${BASE}  - { name: cdn, file: cdn.txt }\n`, 'policy.yml', null, () =>
          lines.join(end),
        );
        const written = loadPolicy(`${BASE}  - { name: cdn, ranges: ${JSON.stringify(given)} }\n`, 'policy.yml');
        expect(fromFile.policy.internet.allowedRanges).toEqual(given);
        expect(fromFile.policy).toEqual(written.policy);
        expect(resolvePolicy(JSON.parse(JSON.stringify(fromFile.document)))).toMatchObject({ policy: written.policy });
      }),
    );
  });
});
