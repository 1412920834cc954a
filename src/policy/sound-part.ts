/** What of a faulty document can be checked for its meaning all the same, so that one fault does not hide another. */
import type * as z from 'zod/mini';
import type { Policy } from './policy.ts';
import { policyDocument } from './schema.ts';
import { toPolicy } from './to-policy.ts';

type Issue = z.core.$ZodIssue;

/** The policy without the top-level keys that have issues; null where what is left is not a policy. */
export function soundPart(document: unknown, issues: readonly Issue[]): Policy | null {
  if (typeof document !== 'object' || document === null) return null;
  const faulty = new Set(issues.flatMap(faultyKeys));
  const sound = Object.entries(document).filter(([key]) => !faulty.has(key));
  const parsed = policyDocument.safeParse({ ...Object.fromEntries(sound), version: 1 });
  return parsed.success ? toPolicy(parsed.data) : null;
}

function faultyKeys(issue: Issue): readonly PropertyKey[] {
  const [key] = issue.path;
  if (key !== undefined) return [key];
  return issue.code === 'unrecognized_keys' ? issue.keys : [];
}
