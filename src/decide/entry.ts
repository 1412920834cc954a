import type { Change } from '../domain/change.ts';
import type { InstanceEstate } from '../domain/estate.ts';
import type { Entry, Taint } from '../domain/taint.ts';
import type { InstanceRule } from '../rules/instance-rules.ts';

/** How the instance of this finding came to be left alone. */
export function entryOf(
  rule: InstanceRule,
  key: string,
  change: Change,
  { taints = [], sessions }: InstanceEstate,
): Entry {
  const { fact, at } = change;
  const opened = taints.find((taint) => taint.key === key)?.since ?? at;
  const [since = at] = [opened, at].sort();
  const kind = kindOf(rule, change);
  return {
    kind,
    // A verdict, or a look, says again what was found before: nothing has happened since.
    at: kind === 'found' ? since : at,
    since,
    sessionId: fact.kind === 'session-started' ? fact.sessionId : null,
    prolonged: prolongedOf(kind, key, taints),
    sessions: kind === 'entered' ? (sessions ?? null) : null,
  };
}

function kindOf(rule: InstanceRule, { fact }: Change): Entry['kind'] {
  if (rule.group === 'entered') return 'entered';
  return fact.kind === 'verdict' || rule.byStanding !== undefined ? 'found' : 'altered';
}

/** A prolonged entry counts for whoever is inside, on whichever entry it stands; a prolonged alteration for that one only. */
function prolongedOf(kind: Entry['kind'], key: string, taints: readonly Taint[]): string | null {
  const counted = taints.filter((taint) => (kind === 'entered' ? taint.entered : taint.key === key));
  return (
    counted
      .flatMap(({ until }) => until ?? [])
      .sort()
      .at(-1) ?? null
  );
}
