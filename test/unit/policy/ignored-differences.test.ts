import { describe, expect, it } from 'vitest';
import { SINGLE_PATHS } from '../../../src/domain/drift-path.ts';
import type { Difference } from '../../../src/domain/estate.ts';
import { differencePathFault, fitsPath } from '../../../src/policy/difference-paths.ts';
import { entryName, siftDifferences } from '../../../src/policy/ignored-differences.ts';
import { loadPolicy, PolicyFaults } from '../../../src/policy/load.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { MINIMAL, NOW } from './documents.ts';
import { basePolicy } from './policies.ts';
import { WEB_INSTANCE } from './subjects.ts';

describe('the path of a difference', () => {
  it.each([
    ...SINGLE_PATHS,
    'metadata-options/*',
    'tags/*',
    'tags/Env',
    'tags/team:name/of it',
    'block-devices/*',
    'block-devices/xvda',
    'block-devices/xvda/size',
    'block-devices/*/delete-on-termination',
    'block-devices/nvme1n1/*',
  ])('%s is one', (path) => {
    expect(differencePathFault(path)).toBeNull();
  });

  it.each([
    ['*', 'write one of image, type, profile'],
    ['imag', 'did you mean image?'],
    ['image/*', 'did you mean image?'],
    ['instance-profile', 'write one of image'],
    ['metadata-options/http-token', 'did you mean metadata-options/http-tokens?'],
    ['metadata-options', 'did you mean metadata-options/*?'],
    ['tags/', 'write tags/KEY'],
    ['tags', 'write tags/KEY'],
    ['tags/Env*', 'write tags/KEY'],
    ['tags/aws:autoscaling:groupName', 'never compared'],
    ['block-devices/xvda/sise', 'did you mean block-devices/xvda/size?'],
    ['block-devices/xvda/size/more', 'write one of image'],
    ['block-devices/xv*', 'did you mean block-devices/*?'],
    ['block-devices//dev/xvda/size', 'did you mean block-devices/xvda/size? Devices are named without /dev/'],
  ])('%s is none', (path, told) => {
    expect(differencePathFault(path)).toContain(told);
  });

  it.each<[string, Difference['path'], boolean]>([
    ['image', 'image', true],
    ['image', 'type', false],
    ['metadata-options/*', 'metadata-options/hop-limit', true],
    ['metadata-options/*', 'image', false],
    ['tags/*', 'tags/team/name', true],
    ['tags/*', 'image', false],
    ['tags/Env', 'tags/env', false],
    ['block-devices/*', 'block-devices/sdf', true],
    ['block-devices/*', 'block-devices/sdf/size', true],
    ['block-devices/sdf', 'block-devices/sdf', true],
    ['block-devices/sdf', 'block-devices/sdf/size', false],
    ['block-devices/sdf/*', 'block-devices/sdf/size', true],
    ['block-devices/sdf/*', 'block-devices/sdf', false],
    ['block-devices/sdf/*', 'block-devices/sdg/size', false],
    ['block-devices/*/size', 'block-devices/sdg/size', true],
    ['block-devices/*/size', 'block-devices/sdg/type', false],
    ['block-devices/*/size', 'block-devices/sdg', false],
  ])('%s takes in %s: %s', (written, path, expected) => {
    expect(fitsPath(written, path)).toBe(expected);
  });
});

describe('differences that the policy leaves alone', () => {
  const SIZE: Difference = { path: 'block-devices/xvda/size', expected: '8 GiB', found: '80 GiB' };
  const IMAGE: Difference = { path: 'image', expected: 'ami-1', found: 'ami-2' };
  const entry = (given: Partial<Policy['ignoredDifferences'][number]> = {}) => ({
    paths: ['block-devices/*/size'],
    select: { autoScalingGroup: ['web'] },
    reason: 'Disks grow by themselves.',
    ...given,
  });
  const sifted = (...ignoredDifferences: Policy['ignoredDifferences']) =>
    siftDifferences([SIZE, IMAGE], WEB_INSTANCE, { ...basePolicy(), ignoredDifferences });

  it('are named with their entry, and the rest counts', () => {
    const { counted, ignored } = sifted(entry({ paths: ['tags/*'] }), entry());
    expect(counted).toEqual([IMAGE]);
    expect(ignored).toEqual([{ difference: SIZE, entry: 1, reason: 'Disks grow by themselves.' }]);
    expect(ignored.map(entryName)).toEqual(['ignoredDifferences[1]']);
  });

  it.each([
    ['no entry', []],
    ['another path', [entry({ paths: ['block-devices/*/type'] })]],
    ['another group', [entry({ select: { autoScalingGroup: ['db'] } })]],
    ['another instance', [entry({ select: { instance: ['i-9'] } })]],
    ['a tag, which anyone who can tag the group chooses', [entry({ select: { tag: { Env: ['prod'] } } })]],
    ['an actor, who is not known', [entry({ select: { actor: ['arn:aws:iam::123456789012:user/kim'] } })]],
    ['nothing at all', [entry({ select: {} })]],
  ])('are none with %s', (_title, entries) => {
    expect(sifted(...entries)).toEqual({ counted: [SIZE, IMAGE], ignored: [] });
  });

  it.each([
    ['its group', { autoScalingGroup: ['w*'] }],
    ['its id', { instance: ['i-0123456789abcdef0'] }],
    ['its VPC', { vpc: ['vpc-0123456789abcdef0'] }],
  ])('are selected by %s', (_title, select) => {
    expect(sifted(entry({ select })).ignored).toHaveLength(1);
  });
});

describe('ignoredDifferences in a policy', () => {
  const MEANT = 'configVerdicts: [{ configRule: "*", means: [differs-from-template] }]\n';
  const load = (lines: string, meant = MEANT) =>
    loadPolicy(`${MINIMAL}ignoredDifferences:\n${lines}${meant}`, 'policy.yml', NOW);
  const ENTRY = `  - paths: [tags/*, block-devices/*/size]
    select: { autoScalingGroup: [web] }
    reason: The backup tool tags and grows them.
`;
  const faults = (lines: string) => {
    try {
      load(lines);
    } catch (error) {
      if (error instanceof PolicyFaults) return error.lines;
      throw error;
    }
    return [];
  };

  it('are read, and their lines are known', () => {
    const { policy, warnings, placeOf } = load(`${ENTRY}${ENTRY}`);
    expect(warnings).toEqual([]);
    expect(policy.ignoredDifferences).toHaveLength(2);
    expect(policy.ignoredDifferences[0]).toEqual({
      paths: ['tags/*', 'block-devices/*/size'],
      select: { autoScalingGroup: ['web'] },
      reason: 'The backup tool tags and grows them.',
    });
    const first = MINIMAL.split('\n').length + 1;
    expect([0, 1].map((index) => placeOf(['ignoredDifferences', index]))).toEqual([
      `policy.yml:${first}`,
      `policy.yml:${first + 3}`,
    ]);
  });

  it('that no row of configVerdicts has compared come with a warning', () => {
    expect(load(ENTRY, '').warnings).toEqual([expect.stringContaining('ignoredDifferences has no effect')]);
  });

  it('by tag are refused', () => {
    const [fault] = faults(ENTRY.replace('autoScalingGroup: [web]', 'tag: { Env: [dev] }'));
    expect(fault).toContain('anyone who can tag a group could have its differences ignored; use autoScalingGroup');
  });

  it.each([
    ['tags/*', 'tgas/*', 'ignoredDifferences[0].paths[0]: found "tgas/*", which is no path; did you mean tags/*?'],
    ['[tags/*, block-devices/*/size]', '[]', 'ignoredDifferences[0].paths: found an empty list'],
    ['{ autoScalingGroup: [web] }', '{}', 'ignoredDifferences[0].select: found an empty selector'],
    ['{ autoScalingGroup: [web] }', '{ autoScalingGroup: ["*"] }', 'found a selector that leaves nothing out'],
    [
      '{ autoScalingGroup: [web] }',
      '{ securityGroup: [sg-0123456789abcdef0] }',
      'select.securityGroup: entries of ignoredDifferences are about instances',
    ],
    [
      '{ autoScalingGroup: [web] }',
      '{ autoScalingGroup: [web], port: [22] }',
      'ignoredDifferences[0].select.port: entries of',
    ],
    [
      '{ autoScalingGroup: [web] }',
      '{ autoScalingGroup: [web], range: [9.9.9.0/24] }',
      'ignoredDifferences[0].select.range: entries of',
    ],
    [
      '{ autoScalingGroup: [web] }',
      '{ autoScalingGroup: [web], actor: ["arn:aws:iam::123456789012:user/kim"] }',
      'select.actor: has no meaning',
    ],
    ['    reason: The backup tool tags and grows them.\n', '', 'ignoredDifferences[0].reason: is missing'],
    ['The backup tool tags and grows them.', 'backup', 'ignoredDifferences[0].reason: found "backup"'],
  ])('with %s as %s have one fault', (from, to, told) => {
    expect(ENTRY).toContain(from);
    expect(faults(ENTRY.replace(from, to))).toEqual([expect.stringContaining(told)]);
  });
});
