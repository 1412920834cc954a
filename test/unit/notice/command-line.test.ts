import { describe, expect, it } from 'vitest';
import { GUARDS } from '../../../src/domain/decision.ts';
import { commandLine } from '../../../src/notice/command-line.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { observed } from './incident.ts';

const NOW = '2026-05-01T12:00:05.000Z';

describe('a command in a mail', () => {
  it('names its Region, and says that the stage is to be added', () => {
    expect(commandLine('incidents', 'eu-west-1', undefined)).toEqual([
      { verbatim: 'AWS_REGION=eu-west-1 undrift incidents' },
      'Add your stage: --stage NAME (left out, it is dev).',
    ]);
  });

  it('names the stage too, where it is known', () => {
    const command = 'AWS_REGION=eu-west-1 undrift incidents --stage prod';
    expect(commandLine('incidents', 'eu-west-1', 'prod')).toEqual([{ verbatim: command }]);
  });

  it('lets nothing out of an odd Region that a shell acts upon', () => {
    const [line] = commandLine('resume', 'a; rm -rf ~', undefined);
    expect(line).toEqual({ verbatim: "AWS_REGION='a; rm -rf ~' undrift resume" });
  });
});

describe('the mail of a hold', () => {
  it.each(GUARDS)('names the heading of the runbook for %s', (guard) => {
    const held = { ...observed, guard, decision: { ...observed.decision, guard } };
    const { text } = incidentNotice(held, 'held', { now: NOW });
    expect(text).toContain(`docs/runbook.md#${guard} says what this reason means`);
  });

  it.each([
    [1, '  undrift changed nothing, so there is nothing to undo.'],
    [3, '  In this round undrift changed nothing, so there is nothing to undo.'],
  ])('in round %i says what was not changed', (rounds, line) => {
    const { text } = incidentNotice({ ...observed, rounds }, 'held', { now: NOW });
    expect(text).toContain(`\n${line}\n`);
  });
});
