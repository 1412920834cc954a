import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { Refused, Retryable } from '../../../src/roles.ts';
import { endedFor } from '../../../src/works/session-news.ts';
import { perfectIncident } from '../../contract/incident.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeLedger } from '../../fakes/ledger.ts';
import { FakeSessions } from '../../fakes/sessions.ts';
import { ALTERED } from '../decide/perfect.ts';

const AT = '2026-03-01T12:00:00.000Z';
const ON_IT = { type: 'instance', id: 'i-1' } as const;
const TAINTED: Partial<Incident> = { status: 'held', guard: 'tainted', resource: ON_IT };

/** A session of ada on i-1 that has ended, and the end told ten seconds later. */
async function scene(incidents: readonly Partial<Incident>[] = [TAINTED], target = 'i-1') {
  const clock = new FakeClock(AT);
  const [ledger, sessions] = [new FakeLedger(clock), new FakeSessions(clock)];
  sessions.begin('ada-1', target);
  ledger.seed(...incidents.map((parts, at) => ({ ...perfectIncident(), ...parts, key: `key-${at}` })));
  const change: Change = { ...ALTERED, at: AT, fact: { kind: 'session-ended', sessionId: 'ada-1' } };
  const asked = (other: Partial<Change> = {}) => endedFor({ ...change, ...other }, { sessions, ledger, clock });
  return { clock, sessions, asked };
}

describe('the end of a session', () => {
  it('is news for the incidents of its instance that are held as tainted, and for no others', async () => {
    const { sessions, asked } = await scene([
      TAINTED,
      { ...TAINTED, guard: 'observe' },
      { ...TAINTED, status: 'waiting', guard: null },
      { ...TAINTED, status: 'closed', guard: null },
      { ...TAINTED, resource: { type: 'instance', id: 'i-2' } },
      TAINTED,
    ]);
    sessions.end('ada-1');
    expect([...(await asked())].sort()).toEqual(['key-0', 'key-5']);
  });

  it('that Systems Manager does not show yet comes back within seconds, for a minute', async () => {
    const { clock, asked } = await scene();
    await expect(asked()).rejects.toMatchObject({ name: 'ComeBack', seconds: 5 });
    clock.advance(61);
    expect(await asked()).toEqual(['key-0']);
  });

  it('of one that nobody knows is nothing after that minute', async () => {
    const { clock, asked } = await scene();
    const unknown = { fact: { kind: 'session-ended', sessionId: 'eve-1' } } as const;
    await expect(asked(unknown)).rejects.toMatchObject({ name: 'ComeBack', seconds: 20 });
    clock.advance(61);
    expect(await asked(unknown)).toEqual([]);
  });

  it.each(['mi-1', 'ecs:web_task_runtime'])('on %s is nothing', async (target) => {
    const { sessions, asked } = await scene([{ ...TAINTED, resource: { type: 'instance', id: target } }], target);
    expect(await asked()).toEqual([]);
    sessions.end('ada-1');
    expect(await asked()).toEqual([]);
  });

  it('is left to the recheck where AWS refuses to tell, and asked again where it cannot now', async () => {
    const { sessions, asked } = await scene();
    sessions.find = async () => {
      throw new Refused('not authorized');
    };
    expect(await asked()).toEqual([]);
    sessions.find = async () => {
      throw new Retryable('throttled');
    };
    await expect(asked()).rejects.toThrow(Retryable);
  });

  it('is the only change that is news', async () => {
    const { sessions, asked } = await scene();
    expect(await asked({ fact: { kind: 'session-started', sessionId: 'ada-1' } })).toEqual([]);
    expect(sessions.callsOf('find')).toEqual([]);
  });
});
