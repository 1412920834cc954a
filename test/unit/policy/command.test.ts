import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Io, UsageError } from '../../../cli/command.ts';
import { policyCommand } from '../../../cli/policy.ts';
import { RULES } from '../../../src/policy/policy.ts';
import { MINIMAL } from './documents.ts';

const out: string[] = [];
const err: string[] = [];
const io: Io = {
  out: (line) => out.push(line),
  err: (line) => err.push(line),
  env: {},
  now: () => new Date('2026-01-01T12:00:00Z'),
};
beforeEach(() => {
  out.length = 0;
  err.length = 0;
});

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'undrift-policy-')), 'policy.yml');
  writeFileSync(path, text);
  return path;
}

describe('undrift policy check', () => {
  it('sums up a valid policy', async () => {
    expect(await policyCommand.run(['check', 'test/fixtures/policies/every-key.yml'], io)).toBe(0);
    const first = out.indexOf('rules:') + 1;
    const rules = out.slice(first, first + RULES.length).map((line) => line.trim().split(/ {2,}/));
    expect(out.slice(0, 2)).toEqual([
      'test/fixtures/policies/every-key.yml is valid',
      'mode: none (observe), when: new',
    ]);
    expect(rules.map(([rule]) => rule)).toEqual([...RULES]);
    expect(Object.fromEntries(rules)).toMatchObject({
      internet: 'enforce (rules.internet.mode), and other modes in one place',
      egress: 'observe (rules.egress.mode)',
      'pipeline-only': 'observe (rules.pipeline-only.mode)',
      'user-data-changed': 'enforce (rules.user-data-changed.mode), and other modes in one place',
      'security-groups-changed': 'observe (rules.security-groups-changed is not listed)',
      'instance-profile-changed': 'observe (rules.instance-profile-changed is not listed)',
      'volume-attached': 'observe (no setting applies)',
      'volume-detached': 'off (rules.volume-detached.mode)',
      'session-started': 'off (modes[0]), grace 10 min',
      'ssh-key-pushed': 'off (modes[0]), grace 10 min',
      'command-run': 'enforce (rules.command-run.mode), and other modes in one place',
      'monitoring-changed': 'observe (no setting applies), grace 60 min',
      'baseline-changed': 'observe (no setting applies)',
      'own-role-misused': 'always notified, whatever the policy says',
    });
    expect(err).toEqual([expect.stringContaining('warning: modes[1] lowers the rule internet by actor')]);
  });

  it('prints the policy as JSON, and nothing beside it', async () => {
    expect(await policyCommand.run(['check', 'test/fixtures/policies/every-key.yml', '--json'], io)).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      mode: null,
      internet: { limit: { ipv4: '256', ipv6: '18446744073709551616' } },
      instanceRules: { 'too-old': { mode: 'observe' } },
      taint: { graceMinutes: 10, maxHours: 4 },
    });
    expect(err).toEqual([expect.stringContaining('warning: modes[1]')]);
  });

  it('tells faults in words, for machines too', async () => {
    const path = file(`${MINIMAL}mode: ask\n`);
    expect(await policyCommand.run(['check', '--json', path], io)).toBe(2);
    expect(out).toEqual([]);
    expect(err.at(-1)).toBe(`${path}: one fault`);
  });

  it('checks policy.yml when no file is named', async () => {
    expect(await policyCommand.run(['check'], io)).toBe(0);
    expect(out[0]).toBe('policy.yml is valid');
    expect(out).toContain('exemptions: none');
    expect(err).toEqual([]);
  });

  it('tells every fault, and ends with 2', async () => {
    const path = file(`${MINIMAL}mode: ask\nbugdet: {}\n`);
    expect(await policyCommand.run(['check', path], io)).toBe(2);
    expect(out).toEqual([]);
    expect(err).toEqual([
      `${path}:6:1 mode: found "ask", which comes later; for now write off, observe or enforce`,
      `${path}:7:1 bugdet: unknown key; did you mean budget?`,
      `${path}: 2 faults`,
    ]);
  });

  it('reads the files that the policy names, and tells their faults', async () => {
    const path = file(`${MINIMAL}    allowedLists: [cdn]\nrangeLists: [{ name: cdn, file: cdn.txt }]\n`);
    const list = join(dirname(path), 'cdn.txt');
    expect(await policyCommand.run(['check', path], io)).toBe(2);
    expect(err[0]).toBe(
      `${path}:7:27 rangeLists[0].file: ${list} can't be read (ENOENT); the path begins where the policy is`,
    );
    writeFileSync(list, '9.9.9.0/24\n9.9.9.9\n');
    expect(await policyCommand.run(['check', path], io)).toBe(2);
    expect(err[2]).toContain(`${list}:2:1 rangeLists[0].file: found "9.9.9.9", which is no CIDR`);
    writeFileSync(list, '9.9.9.0/24\n');
    expect(await policyCommand.run(['check', path], io)).toBe(0);
  });

  it('says that an exemption is over by now', async () => {
    const exemption =
      '{ id: a, reason: it was needed then, owner: me, select: { vpc: [vpc-0123456789abcdef0] }, expires: 2025-12-31 }';
    expect(await policyCommand.run(['check', file(`${MINIMAL}exemptions: [${exemption}]\n`)], io)).toBe(2);
    expect(err[0]).toContain('which has passed');
  });

  it('says that there is no such file', async () => {
    await expect(policyCommand.run(['check', 'no/such.yml'], io)).rejects.toThrow(
      new UsageError('no/such.yml: there is no such file'),
    );
    await expect(policyCommand.run(['check', 'test'], io)).rejects.toThrow("test can't be read (EISDIR)");
  });
});

describe('undrift policy', () => {
  it('prints the JSON Schema as it is kept', async () => {
    expect(await policyCommand.run(['schema'], io)).toBe(0);
    expect(`${out.join('\n')}\n`).toBe(readFileSync('policy.schema.json', 'utf8'));
  });

  it.each([[['--help']], [['check', '--help']], [['-h']]])('explains itself: %j', async (args) => {
    expect(await policyCommand.run(args, io)).toBe(0);
    expect(out.join('\n')).toContain('undrift policy check [FILE]');
  });

  it.each([
    [[], 'say check or schema'],
    [['chek'], 'found chek, not check or schema'],
    [['check', 'a', 'b'], 'unexpected argument b'],
    [['check', '--strict'], 'policy check: unknown option --strict; see undrift policy --help'],
    [['check', '--policy', 'other.yml'], 'undrift policy check FILE'],
    [['schema', 'a'], 'unexpected argument a'],
    [['schema', '--json'], 'policy schema: unknown option --json; see undrift policy --help'],
  ])('%j is a mistake of the user', async (args, phrase) => {
    await expect(policyCommand.run(args, io)).rejects.toThrow(UsageError);
    await expect(policyCommand.run(args, io)).rejects.toThrow(phrase);
  });
});
