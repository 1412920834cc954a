import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../cli/command.ts';
import { incidentsCommand } from '../../../cli/incidents.ts';
import { pauseCommand, resumeCommand } from '../../../cli/pause.ts';
import { policyCommand } from '../../../cli/policy.ts';
import { taintCommand } from '../../../cli/taint.ts';
import { GUARDS } from '../../../src/domain/decision.ts';
import { commandsOf } from './commands.ts';

const root = new URL('../../../', import.meta.url);
const runbook = readFileSync(new URL('docs/runbook.md', root), 'utf8');
const headings = [...runbook.matchAll(/^#{2,4} (.+)$/gmu)].map(([, heading]) => heading ?? '');

/** The text under a heading, up to the next one. */
function under(heading: string): string {
  const start = runbook.search(new RegExp(`^#{2,4} ${heading}$`, 'mu'));
  const body = runbook.slice(start).split('\n').slice(1).join('\n');
  return start < 0 ? '' : (body.split(/^#{2,4} /mu)[0] ?? '');
}

type Alarm = { readonly id: string; readonly heading: string | null };

/** Every alarm of the stack: its logical id, and the heading that its description names. */
function alarms(): readonly Alarm[] {
  const files = ['serverless.yml', ...readdirSync(new URL('infra/', root)).map((name) => `infra/${name}`)];
  return files
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => {
      const text = readFileSync(new URL(name, root), 'utf8');
      const found = text.matchAll(/^ {2,}(\w+):\n +Type: AWS::CloudWatch::(?:Composite)?Alarm\n(?: {4,}.*\n)+/gmu);
      return [...found].map(([block, id]) => ({ id: id ?? '', heading: /See "([^"]+)" in/u.exec(block)?.[1] ?? null }));
    });
}

describe('the runbook', () => {
  it.each(GUARDS)('says of a hold for %s what it means, where to look and what to do', (guard) => {
    expect(headings).toContain(guard);
    for (const part of ['**Means**', '**Look**', '**Do**']) expect(under(guard)).toContain(part);
  });

  it('knows no guard that undrift does not know', () => {
    const start = runbook.indexOf('## Why nothing was done');
    const section = runbook.slice(start, runbook.indexOf('\n## ', start));
    const named = [...section.matchAll(/^### (.+)$/gmu)].map(([, heading]) => heading);
    expect(named.sort()).toEqual([...GUARDS].sort());
  });

  it('finds the alarms at all', () => {
    expect(alarms().length).toBeGreaterThanOrEqual(9);
  });

  it.each(alarms())('has what alarm $id asks for', ({ id, heading }) => {
    expect(heading).not.toBeNull();
    expect(headings).toContain(heading);
    expect(under(heading ?? '')).toContain(`\`${id}\``);
    for (const part of ['**Means**', '**Look**', '**Do**']) expect(under(heading ?? '')).toContain(part);
  });

  it('links to headings that are there', () => {
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of runbook.matchAll(/\]\(#([^)]+)\)/gu)) expect(anchors).toContain(anchor);
  });

  it('uses only outputs that the stack has', () => {
    const outputs = readFileSync(new URL('infra/outputs.yml', root), 'utf8');
    const used = [...runbook.matchAll(/\$\(output (\w+)\)|for function in ([\w ]+);/gu)];
    const names = used.flatMap(([, one, several]) => (one === undefined ? (several ?? '').split(' ') : [one]));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(outputs).toMatch(new RegExp(`^ {2}${name}:`, 'mu'));
  });

  it('uses only variables that it sets', () => {
    const shell = runbook.replaceAll(/'[^'\n]*'/gu, "''");
    const used = [...shell.matchAll(/"?\$([A-Za-z]\w*)/gu)].map(([, name = '']) => name);
    const set = [...runbook.matchAll(/(?:^|[\s;])(?:export )?(\w+)=|(?:\bfor|--arg) (\w+) /gmu)].map(
      ([, a, b]) => a ?? b,
    );
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !set.includes(name))).toEqual([]);
  });

  it('names the instance in every call that is about one', () => {
    const calls = runbook.match(/terminate-instance-in-auto-scaling-group[^`]*/gu) ?? [];
    expect(calls.length).toBeGreaterThan(2);
    for (const call of calls) expect(call).toContain('--instance-id ');
  });

  it.each([
    ['Paused', 'Pause and resume'],
    ['Stopped', 'Pause and resume'],
    ['Resumed', 'Pause and resume'],
    ['Action required: the pause flag cannot be read', 'Unreadable pause flag'],
  ])('leads from an email that says %s to "%s"', (verdict, heading) => {
    const start = runbook.slice(0, runbook.indexOf('\n## ')).replaceAll(/\s+/gu, ' ');
    const [, link] = new RegExp(`\\*\\*${verdict}\\*\\*.*?\\[([^\\]]+)\\]`, 'u').exec(start) ?? [];
    expect(link).toBe(heading);
    const notices = readFileSync(new URL('docs/notices.md', root), 'utf8');
    expect(notices).toContain(`| ${verdict} |`);
  });

  it('uses only commands and options that are there', () => {
    const commands = new Map<string, Command>(
      [incidentsCommand, pauseCommand, resumeCommand, policyCommand, taintCommand].map((command) => [
        command.name,
        command,
      ]),
    );
    const used = commandsOf(runbook);
    expect(used.length).toBeGreaterThan(10);
    for (const { name, rest } of used) {
      const help = commands.get(name)?.help ?? '';
      expect(help, name).not.toBe('');
      for (const [option] of rest.matchAll(/--[a-z-]+/gu)) expect(help).toContain(option);
    }
  });
});
