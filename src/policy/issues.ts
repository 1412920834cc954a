/** zod's issues → our faults: what was found, and what is allowed. */
import type * as z from 'zod/mini';
import { at } from './check-parts.ts';
import { type Fault, shown } from './fault.ts';

type Issue = z.core.$ZodIssue;
type Path = Fault['path'];

export function issueFaults(issue: Issue, document: unknown, base: Path = []): readonly Fault[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys') {
    const hints = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ path: [...path, key], message: `unknown key; ${hints[index]}` }));
  }
  const branch = issue.code === 'invalid_union' ? entered(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => issueFaults(inner, document, path));
  const found = at(document, ...path);
  return [
    { path, message: found === undefined ? `is missing${issue.message}` : `found ${shown(found)}${issue.message}` },
  ];
}

/** Of a union's branches, the one whose outer shape fits: its faults are about what is inside. */
function entered(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
}
