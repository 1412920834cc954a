import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { 'undrift:build': fileURLToPath(new URL('test/build-stamp.ts', import.meta.url)) };

/**
 * `unit` needs nothing but Node. `local-cloud` starts the emulators itself, and fails where it cannot. Nothing takes a third
 * of its timeout by itself: only what hangs is to end by it, also on a machine that has other work.
 */
export default defineConfig({
  test: {
    coverage: { include: ['src/**', 'handlers/**', 'cli/**'] },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/local-cloud/**', 'test/local-aws/**', 'test/contract/*.cloud.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // vitest leaves one core for itself, which of two is half.
          maxWorkers: '100%',
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'local-cloud',
          include: ['test/local-cloud/**/*.test.ts', 'test/local-aws/**/*.test.ts', 'test/contract/*.cloud.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          // After the others: what is tried on the emulators is timed by real clocks.
          sequence: { groupOrder: 1 },
          // Scenarios that run beside each other mostly wait.
          maxConcurrency: 8,
        },
      },
    ],
  },
});
