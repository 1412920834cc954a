import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GUARDS } from '../../../src/domain/decision.ts';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { alreadyGone, closed, failed, instance, stuck, unverified } from './incident.ts';

const NOW = '2026-05-01T12:00:05.000Z';

function tell(incident: Incident, kind: NoticeKind) {
  return incidentNotice(incident, kind, { now: NOW });
}

describe('subjects', () => {
  const long = 'SSH (tcp/22) and a great many other ports of the widest range that anybody has ever seen open to all';
  it.each<readonly [string, Incident, NoticeKind, string]>([
    ['many rounds', { ...closed, rounds: 10 }, 'fixed', '… on sg-0abc0abc0abc0abc0 (web), round 10, 4 s'],
    ['no name', { ...closed, about: { ...closed.about, name: null } }, 'fixed', '… on sg-0abc0abc0abc0abc0, 4 s'],
    [
      'the summary names the resource already',
      { ...closed, finding: { ...closed.finding, summary: 'sg-0abc0abc0abc0abc0 (web) is open to the internet.' } },
      'fixed',
      '[undrift] Closed: sg-0abc0abc0abc0abc0 (web) is open to the internet, 4 s',
    ],
    [
      'too long: the name goes, then the summary is cut, the place and the seconds stay',
      { ...closed, finding: { ...closed.finding, summary: long } },
      'fixed',
      '[undrift] Closed: SSH (tcp/22) and a great many other ports of the... on sg-0abc0abc0abc0abc0, 4 s',
    ],
    [
      'names in other scripts, and a forged header',
      { ...closed, about: { ...closed.about, name: 'Büro\r\nBcc: eve \u202e中' } },
      'fixed',
      '… on sg-0abc0abc0abc0abc0 (Buro Bcc: eve ?), 4 s',
    ],
    ['somebody was faster', alreadyGone('actor'), 'fixed', '[undrift] Already closed: SSH (tcp/22) open to the …'],
    [
      'instance gone',
      { ...alreadyGone('vanished'), ...instance() },
      'fixed',
      '[undrift] Already gone: User data was …',
    ],
    ['failed', failed, 'failed', '[undrift] Failed: SSH (tcp/22) open to the …'],
    ['not seen closed', unverified(), 'failed', '[undrift] Not verified: SSH (tcp/22) open to the …'],
    ['never says closed unless it was seen', unverified(), 'fixed', '[undrift] Not verified: SSH (tcp/22) open to …'],
    ['escalated', stuck, 'escalated', '[undrift] Needs you: User data was changed by …'],
  ])('%s', (_, incident, kind, expected) => {
    const { subject } = tell(incident, kind);
    const [start, end] = expected.split('…');
    expect(subject.startsWith(start ?? '')).toBe(true);
    expect(subject.endsWith(end ?? expected)).toBe(true);
    expect(subject.length).toBeLessThanOrEqual(99);
  });

  it('are printable ASCII of at most 99 characters, whatever the names', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(
        hostile,
        hostile,
        hostile,
        fc.nat(),
        fc.constantFrom(...GUARDS),
        (summary, name, id, rounds, guard) => {
          const finding = { ...closed.finding, summary };
          const hostileIncident = { ...closed, finding, about: { ...closed.about, name }, rounds };
          const resource = { type: 'security-group', id } as const;
          for (const incident of [hostileIncident, { ...hostileIncident, resource, guard }]) {
            for (const kind of ['held', 'fixed', 'escalated', 'failed'] as const) {
              expect(tell(incident, kind).subject).toMatch(/^\[undrift\] [\x20-\x7e]{1,89}$/u);
            }
          }
        },
      ),
    );
  });
});
