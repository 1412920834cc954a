import {
  INSTANCE_RULES,
  type InstanceRuleId,
  type Mode,
  type ModeSetting,
  type Policy,
  type RuleId,
} from './policy.ts';
import { matches, type Subject, type Verdict } from './select.ts';
import { keysFor, SELECTOR_KEYS } from './selector-keys.ts';

/** The mode that applies, and the setting that decided it, as a path into `policy.yml`. */
export type AppliedMode = { readonly mode: Mode; readonly because: string };

/** From the most cautious to the least. */
export const CAUTION: readonly Mode[] = ['off', 'observe', 'enforce'];

export function moreCautious(a: Mode, b: Mode): boolean {
  return CAUTION.indexOf(a) < CAUTION.indexOf(b);
}

const NO_SETTING: AppliedMode = { mode: 'observe', because: 'no setting applies' };

type Setting = AppliedMode & { readonly applies: Verdict };

/**
 * The most cautious of all settings that apply; observe where none does. A setting of which it cannot be told
 * whether it applies counts only where it makes things more cautious.
 */
export function modeFor(rule: RuleId, subject: Subject, policy: Policy): AppliedMode {
  const settings = settingsOf(rule, subject, policy);
  const sure = settings.filter((setting) => setting.applies === 'yes');
  const unsure = settings.filter((setting) => setting.applies === 'unknown');
  const [first = NO_SETTING, ...others] = sure;
  const { mode, because } = [...others, ...unsure].reduce<AppliedMode>(strictest, first);
  return { mode, because };
}

/** The more cautious of two; the first one where they are equal. */
function strictest(a: AppliedMode, b: AppliedMode): AppliedMode {
  return moreCautious(b.mode, a.mode) ? b : a;
}

function settingsOf(rule: RuleId, subject: Subject, policy: Policy): readonly Setting[] {
  const own = ownMode(rule, policy);
  const settings: Setting[] = [];
  if (policy.mode !== null) settings.push({ mode: policy.mode, because: 'mode', applies: 'yes' });
  if (own !== null) settings.push({ ...own, applies: 'yes' });
  policy.modes.forEach((entry, index) => {
    const because = `modes[${index}]`;
    settings.push({ mode: entry.mode, because, applies: applies(entry, rule, subject) });
  });
  return settings;
}

/** The boldest mode that a finding of the rule can have in any place, once the mode at the top allows it. */
export function boldestMode(rule: RuleId, policy: Policy): Mode {
  return capsOf(rule, policy).reduce<AppliedMode>(strictest, { mode: 'enforce', because: 'mode' }).mode;
}

/** Below the top, the settings that apply to the rule in every place: no other one makes a finding bolder than these. */
export function capsOf(rule: RuleId, policy: Policy): readonly AppliedMode[] {
  const own = ownMode(rule, policy);
  const entries = policy.modes.flatMap(({ rules, select, mode }, index) =>
    select === null && rules?.includes(rule) ? [{ mode, because: `modes[${index}]` }] : [],
  );
  return own === null ? entries : [own, ...entries];
}

/** The mode of a rule where no selector fits: what applies there applies in every place. */
export function modeEverywhere(rule: RuleId, policy: Policy): AppliedMode {
  const top: readonly AppliedMode[] = policy.mode === null ? [] : [{ mode: policy.mode, because: 'mode' }];
  const [first = NO_SETTING, ...others] = [...top, ...capsOf(rule, policy)];
  return others.reduce<AppliedMode>(strictest, first);
}

/** Whether an entry with a selector can give the rule another mode than it has everywhere. */
export function canChangeMode(entry: ModeSetting, rule: RuleId, policy: Policy): boolean {
  // It only holds replacements, so that to enforce it is to observe it.
  if (rule === 'baseline-changed' && entry.mode === 'enforce') return false;
  const { mode, because } = modeEverywhere(rule, policy);
  return because === NO_SETTING.because ? entry.mode !== mode : moreCautious(entry.mode, mode);
}

/** Whether the rule can have one mode in one VPC and another in the next. */
export function differsByVpc(rule: RuleId, policy: Policy): boolean {
  const keys = keysFor(rule, 'modes');
  return policy.modes.some((entry) => {
    const { rules, select } = entry;
    if (select?.vpc === undefined || (rules !== null && !rules.includes(rule))) return false;
    const fits = SELECTOR_KEYS.every((key) => select[key] === undefined || keys.has(key));
    return fits && canChangeMode(entry, rule, policy);
  });
}

/** The rule's own setting; null where it has none. */
function ownMode(rule: RuleId, policy: Policy): AppliedMode | null {
  const mode = ownSettings(rule, policy)?.mode ?? null;
  return mode === null ? null : { mode, because: whyOwn(rule, mode, policy) };
}

/** `egress` and `pipeline-only` are off where they are not listed. A listed `egress` protects something. */
function whyOwn(rule: RuleId, mode: Mode, policy: Policy): string {
  if (rule === 'egress' && policy.egress.protects.length === 0) return 'rules.egress is not listed';
  if (rule === 'pipeline-only' && mode === 'off') return 'rules.pipeline-only is off or not listed';
  if (isInstanceRule(rule) && policy.instanceRules[rule].listed === false) return `rules.${rule} is not listed`;
  return `rules.${rule}.mode`;
}

function ownSettings(rule: RuleId, policy: Policy): { readonly mode: Mode | null } | null {
  if (rule === 'internet') return policy.internet;
  if (rule === 'egress') return policy.egress;
  if (rule === 'pipeline-only') return policy.pipelineOnly;
  return isInstanceRule(rule) ? policy.instanceRules[rule] : null;
}

export function isInstanceRule(rule: RuleId): rule is InstanceRuleId {
  return (INSTANCE_RULES as readonly string[]).includes(rule);
}

/** A mode is asked for one place at a time: what serves several VPCs has a mode in each. */
function applies(entry: ModeSetting, rule: RuleId, subject: Subject): Verdict {
  if (entry.rules !== null && !entry.rules.includes(rule)) return 'no';
  return entry.select === null ? 'yes' : matches(entry.select, subject, { keys: keysFor(rule, 'modes'), vpcs: 'some' });
}
