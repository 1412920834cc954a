import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/decide/finding.ts';
import { shieldOf } from '../../src/decide/shield.ts';
import type { NetworkInterface } from '../../src/domain/estate.ts';
import { KEEPERS } from '../../src/domain/keepers.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { interfaceOf } from '../unit/decide/networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from '../unit/decide/perfect.ts';
import { estateOf, rule } from '../unit/rules/perfect.ts';

const { group: GROUP } = estateOf([]);
const RULES = ['sgr-1', 'sgr-2', 'sgr-3'].map((id) => rule(id));

const tags = fc.dictionary(
  fc.constantFrom('aws:eks:cluster-name', 'aws:cloudformation:stack-name', 'aws:new:service', 'Name'),
  fc.string(),
);
const users = fc.option(
  fc.array(
    fc.record<Partial<NetworkInterface>>({
      requesterManaged: fc.boolean(),
      interfaceType: fc.constantFrom('interface', 'vpc_endpoint', 'efa'),
      description: fc.constantFrom(
        'AWS created network interface for directory d-936700000a',
        'VPC Endpoint Interface vpce-0123456789abcdef0',
        'anything',
      ),
      loadBalancer: fc.boolean(),
      publicAddresses: fc.constantFrom([], ['198.51.100.7'], ['2600::1']),
    }),
    { maxLength: 3 },
  ),
  { nil: undefined },
);
const reading: fc.Arbitrary<Reading | null> = fc.option(
  fc.subarray(RULES).map((first): Reading => {
    const holes = Object.fromEntries(first.map((it) => [it.id, digestOf([it])]));
    const at = '2026-03-01T11:00:00.000Z';
    return { kind: 'security-group', cleanRuleIds: null, first: { at, holes }, rules: [], earlier: [] };
  }),
);
const shieldFor = (
  [tagged, having, lastReading]: readonly [
    Record<string, string>,
    readonly Partial<NetworkInterface>[] | undefined,
    Reading | null,
  ],
  invokedBy: string | null,
) => {
  const interfaces = having?.map((given, at) => interfaceOf(`eni-${at}`, [GROUP.id], given));
  const actor = { ...OPENED.actor, invokedBy };
  const given = {
    change: { ...OPENED, actor },
    policy: POLICY,
    history: { ...HISTORY, lastReading },
    context: CONTEXT,
  };
  return { interfaces, ...shieldOf({ ...GROUP, tags: tagged }, interfaces, RULES, given) };
};

test('whatever a group is, and whoever keeps it: a rule that a person has just opened is never left to a service', () => {
  fc.assert(
    fc.property(fc.tuple(tags, users, reading), (it) => {
      const named = RULES.filter(({ id }) => id === 'sgr-1');
      for (const invokedBy of [null, 'cloudformation.amazonaws.com', 'signin.amazonaws.com']) {
        expect(named.filter(shieldFor(it, invokedBy).covers)).toEqual([]);
      }
    }),
  );
});

test('nothing is left to a service where an interface may be reached from outside, or none could be read', () => {
  const principals = KEEPERS.flatMap((keeper) => keeper.principals);
  fc.assert(
    fc.property(fc.tuple(tags, users, reading), fc.constantFrom(null, ...principals), (it, invokedBy) => {
      const { interfaces, covers } = shieldFor(it, invokedBy);
      const isPrivate = (one: NetworkInterface) => !one.loadBalancer && one.publicAddresses.length === 0;
      if (interfaces?.every(isPrivate)) return;
      expect(RULES.filter(covers)).toEqual([]);
    }),
  );
});
