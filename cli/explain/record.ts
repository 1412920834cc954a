/** Answers for machines. */
import { type DecisionRecord, decisionRecord } from '../../src/domain/decision.ts';
import type { Answer } from './answer.ts';
import { machineRecord } from './meant.ts';
import { outcomeOf } from './outcome.ts';

/** The one schema, in a fixed order of keys. `machines` only where a call named many at once, and an estate tells of them. */
export function toJson(answer: Answer): Readonly<Record<string, unknown>> {
  const { input, index, irrelevant, error, decisions } = answer;
  const records: readonly DecisionRecord[] = decisions.map(decisionRecord);
  return {
    input,
    index,
    outcome: outcomeOf(answer),
    change: changeRecord(answer),
    irrelevant,
    error,
    assumedEstate: answer.assumedEstate,
    assumed: answer.assumed,
    decisions: records,
    otherwise: answer.otherwise.map((it) => ({ given: it.given, decisions: it.decisions.map(decisionRecord) })),
    undecided: answer.undecided,
    guardsNotAsked: answer.guardsNotAsked,
    ...(answer.machines.length > 0 && { machines: answer.machines.map(machineRecord) }),
  };
}

function changeRecord({ change, trusted }: Answer) {
  return (
    change && {
      source: change.source,
      name: change.name,
      resources: change.resources.map(({ type, id }) => ({ type, id })),
      actor: { arn: change.actor.arn, trusted: trusted !== null },
      at: change.at,
      eventId: change.eventId,
    }
  );
}
