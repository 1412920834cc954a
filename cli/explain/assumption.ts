/** What an answer takes for granted, as neither the event nor the inventory says it. */

export const PLACEHOLDERS = {
  instance: 'i-assumed',
  interface: 'eni-assumed',
  volume: 'vol-assumed',
  autoScalingGroup: 'asg-assumed',
  rule: 'sgr-assumed',
} as const;

/** What an assumption is about: a closed list, for programs that read `--json`. */
type About =
  | 'caller'
  | 'rules'
  | 'rule-ids'
  | 'security-group'
  | 'instance'
  | 'interface'
  | 'auto-scaling-group'
  | 'targets'
  | 'compliance'
  | 'policy-entries'
  | 'history';

export type Assumption = {
  readonly about: About;
  /** One or two sentences for people. */
  readonly text: string;
  /** Ids and names in the answer that stand for values which are not known. */
  readonly placeholders?: readonly string[];
};

/** A resource that cannot be decided on, and what is missing. */
export type Undecided = { readonly type: string; readonly id: string; readonly reason: string };

const MOST_NAMED = 5;

/** `a, b and 3 more`. */
export function named(values: readonly string[]): string {
  const more = values.length - MOST_NAMED;
  return `${values.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `sgr-assumed-1` stands for an id that is not known. */
function assumedIds(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id) => id.startsWith(PLACEHOLDERS.rule)))];
}

/** Nothing where every id is known. */
export function ruleIds(ids: readonly string[], why: string): readonly Assumption[] {
  const placeholders = assumedIds(ids);
  if (placeholders.length === 0) return [];
  const are = placeholders.length === 1 ? 'is a placeholder' : 'are placeholders';
  return [{ about: 'rule-ids', text: `${why}: ${named(placeholders)} ${are}.`, placeholders }];
}
