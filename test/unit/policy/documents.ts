/** The smallest valid policy, as text: a test adds what it is about. */
export const MINIMAL = `version: 1
rules:
  internet:
    protects:
      - { name: SSH, ports: [22] }
`;

export const NOW = new Date('2026-01-01T12:00:00Z');

/** The shipped policy with its examples of trusted actors put in, as an operator would. */
export function withExamples(shipped: string): string {
  const from = shipped.indexOf('#   trustedActors:');
  const to = shipped.indexOf('trustedActors: []');
  const examples = [...shipped.slice(from, to).matchAll(/^# {3}((?: {2,}|trustedActors).*)$/gm)].map(
    ([, line]) => line,
  );
  return shipped.replace(/^trustedActors: \[\]$/m, examples.join('\n'));
}
