import { chunksOf } from '../domain/chunks.ts';
import type { SecurityGroupRule } from '../domain/estate.ts';
import type { Step } from '../domain/incident.ts';
import { sourceValue } from '../domain/rule-value.ts';
import { isMasked } from './mask.ts';
import { asciiJson, shellQuote } from './shell.ts';
import { callsFor, groupsAndDirections, permission, settableTags, updated } from './undo-rules.ts';

/**
 * The AWS CLI command that puts things back as they were: one line for each call, fit for a POSIX shell. Null when there
 * is nothing to put back, or when a value that decides who gets in is masked.
 */
export function undoCommand(inverse: Step | null, region: string): string | null {
  const lines = inverse === null ? [] : linesOf(inverse, region);
  return lines.length === 0 ? null : lines.join('\n');
}

function linesOf(inverse: Step, region: string): readonly string[] {
  switch (inverse.action) {
    case 'authorize-rules':
      return inverse.rules.some(decisiveMask) ? [] : callsFor(inverse.rules).map((it) => added(it, region));
    case 'modify-rules':
      return inverse.rules.some(decisiveMask)
        ? []
        : groupsAndDirections(inverse.rules).map((it) => changed(it, region));
    case 'restore-version':
      return [restored(inverse.prefixListId, inverse.version, region)];
    case 'attach-groups':
      return attached(inverse.interfaceId, inverse.groupIds, region);
    case 'add-entries':
      return inverse.entries.some(({ cidr }) => isMasked(cidr)) ? [] : entriesAdded(inverse, region);
  }
}

function decisiveMask(rule: SecurityGroupRule): boolean {
  return [rule.groupId, rule.protocol, sourceValue(rule.source)].some(isMasked);
}

function ec2(command: string, region: string, ...words: readonly string[]): string {
  return ['aws', 'ec2', command, '--region', region, ...words].map(shellQuote).join(' ');
}

function added(rules: readonly SecurityGroupRule[], region: string): string {
  const [first] = rules;
  const command = first?.egress ? 'authorize-security-group-egress' : 'authorize-security-group-ingress';
  const permissions = asciiJson(rules.map(permission));
  const tags = first === undefined ? [] : settableTags(first);
  const tagged = [{ ResourceType: 'security-group-rule', Tags: tags.map(([Key, Value]) => ({ Key, Value })) }];
  const specifications = tags.length === 0 ? [] : ['--tag-specifications', asciiJson(tagged)];
  const group = ['--group-id', first?.groupId ?? ''];
  return ec2(command, region, ...group, ...specifications, '--ip-permissions', permissions);
}

function changed(rules: readonly SecurityGroupRule[], region: string): string {
  const updates = asciiJson(rules.map(updated));
  const group = rules[0]?.groupId ?? '';
  return ec2('modify-security-group-rules', region, '--group-id', group, '--security-group-rules', updates);
}

/** The call sets all groups of the interface. */
function attached(interfaceId: string, groupIds: readonly string[], region: string): readonly string[] {
  if (groupIds.length === 0) return [];
  const place = ['--network-interface-id', interfaceId];
  return [ec2('modify-network-interface-attribute', region, ...place, '--groups', ...groupIds)];
}

/** EC2 takes at most 100 entries a call (API reference of ModifyManagedPrefixList, `AddEntry.N`). */
const ENTRIES_A_CALL = 100;

/** Each call names the version that it changes; the shell asks for it, as it is another one after every change. */
function currentVersion(prefixListId: string, region: string): string {
  const asked = ['--prefix-list-ids', prefixListId, '--query', 'PrefixLists[0].Version', '--output', 'text'];
  return `--current-version "$(${ec2('describe-managed-prefix-lists', region, ...asked)})"`;
}

function restored(prefixListId: string, version: number, region: string): string {
  const words = ['--prefix-list-id', prefixListId, '--previous-version', String(version)];
  return `${ec2('restore-managed-prefix-list-version', region, ...words)} ${currentVersion(prefixListId, region)}`;
}

function entriesAdded(inverse: Extract<Step, { action: 'add-entries' }>, region: string): readonly string[] {
  const { prefixListId, entries } = inverse;
  return chunksOf(entries, ENTRIES_A_CALL).map((some) => {
    const part = some.map(({ cidr, description }) => {
      return { Cidr: cidr, ...(description === null || isMasked(description) ? {} : { Description: description }) };
    });
    const words = ['--prefix-list-id', prefixListId, '--add-entries', asciiJson(part)];
    return `${ec2('modify-managed-prefix-list', region, ...words)} ${currentVersion(prefixListId, region)}`;
  });
}
