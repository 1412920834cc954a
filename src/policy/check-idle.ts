/** Settings that are valid and can have no effect, as another setting decides first. Warnings, as both may be meant. */
import { isAboutEntering } from '../domain/taint.ts';
import { at, type Path, type Report } from './check-parts.ts';
import { graceOf } from './grace.ts';
import { boldestMode, capsOf, moreCautious } from './mode.ts';
import { INSTANCE_RULES, type InstanceRuleId, type ModeSetting, type Policy, RULES, type RuleId } from './policy.ts';
import { RULES_AT, rulesReached } from './selector-keys.ts';

/** @param document for what the author wrote: a default is no setting */
export function checkIdle(document: unknown, policy: Policy, report: Report): void {
  const warn: Warn = (path, message) => report.warnings.push({ path, message });
  policy.modes.forEach((entry, index) => {
    const message = idleMode(entry, index, document, policy);
    if (message !== null) warn(['modes', index], message);
  });
  warnOfOff(policy, warn);
  warnOfObserved(document, policy, warn);
  checkTaintUsed(document, policy, warn);
  checkNeeds(document, policy, warn);
}

type Warn = (path: Path, message: string) => void;

/** Rules that are named and off everywhere. */
function warnOfOff(policy: Policy, warn: Warn): void {
  const off = (rules: readonly string[] | null) => named(rules).filter((rule) => boldestMode(rule, policy) === 'off');
  const what = (rule: RuleId) => `names ${rule}, which is off everywhere; take the rule out`;
  policy.exemptions.forEach(({ id, rules }, index) => {
    for (const rule of off(rules)) warn(['exemptions', index, 'rules'], `exemption ${id} ${what(rule)}`);
  });
  policy.configVerdicts.forEach(({ means }, index) => {
    for (const rule of off(means)) warn(['configVerdicts', index, 'means'], `configVerdicts[${index}] ${what(rule)}`);
  });
}

/** What says how instances are replaced, for rules that never do. */
function warnOfObserved(document: unknown, policy: Policy, warn: Warn): void {
  const neverActs = (rule: RuleId) => boldestMode(rule, policy) !== 'enforce';
  policy.budgets.forEach(({ reasons }, index) => {
    for (const rule of named(reasons).filter(neverActs)) {
      const message = `budgets[${index}] names ${rule}, which never replaces an instance${why(rule, policy)}`;
      warn(['budgets', index, 'reasons'], message);
    }
  });
  for (const rule of INSTANCE_RULES.filter(neverActs)) {
    if (at(document, 'rules', rule, 'graceMinutes') === undefined) continue;
    const message = `rules.${rule}.graceMinutes has no effect: the rule never replaces an instance${why(rule, policy)}`;
    warn(['rules', rule, 'graceMinutes'], message);
  }
}

/** Rules that look for what another setting names, and the setting; `has` where it names something. */
const NEEDS: readonly { rule: InstanceRuleId; path: Path; has: (policy: Policy) => boolean; names: string }[] = [
  {
    rule: 'watched-tag-changed',
    path: ['watchedTags'],
    has: ({ watchedTags }) => watchedTags.length > 0,
    names: 'a tag',
  },
  { rule: 'too-old', path: ['maxInstanceAgeDays'], has: (it) => it.maxInstanceAgeDays !== null, names: 'an age' },
  { rule: 'image-not-approved', path: ['images'], has: ({ images }) => images !== null, names: 'an image or an age' },
  { rule: 'differs-from-template', path: ['configVerdicts'], has: compares, names: 'it in a row' },
  { rule: 'guardduty-finding', path: ['findings', 'guardDuty'], has: () => true, names: '' },
  { rule: 'security-hub-finding', path: ['findings', 'securityHub'], has: () => true, names: '' },
];

function compares({ configVerdicts }: Policy): boolean {
  return configVerdicts.some(({ means }) => means.includes('differs-from-template'));
}

/** A rule that may act and has nothing to look for; and what is looked for by a rule that is off. */
function checkNeeds(document: unknown, policy: Policy, warn: Warn): void {
  for (const { rule, path, has, names } of NEEDS) {
    const mode = boldestMode(rule, policy);
    const setting = path.join('.');
    if (mode === 'enforce' && !has(policy)) {
      warn(['rules', rule], `rules.${rule} finds nothing: ${setting} does not name ${names}`);
    }
    const written = at(document, ...path) !== undefined && setting !== 'configVerdicts';
    if (mode === 'off' && written && has(policy)) warn(path, `${setting} has no effect: the rule ${rule} is off`);
  }
  const compared = RULES_AT.ignoredDifferences.some((rule) =>
    policy.configVerdicts.some((it) => it.means.includes(rule)),
  );
  if (policy.ignoredDifferences.length > 0 && !compared) {
    const message =
      'ignoredDifferences has no effect: no row of configVerdicts means a rule that compares an instance with its template';
    warn(['ignoredDifferences'], `${message} (${RULES_AT.ignoredDifferences.join(', ')})`);
  }
}

const named = (rules: readonly string[] | null) => RULES.filter((rule) => rules?.includes(rule));

/** What keeps the rule from acting. */
function why(rule: RuleId, policy: Policy): string {
  const cap = capsOf(rule, policy).find(({ mode }) => mode !== 'enforce');
  return cap === undefined ? '' : ` (${cap.because})`;
}

/** Another setting that applies everywhere is more cautious, for each rule that the entry is about. */
function idleMode(entry: ModeSetting, index: number, document: unknown, policy: Policy): string | null {
  if (entry.rules?.includes('baseline-changed') && entry.mode === 'enforce') {
    return `modes[${index}] says enforce for baseline-changed, which does no more than observe: it only holds replacements`;
  }
  const all = rulesReached(entry.select, entry.rules, 'modes');
  const reached = entry.mode === 'enforce' ? all.filter((rule) => rule !== 'baseline-changed') : all;
  const idle = reached.filter((rule) => capsOf(rule, policy).some(({ mode }) => moreCautious(mode, entry.mode)));
  const [first] = idle;
  if (first === undefined || (entry.rules === null && idle.length < reached.length)) return null;
  const cap = capsOf(first, policy).find(({ mode }) => moreCautious(mode, entry.mode));
  const unlisted = at(document, 'rules', first) === undefined;
  if (unlisted && cap?.mode === 'off') return `modes[${index}] names ${first}, which is off, as rules does not list it`;
  const what = unlisted
    ? `rules does not list it, so that it only observes; write ${first}: {} there`
    : `${cap?.because} says ${cap?.mode} and wins`;
  return `modes[${index}] says ${entry.mode} for ${first}, but ${what}`;
}

/** A taint that no rule asks for: each rule about entering has a grace of its own, or never acts. */
function checkTaintUsed(document: unknown, policy: Policy, warn: Warn): void {
  const acting = INSTANCE_RULES.filter((rule) => boldestMode(rule, policy) === 'enforce');
  const inherits = (rule: InstanceRuleId) =>
    isAboutEntering(rule) && policy.instanceRules[rule].graceMinutes === undefined;
  if (at(document, 'taint', 'graceMinutes') !== undefined && !acting.some(inherits)) {
    warn(
      ['taint', 'graceMinutes'],
      'taint.graceMinutes has no effect: no rule about entering that may act takes its grace from it',
    );
  }
  if (at(document, 'taint', 'maxHours') !== undefined && !acting.some((rule) => graceOf(rule, policy) > 0)) {
    warn(['taint', 'maxHours'], 'taint.maxHours has no effect: no rule that may act has a grace');
  }
}
