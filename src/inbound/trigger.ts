/** What makes the scheduler run: its clock, a change of the pause parameter, or a batch of events of Auto Scaling. */

/** `scaling`: Auto Scaling launched or terminated in these groups; `unread` of its messages name none. */
export type Trigger =
  | { readonly kind: 'clock' }
  | { readonly kind: 'pause-changed' }
  | { readonly kind: 'scaling'; readonly groups: ReadonlySet<string>; readonly unread: number };

/** Total: any event that is not from the queue or from SSM counts as the clock, as when the function is run by hand. */
export function triggerOf(event: unknown): Trigger {
  const { Records, source } = fields(event);
  if (Array.isArray(Records)) return scaling(Records.map(groupOf));
  return { kind: source === 'aws.ssm' ? 'pause-changed' : 'clock' };
}

function scaling(named: readonly (string | null)[]): Trigger {
  const groups = new Set(named.filter((group) => group !== null));
  return { kind: 'scaling', groups, unread: named.filter((group) => group === null).length };
}

function groupOf(record: unknown): string | null {
  const { body } = fields(record);
  const { AutoScalingGroupName } = fields(fields(parsed(body)).detail);
  return typeof AutoScalingGroupName === 'string' ? AutoScalingGroupName : null;
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return null;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
