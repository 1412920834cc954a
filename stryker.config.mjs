/** The mutation test of the address arithmetic and of what decides "open". See docs/mutation.md. */
const RULES = [
  'describe-rule',
  'entries-to-remove',
  'exposure',
  'groups-to-detach',
  'openings',
  'pieces',
  'protected',
  'reach',
  'take-out',
];

export default {
  mutate: ['src/net/**/*.ts', `src/rules/{${RULES.join(',')}}.ts`],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // Constants count too. Each of their mutants takes a run of all tests.
  ignoreStatic: false,
  incremental: false,
  concurrency: 2,
  timeoutMS: 20_000,
  thresholds: { high: 97, low: 95, break: 90 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  ignorePatterns: [
    // Stryker would rewrite it with an interface that TypeScript 7 has no more. Nothing here needs it.
    'tsconfig.json',
    // What the tests do not read need not be copied.
    ...['bench', 'coverage', 'dist', 'docs', 'events', 'infra', '.local', '.serverless', 'test/golden'],
  ],
  allowConsoleColors: false,
};
