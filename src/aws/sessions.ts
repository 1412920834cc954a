/**
 * Session Manager's sessions on an instance, over Systems Manager. Ended ones are kept for 30 days.
 *
 * IAM: ssm:DescribeSessions.
 */
import {
  DescribeSessionsCommand,
  type SessionFilter,
  type SessionState,
  type SSMClient,
  type Session as Told,
} from '@aws-sdk/client-ssm';
import type { FoundSession } from '../domain/taint.ts';
import type { SessionLog } from '../roles.ts';
import { AwsRefused, ask } from './errors.ts';
import { allPages } from './paging.ts';

export function ssmSessions(ssm: SSMClient): SessionLog {
  return {
    sessionsOn: async (instanceId, since) => {
      const filters: SessionFilter[] = [
        { key: 'Target', value: instanceId },
        // Systems Manager takes whole seconds only: `2018-08-29T00:00:00Z`.
        { key: 'InvokedAfter', value: since.replace(/\.\d+Z$/, 'Z') },
      ];
      // One after the other: a session that ends in between is then told by the second.
      const active = await describe(ssm, 'Active', filters);
      const ended = await describe(ssm, 'History', filters);
      const over = new Set(ended.map(({ id }) => id));
      return [...active.filter(({ id }) => !over.has(id)), ...ended].map(({ id, endedAt }) => ({ id, endedAt }));
    },
    find: async (sessionId) => {
      const filters: SessionFilter[] = [{ key: 'SessionId', value: sessionId }];
      const [active] = await describe(ssm, 'Active', filters);
      const [ended] = await describe(ssm, 'History', filters);
      return ended ?? active ?? null;
    },
  };
}

/** "Maximum value of 200" (SSM API Reference, DescribeSessions, MaxResults). */
const PAGE = 200;
/** Whoever may begin sessions can begin any number: to read them all would take the time of the function. */
const MOST_SESSIONS = 2_000;

/** @throws Retryable, AwsRefused, also when there are more than are read: one of the others may be open */
async function describe(
  ssm: SSMClient,
  state: SessionState,
  filters: SessionFilter[],
): Promise<readonly FoundSession[]> {
  const sessions = await allPages(async (token) => {
    const command = new DescribeSessionsCommand({ State: state, Filters: filters, NextToken: token, MaxResults: PAGE });
    const answer = await ask('ssm', 'DescribeSessions', () => ssm.send(command));
    return { items: answer.Sessions, next: answer.NextToken };
  }, MOST_SESSIONS);
  if (sessions.length >= MOST_SESSIONS) {
    throw new AwsRefused('ssm', 'DescribeSessions', 'TooMany', `there are ${MOST_SESSIONS} sessions or more`);
  }
  return sessions.flatMap((told) => toSession(told, state));
}

/** A session that never came about may have no end: then its start is one. */
function toSession({ SessionId, Target, EndDate, StartDate }: Told, state: SessionState): readonly FoundSession[] {
  if (SessionId === undefined) return [];
  const endedAt = state === 'Active' ? null : (EndDate ?? StartDate ?? new Date(0)).toISOString();
  return [{ id: SessionId, endedAt, target: Target ?? '' }];
}
