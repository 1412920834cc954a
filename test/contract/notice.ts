import type { Notice } from '../../src/notice/notice.ts';

/** A notice that nothing is unusual about, and what is given. */
export function perfectNotice(given: Partial<Notice> = {}): Notice {
  return {
    subject: '[undrift] fixed: SSH was open to the internet on web',
    text: 'SSH was open to the internet.\nIt was closed after 4 s.',
    json: { incident: '4f2a9c', rule: 'internet', evidence: ['sgr-1 let 0.0.0.0/0 reach tcp 22'] },
    attributes: {
      outcome: 'done',
      severity: 'critical',
      rule: 'internet',
      account: '123456789012',
      region: 'eu-central-1',
    },
    ...given,
  };
}
