/** What a policy will do, in the order of policy.yml and under its keys: what somebody asks before a deployment. */
import { duration } from '../../src/notice/time.ts';
import type { BudgetEntry, Exemption, ModeSetting, Policy, Selector, TrustedActor } from '../../src/policy/policy.ts';
import { PRESETS, type PresetId } from '../../src/policy/presets.ts';
import { egressLines, internetLines, ruleLines } from './rules.ts';
import { imageText, listed, rulesText, whereText } from './words.ts';

/** One line an entry; `none` where there is none. */
export function summary(policy: Policy): readonly string[] {
  const { budget, taint } = policy;
  return [
    `mode: ${policy.mode ?? 'none (observe)'}, when: ${policy.when}`,
    ...numbered('modes', policy.modes, modeText),
    ...section('trustedActors', policy.trustedActors.map(trustRow)),
    ...section('trustedServices', policy.trustedServices.map(presetRow)),
    ...ruleLines(policy),
    ...internetLines(policy),
    ...egressLines(policy),
    `watchedTags: ${listed(policy.watchedTags)}`,
    ...section('configVerdicts', policy.configVerdicts.map(verdictRow)),
    ...imageLines(policy),
    `maxInstanceAgeDays: ${policy.maxInstanceAgeDays ?? 'none'}`,
    ...findingLines(policy),
    ...numbered('ignoredDifferences', policy.ignoredDifferences, (entry) => reasonText(entry.paths, entry)),
    ...numbered('replaceDespite', policy.replaceDespite, (entry) => reasonText(entry.what, entry)),
    ...section('exemptions', policy.exemptions.map(exemptionRow)),
    `budget: ${budget.perGroup === null ? 'per group as in budgets' : `${budget.perGroup} per group`}, ${budget.perHour} per hour`,
    ...numbered('budgets', policy.budgets, budgetText),
    `successorMinutes: ${policy.successorMinutes}`,
    `taint: grace ${taint.graceMinutes} min after an entry or the end of its last session, ${taint.maxHours} h at most`,
    ...notificationLines(policy),
  ];
}

type Row = readonly [name: string, text: string];

function section(title: string, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [`${title}: none`];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [`${title}:`, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)];
}

/** Entries without a name go by their path, as decisions name them: `modes[0]`. */
function numbered<T>(title: string, entries: readonly T[], textOf: (entry: T) => string): readonly string[] {
  return section(
    title,
    entries.map((entry, index) => [`${title}[${index}]`, textOf(entry)]),
  );
}

const modeText = ({ mode, rules, select }: ModeSetting): string =>
  `${mode}  ${rulesText(rules, select, 'modes')}${whereText(select)}`;

function trustRow({ id, role, user, service, sourceIdentity, calls, documents, launchTemplates }: TrustedActor): Row {
  const who = service !== undefined ? `service ${service}` : role === undefined ? `user ${user}` : `role ${role}`;
  const as = sourceIdentity === undefined ? '' : ` with sourceIdentity ${sourceIdentity}`;
  const of = launchTemplates === undefined ? '' : `  on ${launchTemplates.join(', ')}`;
  return [id, `${who}${as}${conditions(calls, documents)}${of}`];
}

/** The role is the one of the account that the call was made in. */
function presetRow(id: PresetId): Row {
  const { role, calls, document, source } = PRESETS[id];
  return [id, `role ${role}${conditions(calls, document === undefined ? undefined : [document])}  (${source})`];
}

function conditions(calls: readonly string[] | undefined, documents: readonly string[] | undefined): string {
  const by = calls === undefined ? '' : `  ${calls.join(', ')}`;
  return documents === undefined ? by : `${by}  running ${documents.join(', ')}`;
}

function verdictRow({ configRule, means }: Policy['configVerdicts'][number]): Row {
  return [configRule, means.length === 0 ? 'ignored' : listed(means)];
}

function imageLines({ images }: Policy): readonly string[] {
  if (images === null) return ['images: any'];
  const approved = images.approved?.map(imageText) ?? ['any'];
  const rows = approved.map((text): Row => ['approved', text]);
  return section('images', [...rows, ['maxAgeDays', String(images.maxAgeDays ?? 'none')]]);
}

function findingLines({ findings: { guardDuty, securityHub } }: Policy): readonly string[] {
  return section('findings', [
    ['guardDuty', `from severity ${guardDuty.minSeverity}`],
    ['securityHub', `from severity ${securityHub.minSeverity}, of ${listed(securityHub.products)}`],
  ]);
}

function reasonText(what: readonly string[], { select, reason }: { select: Selector; reason: string }): string {
  return `${listed(what)}${whereText(select)}: ${reason}`;
}

function exemptionRow({ id, notBefore, expires, owner, rules, select, reason }: Exemption): Row {
  const from = notBefore === null ? '' : `from ${notBefore} `;
  return [
    id,
    `${from}until ${expires}  ${owner}  ${rulesText(rules, select, 'exemptions')}${whereText(select)}: ${reason}`,
  ];
}

function budgetText({ instances, reasons, select, window }: BudgetEntry): string {
  const when =
    window === null ? '' : `  at ${window.schedule} for ${duration(window.seconds)}, time zone ${window.timeZone}`;
  return `${instances} per group  ${rulesText(reasons, select, 'budgets')}${whereText(select)}${when}`;
}

function notificationLines({ notifications }: Policy): readonly string[] {
  return section('notifications', [
    ['mailsPerHour', String(notifications.mailsPerHour)],
    ['ownerTags', listed(notifications.ownerTags)],
    ['buildTags', listed(notifications.buildTags)],
    ['commitTags', listed(notifications.commitTags)],
  ]);
}
