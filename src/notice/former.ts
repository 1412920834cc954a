/** What was there before the change: undrift takes away what it made, and gives nothing back. */
import type { SecurityGroupRule } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import type { Incident, Step } from '../domain/incident.ts';
import { wordsOf } from '../rules/describe-rule.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { shellQuote } from './shell.ts';
import { undoCommand } from './undo.ts';
import { attemptsNow, onlyTold, tookAway } from './verdict.ts';

/** What restores it; null where it is not known, or where nothing of it is lost. */
function formerOf(incident: Incident): Step | null {
  const { inverse, closedAt } = incident;
  if (onlyTold(incident) || inverse === null) return null;
  if (tookAway(incident) !== 'no') return inverse.former ?? null;
  if (closedAt !== null) return null;
  // Nothing was tried: what is on record is what was there before, and no act.
  return attemptsNow(incident).length > 0 ? (inverse.former ?? null) : inverse;
}

/** The command that restores what was there before the change; null when there is none. */
export function restoreOf(incident: Incident): string | null {
  return undoCommand(formerOf(incident), incident.change.region);
}

export function whatWasBefore(incident: Incident): readonly Paragraph[] {
  const former = formerOf(incident);
  const command = restoreOf(incident);
  const known = former === null || command === null ? [] : [formerWords(former), ...verbatim(command)];
  return [...known, ...unknownBefore(incident, former)];
}

export function verbatim(command: string): readonly Paragraph[] {
  return command.split('\n').map((line) => ({ verbatim: line }));
}

const LISTED = 10;

function formerWords(former: Step): string {
  switch (former.action) {
    case 'authorize-rules':
      return `Before a change in place, this was let through: ${listed(former.rules)}. undrift revokes whole rules, so that access goes with the rule. If it is still wanted, this restores it:`;
    case 'modify-rules':
      return `Before a change in place, this was let through: ${listed(former.rules)}. This changes it back:`;
    case 'attach-groups':
      return `${plain(former.interfaceId)} had ${firstOf(
        former.groupIds.map((id) => plain(id)),
        LISTED,
      )} when it was last found within the limit. If it is still to have exactly these groups, this sets them:`;
    case 'restore-version':
      return `EC2 keeps the versions of ${plain(former.prefixListId)}. This restores version ${former.version}, which was there before the change:`;
    case 'add-entries':
      return 'This puts back what was there before the change:';
  }
}

const listed = (rules: readonly SecurityGroupRule[]) =>
  firstOf(
    rules.map((rule) => plain(wordsOf(rule), 300)),
    LISTED,
  );

/** The record of the call has the new values only. */
function unknownBefore(incident: Incident, former: Step | null): readonly Paragraph[] {
  const { finding, change, decision, closedAt } = incident;
  const act = decision.remediation;
  const isOver = closedAt !== null && tookAway(incident) === 'no';
  if (!finding.unknownBefore || isOver || act?.action !== 'revoke-rules') return [];
  const known = former !== null && 'rules' in former ? former.rules.map(({ id }) => id) : [];
  const named = change.fact.kind === 'rules-modified' ? change.fact.ruleIds : [];
  const isNamed = (id: string) => named.length === 0 || named.includes(id);
  const ids = act.ruleIds.filter((id) => isNamed(id) && !known.includes(id)).map((id) => plain(id));
  const history = ['--resource-type', 'AWS::EC2::SecurityGroup', '--resource-id', act.groupId];
  const until = ['--region', change.region, '--later-time', change.at, '--limit', '1'];
  const words = ['aws', 'configservice', 'get-resource-config-history', ...history, ...until];
  return [
    `What ${firstOf(ids, LISTED)} let through before the change in place is not on record: undrift had not read it, and the record of the call has the new value only. Where AWS Config records security groups, this shows the group as it was:`,
    { verbatim: words.map(shellQuote).join(' ') },
  ];
}
