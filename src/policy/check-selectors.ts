/** Selectors that can never match: a key that no finding of the entry's rules can have, or keys that no finding has together. */
import { checkNarrows } from './check-narrows.ts';
import { at, listAt, type Path, type Report } from './check-parts.ts';
import { either } from './fault.ts';
import type { RuleId } from './policy.ts';
import {
  BARRED,
  FAMILIES,
  familyOf,
  keysFor,
  rulesReached,
  SELECTOR_KEYS,
  type SelectorKey,
  type SelectorPlace,
} from './selector-keys.ts';

/**
 * @param listed the rules that the entry names; null where it names none, and is about those that it can apply to
 * @param path of the selector
 */
export function checkSelector(
  select: unknown,
  listed: readonly string[] | null,
  place: SelectorPlace,
  path: Path,
  report: Report,
): void {
  if (typeof select !== 'object' || select === null || Array.isArray(select)) return;
  checkNarrows(select, path, report);
  const before = report.faults.length;
  for (const key of SELECTOR_KEYS.filter((it) => Object.hasOwn(select, it))) {
    const message = barred(select, key, listed, place) ?? neverFits(key, listed, place);
    if (message !== null) report.faults.push({ path: [...path, key], message });
  }
  // Each key fits some rule, and no rule has them all.
  if (listed !== null || report.faults.length > before || rulesReached(known(select), null, place).length > 0) return;
  const keys = Object.keys(known(select));
  report.faults.push({ path, message: `no finding has ${keys.join(' and ')} together; write an entry for each` });
}

/** What the entry can select by instead depends on the rules that its other keys leave. */
function barred(
  select: object,
  key: SelectorKey,
  listed: readonly string[] | null,
  place: SelectorPlace,
): string | null {
  const why = BARRED[place][key];
  if (why === undefined) return null;
  const others = Object.fromEntries(Object.entries(known(select)).filter(([name]) => name !== key));
  return `${why}; ${insteadOf(key, rulesReached(others, listed, place), place)}`;
}

/** Without keys that are unknown: they have a fault of their own. */
function known(select: object): object {
  return Object.fromEntries(SELECTOR_KEYS.filter((key) => Object.hasOwn(select, key)).map((key) => [key, true]));
}

/** The rules that an entry with `rules` and `select` can ever fit. */
export function reachedBy(entry: unknown, place: SelectorPlace): readonly RuleId[] {
  const select = at(entry, 'select');
  const keys = typeof select === 'object' && select !== null ? known(select) : null;
  return rulesReached(keys, listedRules(entry, 'rules'), place);
}

/** The names of rules that the entry lists, or null; of a rule that is none, the schema reports. */
export function listedRules(entry: unknown, key: 'rules' | 'reasons'): readonly string[] | null {
  const names = listAt(entry, key).filter((name) => typeof name === 'string');
  return names.length > 0 ? names : null;
}

const FACT: Readonly<Record<SelectorKey, string>> = {
  account: 'account',
  region: 'Region',
  vpc: 'VPC',
  securityGroup: 'security group',
  autoScalingGroup: 'Auto Scaling group',
  instance: 'instance',
  tag: 'tag',
  port: 'port',
  range: 'range',
  actor: 'actor',
};

/** A rule that is listed and can never match has no effect, even where the others match. */
function neverFits(key: SelectorKey, listed: readonly string[] | null, place: SelectorPlace): string | null {
  const rules = rulesReached(null, listed, place);
  const vain = rules.filter((rule) => !FAMILIES[familyOf(rule)].keys.has(key));
  const [first] = vain;
  if (first === undefined || (listed === null && vain.length < rules.length)) return null;
  const lacks = `about ${FAMILIES[familyOf(first)].about} and ${vain.length === 1 ? 'has' : 'have'} no ${FACT[key]} to match`;
  if (listed === null) return `entries of ${place} are ${lacks}; ${insteadOf(key, [first], place)}`;
  const alike = vain.filter((rule) => familyOf(rule) === familyOf(first));
  const are = alike.length === 1 ? `rule ${first} is` : `rules ${both(alike)} are`;
  if (vain.length === rules.length) return `${are} ${lacks}; ${insteadOf(key, [first], place)}`;
  const own = alike.length === 1 ? 'an entry of its own for it' : 'an entry of their own for them';
  return `${are} ${lacks}, so ${alike.length === 1 ? 'it has' : 'they have'} no effect; write ${own}`;
}

function both(rules: readonly RuleId[]): string {
  const shown = rules.slice(0, 3);
  return rules.length > shown.length ? `${shown.join(', ')} and ${rules.length - 3} more` : shown.join(' and ');
}

const PLACES: readonly SelectorKey[] = ['securityGroup', 'autoScalingGroup', 'instance', 'vpc', 'tag'];

/** Keys that say where, and fit all of the rules; where there are none, those that fit one of them. */
function insteadOf(key: SelectorKey, rules: readonly RuleId[], place: SelectorPlace): string {
  if (!PLACES.includes(key)) return 'leave the key out';
  const fits = (it: SelectorKey) => (rule: RuleId) => keysFor(rule, place).has(it);
  const shared = PLACES.filter((it) => rules.length > 0 && rules.every(fits(it)));
  if (shared.length > 0) return `use ${either(shared)}`;
  const some = PLACES.filter((it) => rules.some(fits(it)));
  return some.length > 0 ? `use ${either(some)}, in an entry for the rules that have it` : 'leave the key out';
}
