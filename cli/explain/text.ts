/** An answer for people. Values of events are written by whoever made the call: they are cleaned before they are shown. */
import { actorName } from '../../src/domain/actor.ts';
import type { Decision, Remediation } from '../../src/domain/decision.ts';
import type { Estate, SecurityGroupRule } from '../../src/domain/estate.ts';
import { clean } from '../../src/notice/plain.ts';
import { actWords, machinesWords } from '../../src/notice/words.ts';
import { describeRule } from '../../src/rules/describe-rule.ts';
import type { Answer } from './answer.ts';
import { LONGEST, type Paint, paragraph } from './paint.ts';
import { assumptions, notAsked, otherwise, undecided } from './unknown-words.ts';

/** The lines of one answer. */
export function explained(answer: Answer, many: boolean, paint: Paint): readonly string[] {
  const title = paint(clean(many ? `${answer.input} [${answer.index}]` : answer.input, LONGEST), 'bold');
  const fault = answer.error === null ? [] : [`  error: ${clean(answer.error.message, LONGEST * 4)}`];
  if (answer.change === null && answer.error !== null) return [title, ...fault];
  if (answer.irrelevant !== null) {
    return [title, `  ${paint('IRRELEVANT', 'green')}`, ...paragraph(answer.irrelevant, '    ')];
  }
  const decided = answer.decisions.flatMap((decision) => ['', ...decisionLines(decision, answer.estates, paint)]);
  return [
    title,
    ...fault,
    ...happened(answer),
    ...assumptions(answer),
    ...decided,
    ...undecided(answer, paint),
    ...otherwise(answer),
    ...notAsked(answer),
    ...answer.words,
  ];
}

const SERVICE = { config: 'Config', guardduty: 'GuardDuty', 'security-hub': 'Security Hub' } as const;

function happened({ change, trusted }: Answer): readonly string[] {
  if (change === null) return [];
  const named = change.resources.map(({ type, id }) => `${type} ${id}`).join(', ');
  const trust = trusted === null ? 'not a trusted actor' : `trusted by the entry ${trusted.id}`;
  const who =
    change.source !== 'cloudtrail'
      ? `who is not known: ${SERVICE[change.source]} names nobody`
      : `by ${actorName(change.actor)}, ${trust}`;
  return [
    ...paragraph(`${change.name} on ${named}`, '  '),
    // An ARN stays in one piece.
    `  ${clean(who, LONGEST * 4)}`,
    ...paragraph(`at ${change.at} in account ${change.account}, Region ${change.region}`, '  '),
  ];
}

const WORDS = { remediate: ['REMEDIATE', 'red'], hold: ['HOLD', 'yellow'], ignore: ['IGNORE', 'green'] } as const;

function decisionLines(decision: Decision, estates: readonly Estate[], paint: Paint): readonly string[] {
  const [word, colour] = WORDS[decision.kind];
  const rule = decision.rule === null ? '' : `  rule ${decision.rule}`;
  const guard = decision.guard === null ? '' : `  guard ${decision.guard}`;
  const finding = decision.kind === 'hold' ? paragraph(`finding: ${decision.finding.summary}`, '    ') : [];
  const { kind, remediation } = decision;
  return [
    `  ${paint(word, colour)}${rule}${guard}`,
    ...paragraph(`${decision.kind === 'hold' ? 'held: ' : ''}${decision.reason}`, '    '),
    ...finding,
    ...(decision.places ?? []).flatMap((line) => paragraph(line, '    ')),
    ...(remediation === null
      ? ofMachines(decision, estates)
      : actLines(kind === 'hold' ? 'would' : 'will', remediation, estates)),
  ];
}

/** In the place of an act, where it is known which machines an expression means. */
function ofMachines(decision: Decision, estates: readonly Estate[]): readonly string[] {
  const known = estates.some(
    (estate) =>
      decision.kind === 'hold' &&
      estate.kind === 'targets' &&
      estate.meant?.kind === 'found' &&
      estate.resource.id === decision.finding.resource.id,
  );
  return known ? paragraph(machinesWords(decision.guard), '    ') : [];
}

function actLines(would: string, act: Remediation, estates: readonly Estate[]): readonly string[] {
  if (act.action !== 'revoke-rules') return paragraph(`${would} ${actWords(act)}`, '    ');
  const rules = estates.flatMap(rulesIn);
  const revoked = act.ruleIds.map((id) => {
    return ruleText(
      id,
      rules.find((rule) => rule.id === id),
    );
  });
  return listed(`${would} revoke`, revoked);
}

function rulesIn(estate: Estate): readonly SecurityGroupRule[] {
  if (estate.kind === 'network-interface' || estate.kind === 'prefix-list')
    return estate.groups.flatMap((it) => it.rules);
  if (estate.kind !== 'security-group') return [];
  return [...estate.rules, ...(estate.surroundings?.neighbours ?? []).flatMap((it) => it.rules)];
}

const LONGEST_LIST = 20;

function listed(title: string, rules: readonly string[]): readonly string[] {
  const more = rules.length - LONGEST_LIST;
  const shown = rules.slice(0, LONGEST_LIST).flatMap((rule) => paragraph(`${title} ${rule}`, '    '));
  return more > 0 ? [...shown, `    and ${more} more`] : shown;
}

function ruleText(id: string, rule: SecurityGroupRule | undefined): string {
  return rule === undefined ? id : `${id} (${describeRule(rule)})`;
}
