import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPolicy, PolicyFaults } from '../../../src/policy/load.ts';
import { MINIMAL, NOW } from './documents.ts';

type Case = { name: string; place: string; phrases: readonly string[]; text: string };

/** The blocks of `faults.txt`, which says itself how it is written. */
function readCases(): readonly Case[] {
  const [, ...blocks] = readFileSync('test/fixtures/policies/faults.txt', 'utf8').split(/^### /m);
  return blocks.map((block) => {
    const [name = '', ...lines] = block.replace(/\n+$/, '\n').split('\n');
    const told = lines.filter((line) => line.startsWith('=> ')).map((line) => line.slice(3));
    const rest = lines.filter((line) => !line.startsWith('=> ')).join('\n');
    const [place = '', ...phrases] = told;
    return { name, place, phrases, text: rest.startsWith('+\n') ? MINIMAL + rest.slice(2) : rest };
  });
}

const FILES: Readonly<Record<string, string>> = {
  'ranges/good.txt': '9.9.9.0/24\n',
  'ranges/empty.txt': '# to be written\n\n',
  'ranges/aws.json': '{\n  "prefixes": []\n}\n',
};

function readFile(file: string): string {
  const text = FILES[file];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
}

function faultsOf(text: string): readonly string[] {
  try {
    loadPolicy(text, 'policy.yml', NOW, readFile);
  } catch (error) {
    if (error instanceof PolicyFaults) return error.lines;
    throw error;
  }
  return [];
}

describe('a fault names its line, what was found and what is allowed', () => {
  const cases = readCases();

  it('has its cases', () => {
    expect(cases.length).toBeGreaterThan(130);
    expect(cases.filter(({ place, phrases }) => !/^\d+:\d+$/.test(place) || phrases.length === 0)).toEqual([]);
  });

  it.each(cases)('$name', ({ text, place, phrases }) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`policy.yml:${place} `);
    for (const phrase of phrases) expect(faults[0]).toContain(phrase);
  });
});

describe('all faults of a file', () => {
  it('are told at once, in the order of the file', () => {
    const text = `${MINIMAL}mode: ask
exemptions:
  - id: one
    reason: short
    select: { tag: { a: [b] }, range: [10.0.0.1/8] }
    expires: 2026-02-30
budgets: {}
modes:
  - mode: off
`;
    expect(faultsOf(text).map((line) => line.split(': ')[0])).toEqual([
      'policy.yml:6:1 mode',
      'policy.yml:8:5 exemptions[0].owner',
      'policy.yml:9:5 exemptions[0].reason',
      'policy.yml:10:15 exemptions[0].select.tag',
      'policy.yml:10:40 exemptions[0].select.range[0]',
      'policy.yml:11:5 exemptions[0].expires',
      'policy.yml:12:1 budgets',
      'policy.yml:14:5 modes[0]',
    ]);
  });

  it('include those of what only sound keys mean, whatever is wrong with the others', () => {
    const text = `${MINIMAL}    allowedRanges: [0.0.0.0/1, 128.0.0.0/1]
mode: ask
exemptions:
  - id: one
    reason: The partner has no fixed address.
    owner: team
    select: { region: [eu-*], port: [9999] }
    rules: [internet]
    expires: 2026-05-30
budgets:
  - { instances: 1, select: { vpc: [vpc-prod] } }
`;
    expect(faultsOf(text).map((line) => line.split(': ')[0])).toEqual([
      'policy.yml:6:5 rules.internet.allowedRanges',
      'policy.yml:7:1 mode',
      'policy.yml:12:38 exemptions[0].select.port[0]',
      'policy.yml:16:37 budgets[0].select.vpc[0]',
    ]);
  });
});
