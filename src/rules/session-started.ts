import type { InstanceRule } from './instance-rules.ts';

/** Somebody entered through Session Manager. It leaves no trace on the instance that could be read: the channel counts. */
export const sessionStarted: InstanceRule = {
  id: 'session-started',
  group: 'entered',
  severity: 'medium',
  confidence: 'high',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'session-started' ? { summary: 'a Session Manager session was opened on it', drift: '' } : null,
};
