import type { InstanceRule } from './instance-rules.ts';

/** Somebody entered through Session Manager. It leaves no trace on the instance that could be read: the channel counts. */
export const sessionStarted: InstanceRule = {
  id: 'session-started',
  severity: 'medium',
  byFact: (fact) =>
    fact.kind === 'session-started' ? { summary: 'a Session Manager session was opened on it', drift: '' } : null,
};
