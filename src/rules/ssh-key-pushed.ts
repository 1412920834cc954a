import type { InstanceRule } from './instance-rules.ts';

/** An SSH key pushed by EC2 Instance Connect opens the door for a minute. The channel counts. */
export const sshKeyPushed: InstanceRule = {
  id: 'ssh-key-pushed',
  group: 'entered',
  severity: 'medium',
  confidence: 'high',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'ssh-key-pushed'
      ? { summary: `an SSH key was pushed to it for ${fact.osUser ?? 'a user'}`, drift: fact.osUser ?? '' }
      : null,
};
