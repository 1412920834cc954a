/** Stamped into every bundle by `scripts/build.mjs`. */
declare module 'undrift:build' {
  export const build: {
    readonly version: string;
    /** Full commit hash, with `-dirty` behind it when the work tree differed. */
    readonly commit: string;
    /** First 12 hex digits of the SHA-256 of the policy as validated. */
    readonly policyDigest: string;
    /** policy.yml as JSON; null in the command's own bundle. */
    readonly policy: unknown;
  };
}
