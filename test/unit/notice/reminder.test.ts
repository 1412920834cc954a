import { describe, expect, it } from 'vitest';
import type { DeadLetterQueue } from '../../../src/domain/reminder.ts';
import { reminderNotices } from '../../../src/notice/reminder.ts';

const place = { account: '123456789012', region: 'eu-central-1', now: '2026-03-02T12:00:00.000Z', stage: 'prod' };
const textFor = (queue: DeadLetterQueue) =>
  reminderNotices([{ kind: 'dead-letters', queue, count: 1 }], [], place)
    .map(({ text }) => text.replaceAll(/\s+/gu, ' '))
    .join();

describe('a reminder of dead letters', () => {
  it('names the heading of the runbook about changes for the queue of a remediator', () => {
    expect(textFor('networks')).toContain(
      'in the dead-letter queue of networks: see "Dead letters" in docs/runbook.md',
    );
  });

  it('names the heading about the scheduler for its own queue, where no change is lost', () => {
    expect(textFor('scheduler')).toContain('see "Dead letters of the scheduler" in docs/runbook.md');
  });
});
