import { describe, expect, test } from 'vitest';
import { exposureWords } from '../../../cli/explain/words.ts';
import type { Change } from '../../../src/domain/change.ts';
import { cleanReading, type Decision, type Finding, ignore, type Remediation } from '../../../src/domain/decision.ts';
import type {
  Estate,
  GroupWithRules,
  InterfaceEstate,
  NetworkInterface,
  SecurityGroupEstate,
  SecurityGroupRule,
} from '../../../src/domain/estate.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { closed } from '../notice/incident.ts';

const ACCOUNT = '123456789012';
const loaded = loadPolicy(
  'version: 1\nmode: enforce\nrules: { internet: { protects: [{ name: SSH, protocols: [tcp], ports: [22] }, { name: RDP, protocols: [tcp], ports: [3389] }, { name: WinRM, protocols: [tcp], ports: [5985] }] } }\n',
  'policy.yml',
  new Date('2026-05-01T00:00:00Z'),
).policy;
const policy: Policy = {
  ...loaded,
  internet: { ...loaded.internet, allowedRanges: ['51.0.0.0/8'], loadBalancers: [{ from: 22, to: 22 }] },
  egress: { ...loaded.internet, mode: 'enforce' },
};

function rule(id: string, cidr: string, deviation: Partial<SecurityGroupRule> = {}): SecurityGroupRule {
  return {
    id,
    groupId: 'sg-1',
    egress: false,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: cidr.includes(':') ? { kind: 'ipv6', cidr } : { kind: 'ipv4', cidr },
    description: null,
    ...deviation,
  };
}

function group(id: string, rules: readonly SecurityGroupRule[]): GroupWithRules {
  const of = rules.map((one) => ({ ...one, groupId: id }));
  return { group: { id, name: `name-of-${id}`, ownerId: ACCOUNT, vpcId: null, tags: {} }, rules: of };
}

function estate(
  rules: readonly SecurityGroupRule[],
  deviation: Partial<SecurityGroupEstate> = {},
): SecurityGroupEstate {
  return { kind: 'security-group', ...group('sg-1', rules), prefixLists: [], surroundings: null, ...deviation };
}

function interfaceWith(groupIds: readonly string[], deviation: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    id: 'eni-1',
    vpcId: null,
    ownerId: ACCOUNT,
    groupIds,
    instanceId: null,
    requesterManaged: false,
    loadBalancer: false,
    interfaceType: 'interface',
    requesterId: null,
    publicAddresses: [],
    description: '',
    tags: {},
    ...deviation,
  };
}

const change: Change = { ...closed.change, fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-a'] } };
const finding: Finding = closed.finding;
const CLEAN: Decision = cleanReading('within the limit', 'internet');

function revoke(ruleIds: readonly string[], egress = false): Decision {
  const remediation: Remediation = { action: 'revoke-rules', groupId: 'sg-1', egress, ruleIds };
  return { kind: 'remediate', rule: egress ? 'egress' : 'internet', guard: null, reason: 'open', remediation, finding };
}

function words(
  estates: readonly Estate[],
  decisions: readonly Decision[],
  more: Partial<{ change: Change; assumed: boolean }> = {},
) {
  return exposureWords({ change, estates, decisions, policy, assumed: false, ...more });
}

/** The reason at the end of the row of a rule; it is the same wherever the rule is told. */
function fate(lines: readonly string[], id: string): string | undefined {
  return lines.find((line) => line.trimStart().startsWith(`${id} `))?.split(/ address(?:es)? {2}/)[1];
}

test('who gets in through which rules, how many, and why these go and the others stay', () => {
  const rules = [
    rule('sgr-b', '18.0.0.0/8'),
    rule('sgr-a', '3.0.0.0/8'),
    rule('sgr-c', '51.7.0.0/16'),
    rule('sgr-d', '10.0.0.0/8'),
    rule('sgr-e', '0.0.0.0/0', { fromPort: 443, toPort: 443 }),
    rule('sgr-f', '', { source: { kind: 'security-group', id: 'sg-9' } }),
  ];
  expect(words([estate(rules)], [revoke(['sgr-a'])])).toEqual([
    '',
    '  sg-1 (name-of-sg-1), inbound',
    '    SSH (tcp 22), IPv4: 33,554,432 public addresses may come in; the limit is 16,777,216.',
    '      sgr-a  tcp 22 from 3.0.0.0/8   16,777,216 addresses  goes: the change added it',
    '      sgr-b  tcp 22 from 18.0.0.0/8  16,777,216 addresses  stays: without the others it is within the limit',
    '    Not counted: sgr-c tcp 22 from 51.7.0.0/16 (allowed by the policy);',
    '      sgr-d tcp 22 from 10.0.0.0/8 (no public address); sgr-e tcp 443 from',
    '      0.0.0.0/0 (not on a protected port); sgr-f tcp 22 from sg-9 (another',
    '      security group as source: no address).',
  ]);
});

test('within the limit, how much of it is used', () => {
  const lines = words([estate([rule('sgr-a', '3.0.0.0/9'), rule('sgr-b', '3.0.0.0/10')])], [CLEAN]).join('\n');
  expect(lines).toContain('SSH (tcp 22), IPv4: 8,388,608 public addresses may come in; that is 50 % of the limit.');
  expect(lines).not.toMatch(/stays|goes/);
});

test('nobody', () => {
  expect(words([estate([])], [CLEAN])).toEqual([
    '',
    '  sg-1 (name-of-sg-1), inbound',
    '    No public address may come in on a protected port.',
  ]);
});

test('ports that the same rules open are told once, and the address families apart', () => {
  const every = rule('sgr-a', '::/0', { protocol: '-1', fromPort: -1, toPort: -1 });
  const lines = words([estate([every, rule('sgr-b', '3.0.0.0/24')])], [revoke(['sgr-a'])]);
  const heads = lines.filter((line) => /^ {4}\S/.test(line)).map((line) => line.trim());
  expect(heads).toEqual([
    expect.stringMatching(/^SSH \(tcp 22\), RDP \(tcp 3389\) and 1 more, IPv6: over 2\^127 \(more than a \/1\) public/),
    'SSH (tcp 22), IPv4: 256 public addresses may come in; that is less than 1 % of the limit.',
  ]);
  expect(lines.join(' ')).toContain('the limit is 2^101 (a /27).');
});

describe('why a rule goes', () => {
  const rules = [rule('sgr-a', '3.0.0.0/7')];
  const because = (more: Parameters<typeof words>[2], decision: Decision = revoke(['sgr-a'])) =>
    fate(words([estate(rules)], [decision], more), 'sgr-a');
  const verdict: Change = { ...change, fact: { kind: 'verdict', by: 'x', transition: false } };

  test.each<readonly [string, Partial<Change>, boolean, string]>([
    ['the change added it', {}, false, 'goes: the change added it'],
    [
      'the change modified it',
      { fact: { kind: 'rules-modified', ruleIds: ['sgr-a'] } },
      false,
      'goes: the change modified it',
    ],
    [
      'the change was about another',
      { fact: { kind: 'rules-modified', ruleIds: ['sgr-z'] } },
      false,
      'goes: of the rest, the widest go first',
    ],
    [
      'an assumed state is all of the change',
      { fact: { kind: 'rules-added', egress: false, ruleIds: [] } },
      true,
      'goes: the change added it',
    ],
  ])('%s', (_, deviation, assumed, expected) => {
    expect(because({ change: { ...change, ...deviation }, assumed })).toBe(expected);
  });

  test('its prefix list was changed', () => {
    const listed = [rule('sgr-a', '', { source: { kind: 'prefix-list', id: 'pl-1' } })];
    const prefixLists = [{ id: 'pl-1', name: null, ownerId: ACCOUNT, cidrs: ['3.0.0.0/7'], version: 2 }];
    const widened: Change = {
      ...change,
      fact: { kind: 'prefix-list-changed', added: null },
      resources: [{ type: 'prefix-list', id: 'pl-1' }],
    };
    const about = [estate(listed, { prefixLists })];
    expect(fate(words(about, [revoke(['sgr-a'])], { change: widened }), 'sgr-a')).toBe(
      'goes: its prefix list was changed',
    );
    const remediation: Remediation = { action: 'remove-entries', prefixListId: 'pl-1', cidrs: ['3.0.0.0/7'] };
    const less: Decision = { ...revoke([]), kind: 'remediate', rule: 'internet', guard: null, remediation, finding };
    expect(fate(words(about, [less], { change: widened }), 'sgr-a')).toBe('stays: its list loses 3.0.0.0/7');
  });

  test('a hold only would', () => {
    const { remediation } = revoke(['sgr-a']);
    const held: Decision = {
      kind: 'hold',
      rule: 'internet',
      guard: 'observe',
      reason: 'x',
      remediation,
      finding,
      retryAfter: 1,
    };
    expect(because({ change: verdict }, held)).toBe('would go: of the rest, the widest go first');
    const exempted: Decision = { ...held, guard: 'exempted', reason: 'exempted by partner (ops)' };
    expect(because({}, exempted)).toBe('stays: exempted by partner (ops)');
  });

  test('it came past the pipeline', () => {
    const { remediation } = revoke(['sgr-a']);
    const added: Decision = {
      kind: 'remediate',
      rule: 'pipeline-only',
      guard: null,
      reason: 'x',
      remediation: remediation as Remediation,
      finding,
    };
    expect(fate(words([estate([rule('sgr-a', '3.0.0.0/24')])], [CLEAN, added]), 'sgr-a')).toBe(
      'goes: added past the pipeline',
    );
  });

  test('nothing was decided about it', () => {
    const held: Decision = {
      kind: 'hold',
      rule: 'internet',
      guard: 'unreadable',
      reason: 'x',
      remediation: null,
      finding,
      retryAfter: 1,
    };
    expect(because({}, held)).toBe('stays: nothing was decided about it');
  });
});

test('load balancers may be public on their ports, where nobody else has the group', () => {
  const balancer = interfaceWith(['sg-1'], { loadBalancer: true });
  const rules = [rule('sgr-a', '0.0.0.0/0'), rule('sgr-b', '0.0.0.0/0', { fromPort: 3389, toPort: 3389 })];
  const told = (interfaces: readonly NetworkInterface[]) =>
    words([estate(rules, { surroundings: { interfaces, neighbours: [], referencedBy: [] } })], [revoke(['sgr-b'])]);
  expect(fate(told([balancer]), 'sgr-a')).toBe('stays: load balancers may be public here');
  expect(fate(told([balancer]), 'sgr-b')).toBe('goes: of the rest, the widest go first');
  const beside = interfaceWith(['sg-1'], { id: 'eni-2' });
  expect(fate(told([balancer, beside]), 'sgr-a')).toBe('stays: nothing was decided about it');
});

describe('what may yet come to count', () => {
  const named = [rule('sgr-a', '', { source: { kind: 'prefix-list', id: 'pl-1' } })];
  const owned = (ownerId: string | null) =>
    words([estate(named, { prefixLists: [{ id: 'pl-1', name: null, ownerId, cidrs: [], version: 1 }] })], [CLEAN]).join(
      ' ',
    );

  test('a list of somebody else', () => {
    expect(owned('210987654321').replace(/\s+/g, ' ')).toContain(
      'pl-1 belongs to account 210987654321: it can be widened without an event here; its newest version counts.',
    );
    expect(owned('AWS')).toContain('pl-1 belongs to AWS:');
    expect(owned(ACCOUNT)).not.toContain('belongs');
    expect(owned(null)).not.toContain('belongs');
  });

  test('a list that is not known', () => {
    expect(words([estate(named)], [CLEAN]).join(' ')).toContain('(its entries are not known)');
  });

  test('groups that refer to it, and groups beside it', () => {
    const surroundings = { interfaces: [interfaceWith(['sg-1', 'sg-2'])], neighbours: [], referencedBy: ['sg-9'] };
    const lines = words([estate([], { surroundings })], [CLEAN]);
    expect(lines).toContain('    sg-9 lets in whoever has this group.');
    expect(lines).toContain('    sg-2 is on eni-1, too.');
  });
});

describe('groups together', () => {
  const one = group('sg-1', [rule('sgr-a', '3.0.0.0/8')]);
  const two = group('sg-2', [rule('sgr-b', '18.0.0.0/8')]);
  const on = interfaceWith(['sg-1', 'sg-2']);

  test('of an interface are named, and told once', () => {
    const both: InterfaceEstate = {
      kind: 'network-interface',
      networkInterface: on,
      groups: [one, two],
      prefixLists: [],
      interfaces: [on],
    };
    const remediation: Remediation = {
      action: 'detach-groups',
      interfaceId: 'eni-1',
      groupIds: ['sg-2'],
      remaining: ['sg-1'],
    };
    const off: Decision = { kind: 'remediate', rule: 'internet', guard: null, reason: 'open', remediation, finding };
    expect(words([both, estate(one.rules)], [off])).toEqual([
      '',
      '  sg-1 (name-of-sg-1) and sg-2 (name-of-sg-2), together on eni-1, inbound',
      '    SSH (tcp 22), IPv4: 33,554,432 public addresses may come in; the limit is 16,777,216.',
      '      sgr-a  tcp 22 from 3.0.0.0/8   16,777,216 addresses  stays: without the others it is within the limit',
      '      sgr-b  tcp 22 from 18.0.0.0/8  16,777,216 addresses  goes: with sg-2, which is taken off',
    ]);
  });

  test.each([
    ['open only together', '18.0.0.0/8', true],
    ['within the limit together', '3.0.0.0/8', false],
    ['open by the neighbour itself', '0.0.0.0/0', false],
  ])('%s', (_, cidr, expected) => {
    const neighbours = [group('sg-2', [rule('sgr-b', cidr)])];
    const surroundings = { interfaces: [on, { ...on, id: 'eni-2' }], neighbours, referencedBy: [] };
    const lines = words([estate(one.rules, { surroundings })], [CLEAN]).join(' ');
    expect(lines.replace(/\s+/g, ' ').includes('together on eni-1 and 1 more, inbound')).toBe(expected);
  });
});

describe('which directions', () => {
  const out = rule('sgr-a', '0.0.0.0/0', { egress: true });

  test('outbound, where egress was judged', () => {
    const lines = words([estate([out])], [revoke(['sgr-a'], true)]);
    expect(lines.join('\n')).toContain(
      'sg-1 (name-of-sg-1), outbound\n    SSH (tcp 22), IPv4: 3,702,258,690 public addresses may be reached',
    );
    expect(lines.join('\n')).not.toContain('inbound');
    expect(fate(lines, 'sgr-a')).toBe('goes: the change added it');
  });

  test('none where the rule is off', () => {
    expect(words([estate([out])], [ignore('the rule is off', 'internet')])).toEqual([]);
  });
});

test('long lists are cut, and what people write is made harmless', () => {
  const rules = Array.from({ length: 40 }, (_, n) => rule(`sgr-${n}`, `3.${n}.0.0/24`));
  const name = 'web\u001b[2J\u202e\nSSH';
  const one = estate([...rules, ...rules.map((it) => ({ ...it, id: `${it.id}-p`, fromPort: 80, toPort: 80 }))]);
  const lines = words([{ ...one, group: { ...one.group, name } }], [CLEAN]);
  expect(lines).toContain('      and 20 more rules');
  expect(lines.join(' ')).toContain('28 more.');
  expect(lines.join('\n')).not.toMatch(/(?!\n)\p{C}/u);
  expect(lines.length).toBeLessThan(60);
});
