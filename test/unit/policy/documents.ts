/** The smallest valid policy, as text: a test adds what it is about. */
export const MINIMAL = `version: 1
rules:
  internet:
    protects:
      - { name: SSH, ports: [22] }
`;

export const NOW = new Date('2026-01-01T12:00:00Z');
