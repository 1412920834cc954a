import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DESCRIPTIONS } from '../../../src/policy/descriptions.ts';
import { policyKeys, policySchemaText } from '../../../src/policy/json-schema.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { modeFor } from '../../../src/policy/mode.ts';
import { INSTANCE_RULES, RULES, type RuleId } from '../../../src/policy/policy.ts';
import { PRESET_IDS, PRESETS } from '../../../src/policy/presets.ts';
import { NOW } from './documents.ts';
import { WEB_INSTANCE } from './subjects.ts';

const text = readFileSync('policy.yml', 'utf8');
/** The files that the examples name hold one range. */
const readList = (): string => '9.9.9.0/24\n';
const load = (source = text, now = NOW) => loadPolicy(source, 'policy.yml', now, readList);

describe('the policy as shipped', () => {
  it('is valid, without a warning', () => expect(load().warnings).toEqual([]));

  it('names its schema first, and observes by exactly one line', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./policy.schema.json');
    expect(text.match(/^mode: observe$/gm)).toHaveLength(1);
    expect(text.match(/^mode:/gm)).toHaveLength(1);
  });

  it('acts on four instance rules and internet once that line says enforce', () => {
    const { policy, warnings } = load(text.replace(/^mode: observe$/m, 'mode: enforce'));
    const enforced = RULES.filter((rule) => modeFor(rule, WEB_INSTANCE, policy).mode === 'enforce');
    const three = ['user-data-changed', 'security-groups-changed', 'instance-profile-changed'];
    expect(enforced).toEqual(['internet', ...three, 'root-volume-replaced', 'baseline-changed', 'own-role-misused']);
    expect(warnings).toEqual([]);
  });

  it('observes everything until then, but for what nobody asked for yet', () => {
    const off: readonly RuleId[] = ['egress', 'pipeline-only'];
    for (const rule of RULES) {
      expect(modeFor(rule, WEB_INSTANCE, load().policy).mode, rule).toBe(off.includes(rule) ? 'off' : 'observe');
    }
  });

  it('protects what it says', () => {
    const every = [6, 17, 132, 33];
    const streams = [6, 132];
    const at = (...pairs: (readonly [number, number])[]) => pairs.map(([from, to]) => ({ from, to }));
    expect(load().policy.internet).toEqual({
      mode: null,
      limit: { ipv4: 16777216n, ipv6: 2535301200456458802993406410752n },
      allowedRanges: [],
      loadBalancers: at([80, 80], [443, 443]),
      prefixLists: 'revoke-rules',
      protects: [
        { name: 'all traffic', protocols: 'all', ports: [] },
        { name: 'SSH', protocols: every, ports: at([22, 22]) },
        { name: 'Telnet', protocols: every, ports: at([23, 23]) },
        { name: 'RDP', protocols: every, ports: at([3389, 3389]) },
        { name: 'WinRM', protocols: every, ports: at([5985, 5986]) },
        { name: 'VNC', protocols: every, ports: at([5900, 5903]) },
        { name: 'SMB and NetBIOS', protocols: every, ports: at([137, 139], [445, 445]) },
        { name: 'NFS', protocols: every, ports: at([2049, 2049]) },
        { name: 'Docker', protocols: every, ports: at([2375, 2376]) },
        { name: 'etcd', protocols: every, ports: at([2379, 2380]) },
        { name: 'kubelet', protocols: every, ports: at([10250, 10250]) },
        { name: 'MySQL', protocols: streams, ports: at([3306, 3306]) },
        { name: 'PostgreSQL', protocols: streams, ports: at([5432, 5432]) },
        { name: 'SQL Server', protocols: streams, ports: at([1433, 1434]) },
        { name: 'Oracle', protocols: streams, ports: at([1521, 1521]) },
        { name: 'MongoDB', protocols: streams, ports: at([27017, 27019]) },
        { name: 'Redis', protocols: streams, ports: at([6379, 6379]) },
        { name: 'Elasticsearch and OpenSearch', protocols: streams, ports: at([9200, 9200], [9300, 9300]) },
        { name: 'Cassandra', protocols: streams, ports: at([9042, 9042]) },
        { name: 'memcached', protocols: [6, 17, 132], ports: at([11211, 11211]) },
      ],
    });
  });

  it('says the rest as literally', () => {
    const { policy } = load();
    expect(policy).toMatchObject({
      mode: 'observe',
      modes: [],
      when: 'any',
      exemptions: [],
      budget: { perGroup: 1, perHour: 3 },
      budgets: [],
      successorMinutes: 15,
      taint: { graceMinutes: 30, maxHours: 12 },
      notifications: {
        mailsPerHour: 20,
        ownerTags: ['Owner', 'owner', 'team', 'Team'],
        buildTags: ['Build', 'build', 'Version', 'version'],
        commitTags: ['Commit', 'commit', 'git-sha', 'git-commit'],
      },
    });
    expect(policy.trustedActors).toEqual([]);
    expect(policy.trustedServices).toEqual(PRESET_IDS);
    expect(policy.configVerdicts.at(0)).toEqual({ configRule: '*restricted-ssh*', means: ['internet'] });
    expect(policy.configVerdicts.at(-1)).toEqual({
      configRule: '*',
      means: [
        'internet',
        'user-data-changed',
        'security-groups-changed',
        'instance-profile-changed',
        'differs-from-template',
      ],
    });
    expect(Object.keys(policy.instanceRules)).toEqual([...INSTANCE_RULES]);
  });

  it.each([
    ['exemptions', /^# {3}(exemptions:\n(?:# {5,}.*\n)+)/m, /^exemptions: \[\]\n/m],
    ['modes', /^# {3}(modes:\n(?:# {5,}.*\n)+)/m, /^modes: \[\]\n/m],
    ['budgets', /^# {3}(budgets:\n(?:# {5,}.*\n)+)/m, /^budgets: \[\]\n/m],
  ])('has an example of %s that is valid when it is put in', (_key, example, empty) => {
    const lines = example.exec(text)?.[1]?.replace(/^# {3}/gm, '') ?? '';
    expect(lines).not.toBe('');
    const now = new Date('2027-01-01T00:00:00Z');
    expect(load(text.replace(empty, lines), now).warnings).toEqual([]);
  });

  it('has an example of named lists that is valid when it is put in and used', () => {
    const lines = /^# {3}(rangeLists:\n(?:# {5,}.*\n)+)/m.exec(text)?.[1]?.replace(/^# {3}/gm, '') ?? '';
    const source = text
      .replace(/^rangeLists: \[\]\n/m, lines)
      .replace(/^ {4}allowedLists: \[\]\n/m, '    allowedLists: [partner, cdn]\n');
    expect(load(source).warnings).toEqual([]);
    expect(load(source).policy.internet.allowedRanges).toEqual(['9.9.9.0/24', '2620:fe::/48', '9.9.9.0/24']);
  });

  it('has an example of ignored differences that is valid when it is put in', () => {
    const lines = /^# {3}(ignoredDifferences:\n(?:# {5,}.*\n)+)/m.exec(text)?.[1]?.replace(/^# {3}/gm, '') ?? '';
    const { policy, warnings } = load(text.replace(/^ignoredDifferences: \[\]\n/m, lines));
    expect(warnings).toEqual([]);
    expect(policy.ignoredDifferences.map(({ paths }) => paths)).toEqual([['tags/*', 'block-devices/*/size']]);
  });

  it('has an example of what may be replaced all the same that is valid when it is put in', () => {
    const lines = /^# {3}(replaceDespite:\n(?:# {5,}.*\n)+)/m.exec(text)?.[1]?.replace(/^# {3}/gm, '') ?? '';
    const { policy, warnings } = load(text.replace(/^replaceDespite: \[\]\n/m, lines));
    expect(warnings).toEqual([]);
    expect(policy.replaceDespite.map(({ what }) => what)).toEqual([['scale-in-protection', 'termination-protection']]);
  });

  it('has an example of egress that is valid when it is put in, and observes', () => {
    const source = text.replace(/^ {2}# {3}egress:\n(?: {2}# {5,}.*\n)+/m, (lines) =>
      lines.replace(/^ {2}# {3}/gm, '  '),
    );
    const { policy, warnings } = load(source.replace(/^mode: observe$/m, 'mode: enforce'));
    expect(warnings).toEqual([]);
    expect(policy.egress.protects.map(({ name }) => name)).toEqual(['all traffic', 'SMB']);
    expect(modeFor('egress', WEB_INSTANCE, policy).mode).toBe('observe');
  });

  it('has an example of an entry about ICMP that is valid when it is put in', () => {
    const source = text.replace(/^ {6}# (- \{ name: ping)/m, '      $1');
    expect(load(source).policy.internet.protects.at(-1)).toEqual({
      name: 'ping',
      protocols: [1],
      ports: [{ from: 8, to: 8 }],
    });
  });
});

/** Selectors are explained once, and so are the settings that every rule about instances has. */
function documentedAs(key: string): string {
  const [, rule = '', setting = ''] = /^rules\.([^.]+)\.([^.]+)$/.exec(key) ?? [];
  if ((INSTANCE_RULES as readonly string[]).includes(rule)) return `rules.<rule>.${setting}`;
  return key.replace(/^(modes|exemptions|budgets|ignoredDifferences|replaceDespite)\.select\./, 'select.');
}

describe('the schema and the reference', () => {
  it.each(PRESET_IDS)('docs/policy.md has the row of the service %s, with its source', (id) => {
    const { service, role, calls, document, source } = PRESETS[id];
    const row =
      readFileSync('docs/policy.md', 'utf8')
        .split('\n')
        .find((line) => line.startsWith(`| \`${id}\` |`)) ?? '';
    for (const word of [
      `${service}/${role}`,
      calls.map((call) => `\`${call}\``).join(', '),
      document ?? 'none',
      source,
    ]) {
      expect(row).toContain(word);
    }
  });

  it('policy.schema.json is what is generated (npm run schema)', () => {
    expect(readFileSync('policy.schema.json', 'utf8')).toBe(policySchemaText());
  });

  it('every key has a description, and every description a key', () => {
    expect([...DESCRIPTIONS.keys()].sort()).toEqual([...policyKeys()].sort());
  });

  it.each(policyKeys())('docs/policy.md has %s', (key) => {
    expect(readFileSync('docs/policy.md', 'utf8')).toContain(`\`${documentedAs(key)}\``);
  });

  it('docs/policy.md has only policies that are valid', () => {
    const blocks = [...readFileSync('docs/policy.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, block = '']) => block,
    );
    expect(blocks.length).toBeGreaterThan(3);
    // When the examples were written: each exemption had begun to count, and was not over.
    const written = new Date('2026-11-21T12:00:00Z');
    for (const block of blocks) {
      const rules = /^rules:/m.test(block) ? '' : 'rules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n';
      const version = /^version:/m.test(block) ? '' : 'version: 1\n';
      expect(load(`${version}${rules}${block}`, written).warnings, block).toEqual([]);
    }
  });
});
