import type { Email } from '../../src/roles.ts';

/** An email that nothing is unusual about: an exposure that is left open. And what is given. */
export function perfectEmail(given: Partial<Email> = {}): Email {
  const id = given.id ?? 'security-group/sg-1/internet/1';
  return {
    id,
    revision: 1,
    incidentKey: id,
    kind: 'action',
    over: false,
    severity: 'high',
    rule: 'internet',
    verdict: 'Held (observe)',
    subject: '[undrift] Held (observe): SSH (tcp 22) open to the internet on sg-1',
    principal: 'arn:aws:iam::123456789012:user/kim',
    group: 'sg-1',
    resource: 'sg-1',
    incidentId: '4f2a9c',
    waitsFor: null,
    ...given,
  };
}
