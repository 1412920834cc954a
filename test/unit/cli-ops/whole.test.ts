import { describe, expect, it } from 'vitest';
import { incidentsWith } from '../../../cli/incidents.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { incidentIdOf } from '../../../src/domain/key.ts';
import { wholeKey } from '../../../src/domain/part.ts';
import { replaced } from '../notice/incident.ts';
import { ledgerWith, run } from './world.ts';

const expression = {
  type: 'targets',
  id: 'tag:Env=prod',
  lookUp: { by: 'command', commandId: 'c-1' },
} as const;
const change: Change = {
  ...replaced.change,
  name: 'SendCommand',
  fact: { kind: 'signal', signal: 'command-run', detail: 'AWS-RunShellScript', drift: 'AWS-RunShellScript' },
  resources: [expression],
};
const KEY = wholeKey(expression, change) ?? '';
const whole: Incident = {
  ...replaced,
  key: KEY,
  id: incidentIdOf(KEY),
  resource: { type: 'targets', id: expression.id },
  change,
  status: 'held',
  guard: 'tainted',
  dueAt: '2026-05-01T12:15:00.000Z',
  closedAt: null,
  closedBy: null,
  updatedAt: '2026-05-01T12:00:00.000Z',
};
const part = (machine: string, rest: Partial<Incident> = {}): Incident => ({
  ...whole,
  key: `instance/${machine}/command-run`,
  id: `ba${machine.slice(2)}`,
  resource: { type: 'instance', id: machine },
  guard: 'budget',
  ...rest,
});
const over: Partial<Incident> = { status: 'closed', guard: null, dueAt: null, closedBy: 'undrift' };
const stranger: Incident = { ...part('i-9'), change: { ...change, eventId: 'another' } };

async function incidents(known: readonly Incident[], ...args: readonly string[]) {
  const { code, out } = await run(
    incidentsWith(() => ledgerWith(...known)),
    ...args,
  );
  expect(code).toBe(0);
  return out;
}

describe('a call that named many machines', () => {
  it('is shown with the incidents of its machines, and with no others', async () => {
    const page = await incidents([whole, part('i-1'), part('i-2', over), stranger], 'show', whole.id);
    expect(page).toContain('Incidents of its machines');
    expect(page).toContain('incident ba1: i-1, held (budget)');
    expect(page).toContain('incident ba2: i-2, closed');
    expect(page).not.toContain('i-9');
    expect(page).not.toContain('Part of');
  });

  it.each([
    ['tainted', 'act: each tainted machine is replaced by an incident of its own, within the budgets'],
    ['observe', 'act: no machine is replaced for it'],
  ] as const)('has no act of its own: %s', async (guard, words) => {
    const decision = { ...whole.decision, kind: 'hold', guard, remediation: null } as const;
    for (const one of [
      { ...whole, decision, guard },
      { ...whole, decision, ...over },
    ]) {
      expect((await incidents([one], 'show', whole.id)).replace(/\s+/g, ' ')).toContain(words);
    }
  });

  it('that has thousands is shown with some of them', async () => {
    const machines = Array.from({ length: 53 }, (_each, index) => part(`i-${100 + index}`));
    const page = await incidents([whole, ...machines], 'show', whole.id);
    expect(page.match(/incident ba1/g)).toHaveLength(50);
    expect(page).toContain('and 3 more');
  });

  it('whose machines are on record is mentioned for these alone', async () => {
    const ledger = await ledgerWith(whole);
    await ledger.recordReading(KEY, { kind: 'targets', ids: ['i-1'], cleared: [] }, '2026-05-01T12:00:00.000Z');
    const of = async (id: string) =>
      (
        await run(
          incidentsWith(async () => ledger),
          '--resource',
          id,
        )
      ).out;
    expect(await of('i-1')).toContain(
      `Besides, incident ${whole.id}, about all machines named by tag:Env=prod, means i-1, too.`,
    );
    expect(await of('i-2')).toBe('No incidents.');
  });

  it('is named by each of them', async () => {
    const page = await incidents([whole, part('i-1')], 'show', 'ba1');
    expect(page).toContain('Part of');
    expect(page).toContain(`incident ${whole.id}: all machines named by tag:Env=prod`);
    const [json] = JSON.parse(await incidents([whole, part('i-1')], '--resource', 'i-1', '--json'));
    expect(json.partOf).toBe(whole.id);
  });

  it.each([[[]], [['--held']]])('is mentioned beside what a machine has of its own %j', async (held) => {
    const about = `Whether incident ${whole.id}, about all machines named by tag:Env=prod, means i-1, too, is not on record here.`;
    expect(await incidents([whole, part('i-2')], ...held, '--resource', 'i-1')).toContain(about);
    expect(await incidents([whole, part('i-1')], ...held, '--resource', 'i-1')).not.toContain('Whether');
    expect(await incidents([{ ...whole, ...over }], ...held, '--resource', 'i-1')).not.toContain('Whether');
    expect(await incidents([whole], ...held, '--resource', 'sg-1')).not.toContain('Whether');
    expect(await incidents([whole], ...held)).not.toContain('Whether');
  });
});
