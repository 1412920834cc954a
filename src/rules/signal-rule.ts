import type { SignalId } from '../domain/signal.ts';
import type { InstanceRule } from './instance-rules.ts';

/** A signal as data: what is wrong, in words that stand by themselves, as a call may name its machines by a tag only. */
export type SignalRow = Pick<InstanceRule, 'severity' | 'confidence' | 'ships'> & { readonly told: string };

export function signalRules<Id extends SignalId>(
  group: InstanceRule['group'],
  rows: Readonly<Record<Id, SignalRow>>,
): readonly InstanceRule[] {
  return Object.entries<SignalRow>(rows).map(([id, { told, ...row }]) => signalRule(id as Id, group, told, row));
}

function signalRule(
  id: SignalId,
  group: InstanceRule['group'],
  told: string,
  row: Omit<SignalRow, 'told'>,
): InstanceRule {
  return {
    ...row,
    id,
    group,
    byFact: (fact) => {
      if (fact.kind !== 'signal' || fact.signal !== id) return null;
      return { summary: fact.detail === null ? told : `${told} (${fact.detail})`, drift: fact.drift };
    },
  };
}
