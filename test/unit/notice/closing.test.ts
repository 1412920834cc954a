import { describe, expect, it } from 'vitest';
import { incidentPage } from '../../../cli/incidents/show.ts';
import { boundedIncident } from '../../../src/aws/incident-bounds.ts';
import { keptAttempts } from '../../../src/domain/attempts.ts';
import type { Attempt } from '../../../src/domain/incident.ts';
import { closingWords } from '../../../src/notice/closing.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { alreadyGone, closed, failed } from './incident.ts';

const NOW = '2026-05-01T12:00:05.000Z';

describe('the end of an incident', () => {
  it('that a version before recorded as vanished is not said to be that of the resource', () => {
    const before = { ...alreadyGone('vanished'), outcome: null };
    expect(closingWords(before)).toBe('it no longer holds; the version of undrift that closed it did not record why');
    expect(incidentPage(before, [], NOW)).not.toContain('the resource is gone');
  });

  it('of a batch of a version before is not said to be undrift’s doing', () => {
    const resource = { type: 'targets', id: 'tag:Env=prod' } as const;
    expect(closingWords({ ...closed, resource })).toBe('no instance of it was left to replace');
  });
});

describe('attempts', () => {
  const refused = (n: number): Attempt => ({
    ...{ at: `2026-05-01T12:00:${10 + n}.000Z`, round: 'r' },
    requestId: null,
    error: 'no',
  });

  it('that were sent stay on record, however often AWS refuses further ones', () => {
    const sent = { ...refused(0), requestId: 'request-1', error: null };
    let kept: readonly Attempt[] = [sent];
    for (let n = 1; n <= 40; n += 1) kept = keptAttempts([...kept, refused(n)]);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([20, sent, refused(40)]);
    const attempts = kept.map((one) => ({ ...one, error: one.error && 'x'.repeat(500) }));
    const stored = boundedIncident({ ...failed, attempts }).attempts;
    expect(stored.length).toBeLessThan(12);
    expect([stored[0], stored.at(-1)?.at]).toEqual([sent, refused(40).at]);
  });

  it('that the record no longer lists are not left out of their number', () => {
    const { round } = failed;
    const attempts = Array.from({ length: 7 }, (_, n) => ({ ...refused(n), round }));
    const { text } = incidentNotice({ ...failed, attempts, failures: 50 }, 'escalated', { now: NOW, stage: 'dev' });
    expect(text).toContain('Tried at least 7 times');
  });
});
