import { describe, expect, it } from 'vitest';
import { incidentPage, incidentView } from '../../../cli/incidents/show.ts';
import { replaced, versioned } from '../notice/incident.ts';

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
});
