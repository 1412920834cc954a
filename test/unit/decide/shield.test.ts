import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/decide/finding.ts';
import { shieldOf } from '../../../src/decide/shield.ts';
import type { History } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { estateOf, rule } from '../rules/perfect.ts';
import { interfaceOf } from './networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

const { group } = estateOf([]);
const CONTROLLER = interfaceOf('eni-1', [group.id], {
  instanceId: null,
  requesterManaged: true,
  description: 'AWS created network interface for directory d-936700000a',
});
const NAMED = rule('sgr-1');
const OTHER = rule('sgr-2');
const SERVICE = { ...OPENED.actor, invokedBy: 'ds.amazonaws.com' };

function covered(
  rules: readonly SecurityGroupRule[],
  change: Partial<Change>,
  lastReading: History['lastReading'] = null,
) {
  const given = {
    change: { ...OPENED, ...change },
    policy: POLICY,
    history: { ...HISTORY, lastReading },
    context: CONTEXT,
  };
  const { covers } = shieldOf(group, [CONTROLLER], rules, given);
  return rules.filter(covers).map(({ id }) => id);
}
const reading = (holes?: Readonly<Record<string, string>>): GroupReading => ({
  kind: 'security-group',
  cleanRuleIds: null,
  ...(holes && { first: { at: '2026-03-01T11:00:00.000Z', holes } }),
  rules: [],
  earlier: [],
});
const added = (...ruleIds: readonly string[]) => ({ kind: 'rules-added', egress: false, ruleIds }) as const;

describe('what is left to the service that keeps the group', () => {
  it.each<[string, readonly string[], Partial<Change>, History['lastReading']]>([
    ['of a group that was never read: what the change does not name', ['sgr-2'], {}, null],
    ['of such a group nothing, where the record does not say which rules it added', [], { fact: added() }, null],
    ['nor where it names only some of them', [], { fact: { ...added('sgr-1'), unlisted: true } }, null],
    ['what its first snapshot had, as it was', ['sgr-2'], {}, reading({ 'sgr-2': digestOf([OTHER]) })],
    ['nothing that was changed in place since', [], {}, reading({ 'sgr-2': 'another hole' })],
    ['nothing that came later', [], {}, reading({})],
    ['nothing where the first snapshot was not kept', [], {}, reading()],
    [
      'what its first snapshot had, but not what the change names',
      [],
      { fact: added('sgr-1', 'sgr-2') },
      reading({ 'sgr-2': digestOf([OTHER]) }),
    ],
    ['what its own call adds', ['sgr-1'], { actor: SERVICE }, reading({})],
  ])('%s', (_name, expected, change, lastReading) => {
    expect(covered([NAMED, OTHER], change, lastReading)).toEqual(expected);
  });

  it('is no rule that names a prefix list: whoever owns the list decides what it lets in', () => {
    const byList = rule('sgr-2', { source: { kind: 'prefix-list', id: 'pl-1' } });
    expect(covered([NAMED, byList], {})).toEqual([]);
  });
});
