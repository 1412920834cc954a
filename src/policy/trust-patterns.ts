/** How narrow the pattern of a trusted actor must be. */
import { arnPattern, reservedPathFault } from './arn.ts';

/** The path ends in the name. */
type Parts = { readonly account: string; readonly path: string };

/** The tail of `found "…"`, or null. */
export function principalFault(kind: 'role' | 'user'): (pattern: string) => string | null {
  return (pattern) => {
    const parts = principalParts(pattern, kind);
    const example = `arn:aws:iam::123456789012:${kind}/${kind === 'role' ? 'deploy' : 'ci'}`;
    if (parts === null) return `, not the ARN of an IAM ${kind}; write one such as ${example}`;
    if (!/^(?:\d{12}|[\d?]*\*[\d*?]*|[\d?]{12})$/.test(parts.account)) {
      return `, whose account is none; write twelve digits or *, such as ${example}`;
    }
    const segments = parts.path.split('/');
    const reserved = kind === 'role' ? reservedPathFault(segments) : null;
    if (reserved !== null)
      return `, which fits no role, as * stays within one part of the path; write role/${reserved}`;
    const name = segments.at(-1) ?? '';
    if (/^[*?]*$/.test(name)) return `, which trusts every ${kind} there; name the ${kind} or the start of its name`;
    return null;
  };
}

export function serviceFault(service: string): string | null {
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(service)) {
    return '; write the host name of one service, such as autoscaling.amazonaws.com';
  }
  return service === 'signin.amazonaws.com' ? ', which is a person at the console; name the role instead' : null;
}

export function callFault(name: string): string | null {
  return /^[A-Z][A-Za-z0-9]+$/.test(name) ? null : '; write a call as CloudTrail names it, such as SendCommand';
}

/** The name of a document, or its ARN. Another account can share a document of any name. */
export function documentFault(pattern: string): string | null {
  if (/^[*?]*$/.test(documentName(pattern))) return ', which fits every document; name the document';
  if (!pattern.startsWith('arn:')) return /^[A-Za-z0-9_.*?-]{1,128}$/.test(pattern) ? null : WRITE_DOCUMENT;
  const { service, account = '' } = arnPattern(pattern) ?? {};
  if (service !== 'ssm') return WRITE_DOCUMENT;
  return /[*?]/.test(account) ? ', which fits documents that other accounts share; write the account in full' : null;
}

const WRITE_DOCUMENT = '; write the name of a document such as AWS-RunPatchBaseline, or its ARN';

/** What stands for the name in the pattern. */
export function documentName(pattern: string): string {
  return pattern.startsWith('arn:') ? (pattern.split('/').at(-1) ?? '') : pattern;
}

/** A template is named by its whole id: anyone who can create templates chooses their names, and gets an id that fits a pattern. */
export function templateFault(id: string): string | null {
  const sound = /^lt-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id);
  return sound ? null : '; write the whole id of a launch template, such as lt-0123456789abcdef0';
}

export function sourceIdentityFault(pattern: string): string | null {
  return /^[*?\s]*$/.test(pattern) ? ', which fits everybody; name the source identity' : null;
}

export function principalParts(pattern: string, kind: 'role' | 'user'): Parts | null {
  const { partition = '', service, region, account = '', resource = [] } = arnPattern(pattern) ?? {};
  const [type, ...path] = resource;
  if (service !== 'iam' || region !== '' || type !== kind || path.length === 0 || path.includes('')) return null;
  return /^aws(?:-[a-z-]+)?$|^\*$/.test(partition) ? { account, path: path.join('/') } : null;
}
