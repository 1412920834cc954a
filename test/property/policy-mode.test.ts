import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exemptionsFor } from '../../src/policy/exempt.ts';
import { modeFor, moreCautious } from '../../src/policy/mode.ts';
import { type Exemption, type ModeSetting, type Policy, RULES, type Selector } from '../../src/policy/policy.ts';
import { matches, type Subject } from '../../src/policy/select.ts';
import { keysFor, SELECTOR_KEYS } from '../../src/policy/selector-keys.ts';
import { basePolicy } from '../unit/policy/policies.ts';
import { ALICE, DEPLOYER } from '../unit/policy/subjects.ts';

const mode = fc.constantFrom('off' as const, 'observe' as const, 'enforce' as const);
const rule = fc.constantFrom(...RULES);
const name = fc.constantFrom('web', 'web-1', 'db', 'we*', '*', '?b');
const names = fc.array(name, { minLength: 1, maxLength: 2 });

const selector: fc.Arbitrary<Selector> = fc
  .record(
    {
      region: names,
      vpc: names,
      securityGroup: names,
      autoScalingGroup: names,
      tag: fc.dictionary(fc.constantFrom('a', 'b'), names, { minKeys: 1, maxKeys: 2 }),
      actor: fc.constant(['arn:*:iam::*:role/deploy']),
      port: fc.constant([{ from: 22, to: 22 }]),
    },
    { requiredKeys: [] },
  )
  .filter((keys) => Object.keys(keys).length > 0);

const fact = fc.constantFrom('web', 'web-1', 'db', null, undefined);
const vpcs = fc.option(fc.constantFrom([], ['web'], ['db', 'web-1'], null), { nil: undefined });
const subject: fc.Arbitrary<Subject> = fc.record({
  account: fc.constant('123456789012'),
  region: fc.constantFrom('web', 'db'),
  vpcs,
  securityGroup: fc.constantFrom({ id: 'sg-1', name: 'web' }, { id: 'sg-2', name: 'db' }, null, undefined),
  autoScalingGroup: fact,
  tags: fc.constantFrom({ a: 'web' }, { a: 'web', b: 'db' }, {}, undefined),
  actor: fc.constantFrom(ALICE, DEPLOYER, { ...DEPLOYER, issuerArn: null }),
});

const setting: fc.Arbitrary<ModeSetting> = fc.record({
  rules: fc.option(fc.array(rule, { minLength: 1, maxLength: 3 })),
  select: fc.option(selector),
  mode,
});
const policy: fc.Arbitrary<Policy> = fc
  .record({ mode: fc.option(mode), modes: fc.array(setting, { maxLength: 4 }) })
  .map((given) => ({ ...basePolicy(), ...given }));

describe('modes', () => {
  it('adding a setting never makes things less cautious, once something applies', () => {
    fc.assert(
      fc.property(policy, setting, rule, subject, fc.nat(4), (before, added, id, place, where) => {
        const modes = [...before.modes.slice(0, where), added, ...before.modes.slice(where)];
        const was = modeFor(id, place, before);
        const is = modeFor(id, place, { ...before, modes });
        if (was.because !== 'no setting applies') expect(moreCautious(was.mode, is.mode)).toBe(false);
        // Where nothing applied, only a setting that surely does and says enforce can raise it.
        else if (is.mode === 'enforce') expect(added.mode).toBe('enforce');
      }),
      { numRuns: 2000 },
    );
  });

  it('do not depend on the order of the settings', () => {
    fc.assert(
      fc.property(policy, rule, subject, (given, id, place) => {
        const turned = { ...given, modes: [...given.modes].reverse() };
        expect(modeFor(id, place, turned).mode).toBe(modeFor(id, place, given).mode);
      }),
    );
  });

  it('a fact that cannot be read never makes things less cautious than each of its values would', () => {
    fc.assert(
      fc.property(policy, rule, subject, (given, id, place) => {
        const unread = modeFor(id, { ...place, vpcs: undefined }, given).mode;
        for (const vpcs of [['web'], ['web-1', 'db'], [], null]) {
          expect(moreCautious(modeFor(id, { ...place, vpcs }, given).mode, unread)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('selectors', () => {
  const options = fc.record({
    keys: fc.constantFrom(...RULES.map((id) => keysFor(id, 'exemptions')), new Set(SELECTOR_KEYS)),
    vpcs: fc.constantFrom('every' as const, 'some' as const),
  });
  const width = { no: 0, unknown: 1, yes: 2 } as const;

  it('a further key never widens', () => {
    fc.assert(
      fc.property(selector, selector, subject, options, (wide, more, place, how) => {
        const narrow = { ...more, ...wide };
        expect(width[matches(narrow, place, how)]).toBeLessThanOrEqual(width[matches(wide, place, how)]);
      }),
      { numRuns: 2000 },
    );
  });

  it('a further value never narrows', () => {
    fc.assert(
      fc.property(selector, names, subject, options, (given, more, place, how) => {
        const wider = { ...given, ...(given.securityGroup && { securityGroup: [...given.securityGroup, ...more] }) };
        expect(width[matches(wider, place, how)]).toBeGreaterThanOrEqual(width[matches(given, place, how)]);
      }),
    );
  });

  it('a sure answer stays when one more fact becomes known', () => {
    fc.assert(
      fc.property(selector, subject, vpcs, options, (given, place, vpcs, how) => {
        const before = matches(given, { ...place, vpcs: undefined }, how);
        if (before !== 'unknown') expect(matches(given, { ...place, vpcs }, how)).toBe(before);
      }),
    );
  });
});

describe('a group of several VPCs', () => {
  it('a further VPC never lets an exemption in, nor a mode out', () => {
    fc.assert(
      fc.property(selector, subject, fc.array(fc.constantFrom('web', 'db'), { minLength: 1 }), (given, place, some) => {
        const fits = (served: readonly string[], vpcs: 'every' | 'some') =>
          matches(given, { ...place, vpcs: served }, { keys: new Set(SELECTOR_KEYS), vpcs });
        const width = { no: 0, unknown: 1, yes: 2 } as const;
        const more = [...some, 'web-1'];
        expect(width[fits(more, 'every')]).toBeLessThanOrEqual(width[fits(some, 'every')]);
        expect(width[fits(more, 'some')]).toBeGreaterThanOrEqual(width[fits(some, 'some')]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('exemptions', () => {
  const exemption: fc.Arbitrary<Exemption> = fc.record({
    id: fc.constant('x'),
    reason: fc.constant('it is so'),
    owner: fc.constant('me'),
    ticket: fc.constant(null),
    rules: fc.option(fc.array(rule, { minLength: 1, maxLength: 2 })),
    select: selector,
    notBefore: fc.constantFrom(null, '2026-01-10T00:00:00.000Z'),
    expires: fc.constantFrom('2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'),
  });

  it('each is granted, unreadable or neither, and adding one takes none away', () => {
    const now = fc.constantFrom(new Date('2026-01-01T00:00:00Z'), new Date('2026-02-15T00:00:00Z'));
    fc.assert(
      fc.property(
        fc.array(exemption, { maxLength: 3 }),
        exemption,
        rule,
        subject,
        now,
        (some, added, id, place, at) => {
          const before = exemptionsFor(id, place, { ...basePolicy(), exemptions: some }, at);
          const after = exemptionsFor(id, place, { ...basePolicy(), exemptions: [...some, added] }, at);
          expect(after.granted.filter((one) => before.unreadable.includes(one))).toEqual([]);
          expect(after.granted).toEqual(expect.arrayContaining([...before.granted]));
          expect(after.unreadable).toEqual(expect.arrayContaining([...before.unreadable]));
        },
      ),
    );
  });
});
