import type { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { ssmSessions } from '../../../src/aws/sessions.ts';
import { Refused, Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const SINCE = '2026-03-01T00:00:00.000Z';

type Answer = (state: string, token: unknown) => unknown;

function logWith(answer: Answer) {
  const { client, asked } = stub({ DescribeSessions: ({ State, NextToken }) => answer(String(State), NextToken) });
  return { log: ssmSessions(client as unknown as SSMClient), asked };
}

const session = (id: string, end?: string) => ({
  SessionId: id,
  Target: 'i-1',
  StartDate: new Date('2026-03-01T12:00:00.000Z'),
  ...(end !== undefined && { EndDate: new Date(end) }),
});

describe('the sessions on an instance', () => {
  it('are the open ones and the ended ones, asked in this order, by target and start', async () => {
    const { log, asked } = logWith((state) =>
      state === 'Active'
        ? { Sessions: [session('kim-1')] }
        : { Sessions: [session('kim-2', '2026-03-01T12:30:00.500Z'), session('kim-3')] },
    );
    expect(await log.sessionsOn('i-1', SINCE)).toEqual([
      { id: 'kim-1', endedAt: null },
      { id: 'kim-2', endedAt: '2026-03-01T12:30:00.500Z' },
      { id: 'kim-3', endedAt: '2026-03-01T12:00:00.000Z' },
    ]);
    const Filters = [
      { key: 'Target', value: 'i-1' },
      { key: 'InvokedAfter', value: '2026-03-01T00:00:00Z' },
    ];
    expect(asked.map(({ input }) => input)).toEqual([
      { State: 'Active', Filters, MaxResults: 200, NextToken: undefined },
      { State: 'History', Filters, MaxResults: 200, NextToken: undefined },
    ]);
  });

  it('are read to the last page', async () => {
    const { log } = logWith((state, token) => {
      if (state === 'History') return {};
      return token === undefined
        ? { Sessions: [session('kim-1')], NextToken: 'more' }
        : { Sessions: [session('kim-2')] };
    });
    expect((await log.sessionsOn('i-1', SINCE)).map(({ id }) => id)).toEqual(['kim-1', 'kim-2']);
  });

  it('one that ended between the two answers has ended', async () => {
    const { log } = logWith((state) => ({
      Sessions: [session('kim-1', state === 'History' ? '2026-03-01T12:30:00.000Z' : undefined)],
    }));
    expect(await log.sessionsOn('i-1', SINCE)).toEqual([{ id: 'kim-1', endedAt: '2026-03-01T12:30:00.000Z' }]);
  });

  it('one is found by its id, with what it is on', async () => {
    const { log, asked } = logWith((state) => ({
      Sessions: state === 'History' ? [session('kim-1', '2026-03-01T12:30:00.000Z')] : [],
    }));
    expect(await log.find('kim-1')).toEqual({ id: 'kim-1', target: 'i-1', endedAt: '2026-03-01T12:30:00.000Z' });
    const Filters = [{ key: 'SessionId', value: 'kim-1' }];
    expect(asked.map(({ input }) => input)).toEqual([
      { State: 'Active', Filters, MaxResults: 200, NextToken: undefined },
      { State: 'History', Filters, MaxResults: 200, NextToken: undefined },
    ]);
  });

  it('one that is open is found as open, and one that is not shown is not found', async () => {
    const { log } = logWith((state) => (state === 'Active' ? { Sessions: [session('kim-1')] } : {}));
    expect(await log.find('kim-1')).toEqual({ id: 'kim-1', target: 'i-1', endedAt: null });
    expect(await logWith(() => ({})).log.find('kim-1')).toBeNull();
  });

  it.each([
    ['AccessDeniedException', Refused],
    ['ThrottlingException', Retryable],
  ])('%s is told as what it is', async (code, kind) => {
    const { log } = logWith(() => awsError(code));
    await expect(log.sessionsOn('i-1', SINCE)).rejects.toThrow(kind);
  });

  it('more than two thousand on an instance are not read: they count as unread, not as none', async () => {
    const { log, asked } = logWith((state, token) => {
      if (state === 'Active') return {};
      const from = Number(token ?? 0);
      const Sessions = Array.from({ length: 200 }, (_, n) => session(`kim-${from + n}`, '2026-03-01T12:30:00.000Z'));
      return { Sessions, NextToken: String(from + 200) };
    });
    await expect(log.sessionsOn('i-1', SINCE)).rejects.toThrow(Refused);
    expect(asked).toHaveLength(11);
  });
});
