import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectOf as subjectOfGroup } from '../../src/decide/case.ts';
import { subjectOfMachine } from '../../src/decide/machines.ts';
import type { Change } from '../../src/domain/change.ts';
import { allowanceFor } from '../../src/policy/budget.ts';
import { exemptionsFor } from '../../src/policy/exempt.ts';
import { siftDifferences } from '../../src/policy/ignored-differences.ts';
import { modeFor } from '../../src/policy/mode.ts';
import { INSTANCE_RULES, type Policy, RULES, type RuleId } from '../../src/policy/policy.ts';
import { despiteFor } from '../../src/policy/replace-despite.ts';
import { resolvePolicy } from '../../src/policy/resolve.ts';
import type { Subject } from '../../src/policy/select.ts';
import {
  FAMILIES,
  familyOf,
  keysFor,
  RULES_AT,
  type RuleFamily,
  SELECTOR_KEYS,
  type SelectorKey,
  type SelectorPlace,
} from '../../src/policy/selector-keys.ts';
import { NOW } from '../unit/policy/documents.ts';
import { ALICE } from '../unit/policy/subjects.ts';

const VALUES = {
  account: ['123456789012'],
  region: ['eu-west-1'],
  vpc: ['vpc-0123456789abcdef0'],
  securityGroup: ['sg-0123456789abcdef0'],
  autoScalingGroup: ['web'],
  instance: ['i-0123456789abcdef0'],
  tag: { Env: ['prod'] },
  port: [22],
  range: ['9.9.9.0/24'],
  actor: ['arn:aws:iam::123456789012:user/alice'],
} satisfies Readonly<Record<SelectorKey, unknown>>;

const CHANGE = {
  account: '123456789012',
  region: 'eu-west-1',
  actor: ALICE,
} as Change;
const TAGS = { Env: 'prod' };
const VPC = 'vpc-0123456789abcdef0';

/** As the decisions about each family make them: `decide/case.ts`, `decide/machines.ts` and `decide/baseline.ts`. */
const GROUP = subjectOfGroup(
  { change: CHANGE } as Parameters<typeof subjectOfGroup>[0],
  {
    group: { id: 'sg-0123456789abcdef0', name: 'web-public', vpcId: VPC, tags: TAGS },
    rules: [],
  } as unknown as Parameters<typeof subjectOfGroup>[1],
  [],
);
const INSTANCE = subjectOfMachine(
  { id: 'i-0123456789abcdef0', vpcId: VPC, group: { name: 'web', tags: TAGS } },
  CHANGE,
);
const { account, region, actor } = CHANGE;
const SUBJECTS: Readonly<Record<RuleFamily, Subject>> = {
  exposure: GROUP,
  'group-change': GROUP,
  'instance-change': INSTANCE,
  'instance-state': INSTANCE,
  'launch-source': { account, region, actor, vpcs: null, securityGroup: null, autoScalingGroup: 'web', instance: null },
  'own-role': { account, region, actor },
};

type Place = {
  readonly entry: (rules: readonly RuleId[] | null, select: object) => object;
  readonly matches: (policy: Policy, rule: RuleId, subject: Subject) => boolean;
};

/** Of each list an entry, and whether the evaluator applies it. */
const ENTRIES: Readonly<Record<SelectorPlace, Place>> = {
  modes: {
    entry: (rules, select) => ({ ...(rules && { rules }), select, mode: 'enforce' }),
    matches: (policy, rule, subject) => modeFor(rule, subject, policy).because === 'modes[0]',
  },
  exemptions: {
    entry: (rules, select) => ({
      ...(rules && { rules }),
      select,
      ...{ id: 'a', reason: 'it is needed now', owner: 'me', expires: '2026-02-01' },
    }),
    matches: (policy, rule, subject) => exemptionsFor(rule, subject, policy, NOW).granted.length > 0,
  },
  budgets: {
    entry: (rules, select) => ({ ...(rules && { reasons: rules }), select, instances: 0 }),
    matches: (policy, rule, subject) => allowanceFor(rule, subject, 5, policy, NOW).because === 'budgets[0]',
  },
  ignoredDifferences: {
    entry: (_rules, select) => ({ paths: ['tags/*'], select, reason: 'The backup tool tags them.' }),
    matches: (policy, _rule, subject) =>
      siftDifferences([{ path: 'tags/Backup', expected: 'none', found: 'yes' }], subject, policy).ignored.length > 0,
  },
  replaceDespite: {
    entry: (_rules, select) => ({ what: ['elastic-ip'], select, reason: 'It is given back by hand.' }),
    matches: (policy, _rule, subject) => despiteFor(subject, policy)['elastic-ip'] !== undefined,
  },
};

/** Every rule is listed: one that is not is off, or observes. */
const DOCUMENT = {
  version: 1,
  rules: {
    internet: { protects: [{ name: 'SSH', ports: [22] }] },
    egress: { protects: [{ name: 'SSH', ports: [22] }] },
    ...Object.fromEntries(['pipeline-only', ...INSTANCE_RULES].map((rule) => [rule, {}])),
  },
};

function load(place: SelectorPlace, rules: readonly RuleId[] | null, keys: readonly SelectorKey[]): Policy | null {
  const select = Object.fromEntries(keys.map((key) => [key, VALUES[key]]));
  const resolved = resolvePolicy({ ...DOCUMENT, [place]: [ENTRIES[place].entry(rules, select)] }, NOW);
  return 'policy' in resolved ? resolved.policy : null;
}

const PLACES = Object.keys(ENTRIES) as SelectorPlace[];
/** Lists without `rules` are about every instance. */
const rulesOf = (place: SelectorPlace): readonly RuleId[] =>
  place === 'ignoredDifferences' || place === 'replaceDespite' ? ['differs-from-template'] : RULES;

describe('no accepted selector is vain', () => {
  it.each(PLACES)('%s: what is accepted matches a finding of the rule, and nothing else is accepted', (place) => {
    const wrong = rulesOf(place).flatMap((rule) =>
      SELECTOR_KEYS.filter((key) => {
        const policy = load(place, [rule], [key]);
        const fits = RULES_AT[place].includes(rule) && keysFor(rule, place).has(key);
        return policy === null ? fits : !fits || !ENTRIES[place].matches(policy, rule, SUBJECTS[familyOf(rule)]);
      }).map((key) => `${rule} ${key}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(SUBJECTS).filter(([family]) => family !== 'own-role'))(
    'a fact that the table leaves out is one that a finding of %s does not have',
    (name, subject) => {
      const family = name as RuleFamily;
      const facts: Partial<Record<SelectorKey, unknown>> = {
        vpc: subject.vpcs,
        securityGroup: subject.securityGroup,
        autoScalingGroup: subject.autoScalingGroup,
        instance: subject.instance,
        tag: subject.tags,
      };
      const given = Object.entries(facts).filter(([, fact]) => fact !== null && fact !== undefined);
      expect(given.map(([key]) => key).filter((key) => !FAMILIES[family].keys.has(key as SelectorKey))).toEqual([]);
    },
  );

  it('without rules, an entry is accepted where some finding has all of its keys', () => {
    const keys = fc.subarray([...SELECTOR_KEYS], { minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), keys, (place, given) => {
        const policy = load(place, null, given);
        const { matches } = ENTRIES[place];
        const found = RULES_AT[place].filter((rule) => given.every((key) => keysFor(rule, place).has(key)));
        expect(policy !== null).toBe(found.length > 0);
        if (policy === null) return;
        for (const rule of found) expect(matches(policy, rule, SUBJECTS[familyOf(rule)])).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('docs/policy.md', () => {
  const text = readFileSync('docs/policy.md', 'utf8');
  const WORDS: readonly (readonly [families: readonly RuleFamily[], words: string])[] = [
    [['exposure'], '`internet`, `egress`'],
    [['group-change'], '`pipeline-only`'],
    [['launch-source'], '`baseline-changed`'],
    [['instance-change', 'instance-state'], 'rules about instances'],
    [['instance-change'], 'rules about actions on instances'],
  ];

  it.each(SELECTOR_KEYS)('says which rules select.%s applies to', (key) => {
    const row = text.split('\n').find((line) => line.startsWith(`| \`select.${key}\` |`)) ?? '';
    const left = new Set((Object.keys(FAMILIES) as RuleFamily[]).filter((family) => FAMILIES[family].keys.has(key)));
    const words = WORDS.flatMap(([families, said]) => {
      if (!families.every((family) => left.has(family))) return [];
      for (const family of families) left.delete(family);
      return [said];
    });
    expect(row.replace(/ \|$/, '').split(' | ')[2]).toBe(
      key === 'account' || key === 'region' ? 'all' : words.join(', '),
    );
  });

  it('names the rules about instances whose findings have no actor', () => {
    const without = INSTANCE_RULES.filter((rule) => familyOf(rule) === 'instance-state');
    expect(without).toHaveLength(5);
    for (const rule of without)
      expect(text.split('*Rules about actions on instances*')[1]?.slice(0, 400)).toContain(rule);
  });
});
