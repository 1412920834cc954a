import { describe, expect, it } from 'vitest';
import { loadPolicy, PolicyFaults } from '../../../src/policy/load.ts';
import { MINIMAL, NOW } from './documents.ts';

const USING = `${MINIMAL}    allowedLists: [cdn]\nrangeLists:\n  - { name: cdn, file: ranges/cdn.txt }\n`;

function load(content: string, policyFile = 'policy.yml', text = USING) {
  const asked: string[] = [];
  const { policy, document } = loadPolicy(text, policyFile, NOW, (file) => {
    asked.push(file);
    return content;
  });
  return { asked, document, ranges: policy.internet.allowedRanges };
}

function faultsOf(content: string, text = USING): readonly string[] {
  try {
    load(content, 'conf/policy.yml', text);
  } catch (error) {
    if (error instanceof PolicyFaults) return error.lines;
    throw error;
  }
  return [];
}

describe('the file of a named list', () => {
  it.each([
    ['one range a line', '9.9.9.0/24\n9.9.10.0/24\n', ['9.9.9.0/24', '9.9.10.0/24']],
    ['without a last line end', '9.9.9.0/24', ['9.9.9.0/24']],
    ['comments and blank lines', '# edges\n\n  9.9.9.0/24  # Zürich\n   \n#\n', ['9.9.9.0/24']],
    ['both families', '9.9.9.0/24\n2620:fe::/48\n', ['9.9.9.0/24', '2620:fe::/48']],
    [
      'line ends of Windows, and a byte order mark',
      '\uFEFF9.9.9.0/24\r\n9.9.10.0/24\r\n',
      ['9.9.9.0/24', '9.9.10.0/24'],
    ],
    ['more than the limit', '16.0.0.0/8\n17.0.0.0/8\n', ['16.0.0.0/8', '17.0.0.0/8']],
  ])('may have %s', (_name, content, ranges) => {
    expect(load(content).ranges).toEqual(ranges);
  });

  it.each([
    ['policy.yml', 'ranges/cdn.txt'],
    ['conf/policy.yml', 'conf/ranges/cdn.txt'],
    ['../shared/policy.yml', '../shared/ranges/cdn.txt'],
    ['/etc/undrift/policy.yml', '/etc/undrift/ranges/cdn.txt'],
  ])('is looked for from where %s is', (policyFile, asked) => {
    expect(load('9.9.9.0/24', policyFile).asked).toEqual([asked]);
  });

  it('may be named in full', () => {
    const text = USING.replace('ranges/cdn.txt', '/srv/cdn.txt');
    expect(load('9.9.9.0/24', 'conf/policy.yml', text).asked).toEqual(['/srv/cdn.txt']);
  });

  it('is not read where the ranges stand in the policy', () => {
    const text = USING.replace('file: ranges/cdn.txt', 'ranges: [9.9.9.0/24]');
    expect(load('', 'policy.yml', text)).toMatchObject({ asked: [], ranges: ['9.9.9.0/24'] });
  });
});

describe('a fault in such a file', () => {
  it.each([
    ['9.9.9.0/24\n\n   9.9.9.9/24\n', '3:4', 'found "9.9.9.9/24", which has bits beyond its prefix; write 9.9.9.0/24'],
    ['9.9.9.9\n', '1:1', 'found "9.9.9.9", which is no CIDR'],
    ['9.9.9.0/24 9.9.10.0/24\n', '1:1', 'found "9.9.9.0/24 9.9.10.0/24", which is no CIDR'],
    ['\uFEFFnine\n', '1:1', 'found "nine", which is no CIDR'],
    ['# all\n::/0\n', '2:1', 'found "::/0", which is the whole address space'],
  ])('%j names the file and the line', (content, place, message) => {
    const faults = faultsOf(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`conf/ranges/cdn.txt:${place} rangeLists[0].file: ${message}`);
  });

  it('is told beside those of the policy, at the place of the list', () => {
    const text = `mode: ask\n${USING}budgets: {}\n`;
    expect(faultsOf('one\n9.9.9.0/24\ntwo\n', text).map((line) => line.split(': ')[0])).toEqual([
      'conf/policy.yml:1:1 mode',
      'conf/ranges/cdn.txt:1:1 rangeLists[0].file',
      'conf/ranges/cdn.txt:3:1 rangeLists[0].file',
      'conf/policy.yml:10:1 budgets',
    ]);
  });

  it('is told five times, where every line is one', () => {
    const faults = faultsOf('x\n'.repeat(1000));
    expect(faults).toHaveLength(6);
    expect(faults[4]).toContain('conf/ranges/cdn.txt:5:1 ');
    expect(faults[5]).toContain(
      'conf/policy.yml:8:18 rangeLists[0].file: conf/ranges/cdn.txt has 995 more of such lines',
    );
  });

  it('is told for lists that together leave nothing, as for any range', () => {
    expect(faultsOf('0.0.0.0/1\n128.0.0.0/1\n')).toEqual([
      expect.stringContaining(
        'conf/policy.yml:6:5 rules.internet.allowedLists: together with allowedRanges they leave nothing',
      ),
    ]);
  });
});

describe('without a reader of files', () => {
  it('naming one is a fault', () => {
    expect(() => loadPolicy(USING, 'policy.yml', NOW)).toThrow(
      "policy.yml:8:18 rangeLists[0].file: ranges/cdn.txt can't be read (no files are read here)",
    );
  });
});
