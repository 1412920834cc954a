/** The laws that every simulation holds records to: a true record breaks none, and each lie breaks one. */
import { describe, expect, it } from 'vitest';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { untruthsOf } from '../../simulation/truth.ts';
import { alreadyGone, closed, failed, observed, replaced, stuck, unverified, versioned } from './incident.ts';
import { addedByHand, detached, egressClosed, modifiedByHand, narrowed, removedByHand } from './network-incidents.ts';

const NOW = '2026-05-01T12:00:05.000Z';

function laws(incident: Incident, kind: NoticeKind, before: Incident | null = null, first = incident.finding.evidence) {
  const notice = incidentNotice(incident, kind, { now: NOW, stage: 'dev' });
  const owed = { ...{ id: 'x', incidentKey: incident.key, revision: 1, kind, notice }, mail: true, tryAt: NOW };
  return untruthsOf({ incident, before, first, owed, now: NOW }).map((text) => text.split(':')[0]);
}

describe('the laws of a record', () => {
  it.each<[string, Incident, NoticeKind]>([
    ['closed', closed, 'fixed'],
    ['observed', observed, 'held'],
    ['replaced', { ...replaced, closedAt: NOW, updatedAt: NOW }, 'fixed'],
    ['versioned', { ...versioned, closedAt: NOW, updatedAt: NOW }, 'fixed'],
    ['stuck', { ...stuck, updatedAt: NOW }, 'escalated'],
    ['failed', failed, 'failed'],
    ['unverified', unverified(), 'failed'],
    ['detached', detached, 'fixed'],
    ['narrowed', narrowed, 'fixed'],
    ['egress', egressClosed, 'fixed'],
    ['added by hand', addedByHand, 'fixed'],
    ['removed by hand', removedByHand, 'held'],
    ['modified by hand', modifiedByHand, 'held'],
    ['gone', alreadyGone('another'), 'fixed'],
    ['vanished', alreadyGone('vanished'), 'fixed'],
    ['not counted', alreadyGone('policy'), 'fixed'],
    ['cleared', alreadyGone('operator'), 'fixed'],
  ])('are kept by a record that is true: %s', (_what, incident, kind) => {
    expect(laws(incident, kind)).toEqual([]);
  });

  it.each<[string, Incident, string, Incident | null, (readonly string[])?]>([
    [
      'closed by undrift without an act',
      { ...alreadyGone('another'), closedBy: 'undrift' },
      'closed by undrift means that undrift sent a call, replaced an instance of the batch, or names the incident that did it',
      null,
    ],
    [
      'done, and closed by somebody else',
      { ...closed, closedBy: 'another' },
      'seconds are told only of what undrift did and verified',
      null,
    ],
    [
      'verified before it was found',
      { ...closed, openedAt: '2026-05-01T12:00:09.000Z', foundAt: '2026-05-01T12:00:09.000Z' },
      'times are in their order',
      null,
    ],
    ['without what was found first', closed, 'what was found first stays on the page', null, ['two rules were open']],
    [
      'without the attempt of before',
      { ...closed, attempts: [] },
      'an attempt that was sent is never forgotten while a refused one is kept, nor is its answer',
      closed,
    ],
    [
      'a further occurrence without the one before',
      { ...closed, rounds: 2, change: { ...closed.change, eventId: 'another' } },
      'whoever caused an occurrence stays on record when a further one comes',
      closed,
    ],
    [
      'without what a person said before',
      closed,
      'a person’s word is never forgotten',
      { ...closed, taint: [{ until: null, by: 'alice', reason: 'a drill', at: NOW }] },
    ],
  ])('are broken by one that is not: %s', (_what, incident, law, before, first) => {
    expect(laws(incident, 'fixed', before, first)).toContain(law);
  });
});
