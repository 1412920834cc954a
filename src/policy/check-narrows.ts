/** A selector that leaves nothing out is an empty one in disguise, whatever pattern says so. */
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { subtract } from '../net/space.ts';
import { arnMatches } from './arn.ts';
import type { Path, Report } from './check-parts.ts';
import { globMatches } from './glob.ts';
import { readPorts } from './leaves.ts';

/** An empty selector is never "everything" nor "nothing". */
export function checkNarrows(select: object, path: Path, report: Report): void {
  const entries = Object.entries(select);
  if (!entries.every(([key, value]) => takesAll(key, value))) return;
  const found = entries.length === 0 ? 'an empty selector' : 'a selector that leaves nothing out';
  report.faults.push({ path, message: `found ${found}; name what it selects` });
}

const ids = (prefix: string) =>
  ['01234567', 'fedcba98', '0123456789abcdef0', 'fedcba98765432101'].map((it) => prefix + it);
const callers = (partition: string) =>
  [
    'iam::123456789012:role/a',
    'iam::987654321098:user/Zoe',
    'iam::123456789012:root',
    'sts::987654321098:federated-user/b',
  ].map((rest) => `arn:${partition}:${rest}`);

/** Values that have nothing in common but their form: patterns that fit all of one list fit whatever there is. */
const SAMPLES: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['account', [['123456789012', '987654321098']]],
  ['region', [['eu-west-1', 'us-gov-east-2', 'ap-southeast-10']]],
  ['vpc', [ids('vpc-')]],
  ['securityGroup', [ids('sg-')]],
  ['autoScalingGroup', [['a', 'Prod_web.2']]],
  ['instance', [ids('i-')]],
  ['actor', ['aws', 'aws-cn', 'aws-us-gov'].map(callers)],
]);

function takesAll(key: string, value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  if (key === 'port') return coversPorts(value);
  if (key === 'range') return coversInternet(value);
  const patterns = value.filter((it) => typeof it === 'string');
  const fitsOne = key === 'actor' ? arnMatches : globMatches;
  const fits = (sample: string) => patterns.some((pattern) => fitsOne(pattern, sample));
  return SAMPLES.get(key)?.some((samples) => samples.every(fits)) ?? false;
}

/** The ranges of ports, put in order, leave no gap from 0 to the last. */
function coversPorts(value: readonly unknown[]): boolean {
  const ranges = value.flatMap((it) => readPorts(String(it)) ?? []).toSorted((a, b) => a.from - b.from);
  const next = ranges.reduce((free, { from, to }) => (from <= free ? Math.max(free, to + 1) : free), 0);
  return next > 65_535;
}

function coversInternet(value: readonly unknown[]): boolean {
  const ranges = value.filter((it) => typeof it === 'string');
  const whole = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
  return (['ipv4', 'ipv6'] as const).some((family) => {
    const internet = subtract(spaceOf(family, [whole[family]]), NOT_INTERNET[family]);
    return subtract(internet, spaceOf(family, ranges)).length === 0;
  });
}
