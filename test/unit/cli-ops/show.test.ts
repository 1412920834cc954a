import { describe, expect, it } from 'vitest';
import { incidentPage, incidentView } from '../../../cli/incidents/show.ts';
import { closed, replaced, versioned } from '../notice/incident.ts';

const NOW = '2026-05-01T12:10:00.000Z';

describe('undrift incidents show', () => {
  it('says which version ran, beside who left it and when, and what its successor runs', () => {
    const page = incidentPage(versioned, [], NOW);
    const [, who = '', ran = ''] = /Who did it, and when\n([\s\S]*?)\n\nWhat ran\n([\s\S]*?)\n\n/.exec(page) ?? [];
    expect(who).toContain('ModifyInstanceAttribute at 2026-05-01 12:00:00 UTC');
    expect(ran.split('\n').map((line) => line.trim())).toEqual([
      'i-0abc0abc0abc0abc0, launched 2026-04-30 08:00:00 UTC',
      'image ami-0aaa (web-2026-04-30)',
      'launch template lt-0123 (web) version 4',
      'build 1481 (tag Build of the image)',
      'commit 5f0c9e1 (tag git-sha of the template)',
      'successor i-0def',
      'image ami-0bbb (its name is not known)',
      'launch template: none, or not known',
      'build: no tag of the image or the template says',
      'commit: no tag of the image or the template says',
      'not read: the image ami-0bbb is not there (any more)',
    ]);
  });

  it('has no such part where nothing was recorded', () => {
    expect(incidentPage(replaced, [], NOW)).not.toContain('What ran');
  });

  it('gives machines the same as the ledger has it', () => {
    expect(incidentView(versioned).ran).toEqual(versioned.ran);
  });

  it('names the principal that opened ports again and again, and each time that it did', () => {
    const openings = [0, 1, 2, 3, 4].map((n) => ({
      ...{ at: `2026-05-01T12:0${n}:00Z`, change: `change-${n}`, resource: closed.resource.id },
    }));
    const principal = 'arn:aws:iam::123456789012:role/ci';
    const page = incidentPage({ ...closed, loop: { principal, openings } }, [], NOW);
    const [, loop = ''] = /Opened again and again\n([\s\S]*?)\n\n/.exec(page) ?? [];
    expect(loop).toContain('role/ci opened ports 5 times within 10 minutes.');
    expect(loop).toContain(`2026-05-01 12:04:00 UTC on ${closed.resource.id}`);
    expect(incidentPage(closed, [], NOW)).not.toContain('again and again');
  });

  it.each([
    ['actor', 'the principal that made the change took it back'],
    ['another', 'it no longer holds, and undrift did not change it'],
  ] as const)('says who closed an exposure, when and by which call (%s)', (closedBy, words) => {
    const actor = { ...closed.change.actor, arn: 'arn:aws:iam::123456789012:user/lee' };
    const closing = { at: '2026-05-01T12:00:12Z', name: 'RevokeSecurityGroupIngress', eventId: 'event-2', actor };
    const page = incidentPage({ ...closed, closedBy, closing }, [], NOW).replaceAll(/\s+/g, ' ');
    expect(page).toContain(`closed by ${closedBy}: ${words}`);
    expect(page).toContain('Closed by arn:aws:iam::123456789012:user/lee');
    expect(page).toContain('RevokeSecurityGroupIngress at 2026-05-01 12:00:12 UTC, event event-2');
  });
});
