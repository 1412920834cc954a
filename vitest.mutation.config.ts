import { defineConfig } from 'vitest/config';

/** What the mutation test runs: the tests of `src/net` and `src/rules` alone. See docs/mutation.md. */
export default defineConfig({
  test: {
    include: [
      'test/unit/net/**/*.test.ts',
      'test/unit/rules/**/*.test.ts',
      'test/property/{exposure,exposure-parts,net}.test.ts',
    ],
    env: { UNDRIFT_PROPERTY_RUNS: '200' },
    testTimeout: 30_000,
  },
});
