import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from './core.mjs';

/**
 * How fast one core tells whether security groups are open: the shipped policy, groups of 1, 60 (EC2's quota) and 1,000
 * rules, with prefix lists among their sources. Groups per second depend on the machine; the ratio of the time per rule,
 * measured in one run, does not: 1.0 means that a rule costs the same in a group of any size.
 */
const SIZES = [1, 60, 1000];
const ROUNDS = 9;
const ROUND_MILLISECONDS = 60;

const GROUP = 'sg-0123456789abcdef0';
const CONTEXT = {
  account: '123456789012',
  now: new Date('2026-03-01T12:00:00.000Z'),
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};
const HISTORY = { pause: { kind: 'running' }, lastReading: null };
const CHANGE = {
  source: 'cloudtrail',
  name: 'AuthorizeSecurityGroupIngress',
  fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-0'] },
  resources: [{ type: 'security-group', id: GROUP }],
  actor: { arn: null, type: null, issuerArn: null, sourceIdentity: null, instanceId: null, invokedBy: null },
  at: '2026-03-01T11:59:55.000Z',
  eventId: 'event-1',
  requestId: null,
  account: CONTEXT.account,
  region: 'eu-central-1',
};

const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'));
try {
  const { core, policy } = await loadCore('decide', 'src/decide.ts', folder);
  const cases = ['clean', 'open'].flatMap((state) => SIZES.map((size) => caseOf(state, size)));
  measure(cases, (it) => core.decide(CHANGE, it.estate, { ...policy, mode: 'enforce' }, HISTORY, CONTEXT));
  print(cases);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @typedef {{ state: string, size: number, estate: object, expected: string, seconds: number[] }} Case */

/** @param {string} state @param {number} size @returns {Case} */
function caseOf(state, size) {
  const expected = state === 'open' ? 'remediate' : 'ignore';
  return { state, size, estate: estateOf(size, state === 'open'), expected, seconds: [] };
}

/**
 * Seconds per group, round by round, so that a busy moment of the machine falls on all sizes.
 * @param {Case[]} cases
 * @param {(it: Case) => { kind: string }[]} run
 */
function measure(cases, run) {
  for (const it of cases) {
    const [first] = run(it);
    if (first?.kind !== it.expected) throw new Error(`${it.state} group of ${it.size} rules: ${first?.kind}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const it of cases) {
      const start = performance.now();
      let [runs, spent] = [0, 0];
      while (spent < ROUND_MILLISECONDS) {
        run(it);
        runs++;
        spent = performance.now() - start;
      }
      // The first round warms up.
      if (round > 0) it.seconds.push(spent / 1000 / runs);
    }
  }
}

/** @param {Case[]} cases */
function print(cases) {
  console.log('group     rules    groups/s     rules/s   µs/rule   × per rule of one');
  for (const { state, size, seconds } of cases) {
    const one = cases.find((other) => other.state === state && other.size === SIZES[0]);
    const perRule = median(seconds) / size;
    const ratio = perRule / median(one?.seconds ?? []);
    const figures = [
      [(1 / median(seconds)).toFixed(0), 12],
      [(1 / perRule).toFixed(0), 12],
      [(perRule * 1e6).toFixed(1), 10],
      [ratio.toFixed(2), 20],
    ];
    const columns = figures.map(([text, width]) => String(text).padStart(Number(width))).join('');
    console.log(`${state.padEnd(8)}${String(size).padStart(7)}${columns}`);
  }
}

/** @param {number[]} list */
function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}

/**
 * Offices, partners, web ports, prefix lists and references to groups; SSH from the world where it is open.
 * @param {number} size
 * @param {boolean} open
 */
function estateOf(size, open) {
  const rules = Array.from({ length: size }, (_, n) => ({
    id: `sgr-${n}`,
    groupId: GROUP,
    egress: false,
    protocol: ['tcp', 'udp', '6', '-1'][n % 4],
    fromPort: n % 4 === 3 ? -1 : [22, 443, 3306, 20][(n % 5) % 4],
    toPort: n % 4 === 3 ? -1 : [22, 443, 3306, 30][(n % 5) % 4],
    source: sourceOf(n),
    description: null,
  }));
  if (open && rules[0] !== undefined) rules[0].source = { kind: 'ipv4', cidr: '0.0.0.0/0' };
  const lists = Array.from({ length: 4 }, (_, n) => ({
    id: `pl-${n}`,
    name: null,
    ownerId: null,
    version: 1,
    cidrs: Array.from({ length: 50 }, (_, m) => `100.${n}.${m}.0/24`),
  }));
  const group = { id: GROUP, name: 'bench', ownerId: CONTEXT.account, vpcId: 'vpc-1', tags: {} };
  return { kind: 'security-group', group, rules, prefixLists: lists, surroundings: null };
}

/** @param {number} n */
function sourceOf(n) {
  if (n % 10 === 7) return { kind: 'prefix-list', id: `pl-${n % 4}` };
  if (n % 10 === 8) return { kind: 'security-group', id: `sg-${n}` };
  if (n % 10 === 9) return { kind: 'ipv6', cidr: `2600:${(n % 0xffff).toString(16)}::/48` };
  return { kind: 'ipv4', cidr: `52.${n % 256}.${(n * 7) % 256}.0/24` };
}
