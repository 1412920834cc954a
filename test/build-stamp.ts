/** Stands for the module that `scripts/build.mjs` makes: tests run from source. */
export const build = { version: '0.0.0-test', commit: 'test', policyDigest: 'test', policy: null };
