import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Answer, answer, type Setting } from '../../cli/explain/answer.ts';
import type { Fact } from '../../src/domain/change.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { TABLE } from './table.ts';

/** Recordings that are not ours to publish: they lie beside the repository, or where the variable says. */
const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.env.UNDRIFT_RECORDED_EVENTS ?? join(repository, '..', 'shared', 'recorded-events'));
const setting: Setting = {
  policy: loadPolicy(readFileSync(join(repository, 'policy.yml'), 'utf8'), 'policy.yml').policy,
  estate: null,
  now: new Date('2026-02-03T05:00:00Z'),
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};

function files(): readonly string[] {
  if (existsSync(folder)) return readdirSync(folder).filter((file) => file.endsWith('.json'));
  console.warn(`\nNo recorded events in ${folder}: set UNDRIFT_RECORDED_EVENTS to the folder that holds them.\n`);
  return [];
}

function outcome(file: string): Promise<Answer> {
  const raw: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return answer({ file, index: 0, event: { raw } }, setting);
}

/** Whoever has only this repository runs the rest without them, and is told so; where CI runs they must be there. */
const absent = !existsSync(folder) && !process.env.CI;

test.skipIf(absent)('the table names every recorded event, and no other', () => {
  expect(existsSync(folder), `${folder} is missing: set UNDRIFT_RECORDED_EVENTS`).toBe(true);
  expect([...files()].sort()).toEqual(Object.keys(TABLE).sort());
});

test.each(files())('%s', async (file) => {
  const expected = TABLE[file];
  const found = await outcome(file);
  expect(found.error).toBeNull();
  if (expected === undefined || 'irrelevant' in expected) {
    expect({ irrelevant: found.irrelevant, decisions: found.decisions }).toEqual({ ...expected, decisions: [] });
    return;
  }
  const [decision] = found.decisions;
  const [undecided] = found.undecided;
  const { kind, rule, guard, reason, remediation } = decision ?? { kind: 'undecided', reason: undecided?.reason };
  expect(found.decisions.length + found.undecided.length).toBe(1);
  expect(found.assumedEstate).toBe(expected.unread !== true);
  expect(found.change && factText(found.change.fact)).toBe(expected.fact);
  expect(found.change?.resources.map(({ type, id }) => [type, id])).toEqual([expected.on]);
  expect(`${[kind, rule, guard].filter(Boolean).join(' ')}: ${reason}`).toBe(expected.decision);
  expect(remediation?.action === 'revoke-rules' ? remediation.ruleIds : undefined).toEqual(expected.revokes);
});

function factText(fact: Fact): string {
  const detail = {
    'rules-added': () => (fact.kind === 'rules-added' ? rulesText(fact.egress, fact.ruleIds) : ''),
    'rules-removed': () => (fact.kind === 'rules-removed' ? rulesText(fact.egress, fact.ruleIds) : ''),
    'interfaces-created': () => (fact.kind === 'interfaces-created' ? fact.groupIds.join(' ') : ''),
    'instance-attribute-changed': () => (fact.kind === 'instance-attribute-changed' ? fact.attribute : ''),
    'session-started': () => (fact.kind === 'session-started' ? (fact.sessionId ?? '') : ''),
    'ssh-key-pushed': () => (fact.kind === 'ssh-key-pushed' ? (fact.osUser ?? '') : ''),
    verdict: () => (fact.kind === 'verdict' ? fact.by : ''),
    signal: () => (fact.kind === 'signal' ? `${fact.signal} ${fact.detail}` : ''),
  };
  const tell = Object.entries(detail).find(([kind]) => kind === fact.kind)?.[1];
  return tell === undefined ? fact.kind : `${fact.kind} ${tell()}`;
}

function rulesText(egress: boolean, ruleIds: readonly string[]): string {
  return [egress ? 'egress' : 'ingress', ...ruleIds].join(' ');
}
