import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCore } from './core.mjs';

/**
 * How fast one core tells what is open and what has to go: the shipped policy's ports, groups of 1, 60 (EC2's quota) and
 * 1,000 rules, with 0, 5 and 20 prefix lists of 60 entries. Groups per second depend on the machine. What does not is how
 * the time per rule grows from 60 to 1,000 rules. `÷ log` is that growth divided by log 1000 / log 60 = 1.69: at most 1.0
 * means n log n or better.
 */
const SIZES = [1, 60, 1000];
const LISTS = [0, 5, 20];
const ENTRIES = 60;
const ROUNDS = 6;
const ROUND_MILLISECONDS = 30;
const NO_ORDER = { named: new Set(), lastClean: null };

/**
 * What the rules let in, and how many of a group of a size have to go. With the shipped ports no protected interval has more
 * than a few, however many borders the rules have. Where a policy protects every port, each border makes a crowd to measure.
 */
const CASES = [
  { name: 'clean: offices, partners, web', lists: LISTS, rule: usual, gone: () => 0 },
  { name: 'open: the world among these', lists: LISTS, rule: opened, gone: () => 1 },
  { name: 'fan: all are candidates, few stay', lists: [0], rule: fan, gone: allBut(16) },
  { name: 'worlds: all go', lists: [0], rule: worlds, gone: allBut(0) },
  { name: 'nested ports, a border each', lists: [0], rule: nested, gone: allBut(16) },
  { name: 'the same, every port protected', lists: [0], rule: nested, gone: allBut(16), everyPort: true },
  { name: 'staggered, every port protected', lists: [0], rule: staggered, gone: null, everyPort: true },
];

const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'));
try {
  const { openings, settings, wide } = await load();
  const rows = CASES.flatMap(({ name, lists, rule, gone, everyPort }) =>
    lists.map((count) => ({
      name,
      count,
      settings: everyPort ? wide : settings,
      sizes: SIZES.map((size) => ({ ...groupOf(size, count, rule), gone: gone?.(size), size, seconds: [] })),
    })),
  );
  for (const row of rows) measure(row, (rules, prefixLists) => openings(rules, prefixLists, row.settings, NO_ORDER));
  print(rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function load() {
  const { core, policy } = await loadCore('openings', 'src/rules/openings.ts', folder);
  const settings = policy.internet;
  const protects = [{ name: 'every port', protocols: [6], ports: [{ from: 0, to: 65535 }] }];
  return { openings: core.openings, settings, wide: { ...settings, protects } };
}

/**
 * @typedef {{ protocol: string, fromPort: number, toPort: number, cidr: string }} Traffic
 * @param {number} size @param {number} lists @param {(n: number, size: number) => Traffic} rule
 */
function groupOf(size, lists, rule) {
  const rules = Array.from({ length: size }, (_, n) => {
    const { protocol, fromPort, toPort, cidr } = rule(n, size);
    // Every tenth rule names a list, but the first, which decides.
    const id = `pl-${n % lists}`;
    const kind = cidr.includes(':') ? 'ipv6' : 'ipv4';
    const source = lists > 0 && n % 10 === 7 ? { kind: 'prefix-list', id } : { kind, cidr };
    const about = { id: `sgr-${n}`, groupId: 'sg-0123456789abcdef0', egress: false, description: null };
    return { ...about, protocol, fromPort, toPort, source };
  });
  const prefixLists = Array.from({ length: lists }, (_, n) => ({
    ...{ id: `pl-${n}`, name: null, ownerId: null, version: 1 },
    cidrs: Array.from({ length: ENTRIES }, (_, m) => `99.${n}.${m}.0/24`),
  }));
  return { rules, prefixLists };
}

/** @param {number} n @returns {Traffic} */
function usual(n) {
  const [fromPort, toPort] = [
    [22, 22],
    [443, 443],
    [3306, 3306],
    [20, 30],
  ][(n % 5) % 4] ?? [0, 0];
  const cidr = n % 10 === 9 ? `2600:${(n % 0xffff).toString(16)}::/48` : `52.${n % 256}.${(n * 7) % 256}.0/24`;
  const protocol = ['tcp', 'udp', '6', '-1'][n % 4] ?? '';
  return protocol === '-1' ? { protocol, fromPort: -1, toPort: -1, cidr } : { protocol, fromPort, toPort, cidr };
}

/** @param {number} n @returns {Traffic} */
function opened(n) {
  return n === 0 ? { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' } : usual(n);
}

/** @param {number} kept */
function allBut(kept) {
  return (/** @type {number} */ size) => Math.max(0, size - kept);
}

/** @param {number} n */
function twelfth(n) {
  return `${11 + (n >> 4)}.${(n % 16) * 16}.0.0/12`;
}

/** Disjoint /12s, of which sixteen are the limit. @param {number} n @returns {Traffic} */
function fan(n) {
  return { protocol: '-1', fromPort: -1, toPort: -1, cidr: twelfth(n) };
}

/** Each open by itself. @param {number} n @returns {Traffic} */
function worlds(n) {
  return { protocol: '-1', fromPort: -1, toPort: -1, cidr: `${n % 200}.0.0.0/${n % 6}` };
}

/** Each inside the one before, so that one port is in all; of /12s, of which sixteen are the limit. @param {number} n @returns {Traffic} */
function nested(n) {
  return { protocol: 'tcp', fromPort: n % 23, toPort: 65535 - n, cidr: twelfth(n) };
}

/** Each overlaps half of the others, so that there are as many different crowds as rules. @param {number} n @param {number} size @returns {Traffic} */
function staggered(n, size) {
  return { ...nested(n), fromPort: n, toPort: n + (size >> 1) };
}

function measure(row, run) {
  for (const { rules, prefixLists, gone, size } of row.sizes) {
    const { offending } = run(rules, prefixLists);
    if (gone !== undefined && offending.length !== gone) {
      throw new Error(`${row.name}, ${size} rules: ${offending.length} have to go, not ${gone}`);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { rules, prefixLists, seconds } of row.sizes) {
      const start = performance.now();
      let [runs, spent] = [0, 0];
      while (spent < ROUND_MILLISECONDS) {
        run(rules, prefixLists);
        runs++;
        spent = performance.now() - start;
      }
      // The first round warms up.
      if (round > 0) seconds.push(spent / 1000 / runs);
    }
  }
}

function print(rows) {
  console.log(
    `${'groups per second'.padEnd(34)}lists${SIZES.map((size) => `of ${size}`.padStart(10)).join('')}   growth    ÷ log`,
  );
  for (const { name, count, sizes } of rows) {
    const perRule = sizes.map(({ size, seconds }) => median(seconds) / size);
    const rates = sizes.map(({ seconds }) => (1 / median(seconds)).toFixed(0).padStart(10)).join('');
    const growth = (perRule[2] ?? 0) / (perRule[1] ?? 1);
    const log = growth / (Math.log(SIZES[2] ?? 0) / Math.log(SIZES[1] ?? 1));
    console.log(
      `${name.padEnd(34)}${String(count).padStart(5)}${rates}${growth.toFixed(2).padStart(9)}${log.toFixed(2).padStart(9)}`,
    );
  }
}

/** @param {number[]} list */
function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
