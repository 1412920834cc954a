/**
 * Session Manager's sessions on an instance, over Systems Manager. Ended ones are kept for 30 days.
 *
 * IAM: ssm:DescribeSessions.
 */
import { DescribeSessionsCommand, type SessionState, type SSMClient, type Session as Told } from '@aws-sdk/client-ssm';
import type { Session } from '../domain/taint.ts';
import type { SessionLog } from '../roles.ts';
import { ask } from './errors.ts';
import { allPages } from './paging.ts';

export function ssmSessions(ssm: SSMClient): SessionLog {
  return {
    sessionsOn: async (instanceId, since) => {
      // One after the other: a session that ends in between is then told by the second.
      const active = await describe(ssm, 'Active', instanceId, since);
      const ended = await describe(ssm, 'History', instanceId, since);
      const over = new Set(ended.map(({ id }) => id));
      return [...active.filter(({ id }) => !over.has(id)), ...ended];
    },
  };
}

/** @throws Retryable, AwsRefused */
async function describe(
  ssm: SSMClient,
  state: SessionState,
  instanceId: string,
  since: string,
): Promise<readonly Session[]> {
  const filters = [
    { key: 'Target' as const, value: instanceId },
    // Systems Manager takes whole seconds only: `2018-08-29T00:00:00Z`.
    { key: 'InvokedAfter' as const, value: since.replace(/\.\d+Z$/, 'Z') },
  ];
  const sessions = await allPages(async (token) => {
    const command = new DescribeSessionsCommand({ State: state, Filters: filters, NextToken: token, MaxResults: 50 });
    const answer = await ask('ssm', 'DescribeSessions', () => ssm.send(command));
    return { items: answer.Sessions, next: answer.NextToken };
  });
  return sessions.flatMap((told) => toSession(told, state));
}

/** A session that never came about may have no end: then its start is one. */
function toSession({ SessionId, EndDate, StartDate }: Told, state: SessionState): readonly Session[] {
  if (SessionId === undefined) return [];
  if (state === 'Active') return [{ id: SessionId, endedAt: null }];
  return [{ id: SessionId, endedAt: (EndDate ?? StartDate ?? new Date(0)).toISOString() }];
}
