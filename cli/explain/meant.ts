/** The machines that a call named all at once, and what becomes of each. */
import { type Fate, fatesOf } from '../../src/decide/machines.ts';
import type { Context } from '../../src/decide.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import { clean } from '../../src/notice/plain.ts';
import { wrap } from '../../src/notice/wrap.ts';
import type { Policy, RuleId } from '../../src/policy/policy.ts';
import { seenIn } from '../../src/rules/instance-rules.ts';

/** One of them, under a rule that the call breaks. */
export type MeantMachine = Fate & {
  /** The expression that the call named it by. */
  readonly targets: string;
  readonly rule: RuleId;
};

type Asked = {
  readonly change: Change;
  readonly estates: readonly Estate[];
  readonly decisions: readonly Decision[];
  readonly policy: Policy;
  readonly context: Context;
};

/** Those of every expression that is held. */
export function machinesMeant({ change, estates, decisions, policy, context }: Asked): readonly MeantMachine[] {
  const holds = decisions.filter((decision) => decision.kind === 'hold');
  const rules = seenIn(change.fact, policy).map(({ rule }) => rule.id);
  return estates.flatMap((estate) => {
    if (estate.kind !== 'targets' || estate.meant?.kind !== 'found') return [];
    const { resource, meant } = estate;
    const held = rules.filter((id) =>
      holds.some(({ rule, finding }) => rule === id && finding.resource.id === resource.id),
    );
    return held.flatMap((rule) =>
      fatesOf(rule, meant.machines, change, policy, context).map((fate) => ({ ...fate, targets: resource.id, rule })),
    );
  });
}

/** For machines. */
export function machineRecord({ targets, rule, machine, fate, exemptions }: MeantMachine) {
  const group = machine.group?.name ?? null;
  return { targets, rule, id: machine.id, group, fate, exemptions: exemptions.map(({ id }) => id) };
}

const MOST_MACHINES = 20;
const LONGEST = 400;

/** The lines about each expression and rule. */
export function machineWords(machines: readonly MeantMachine[]): readonly string[] {
  const titles = [...new Set(machines.map(titleOf))];
  return titles.flatMap((title) => {
    const own = machines.filter((one) => titleOf(one) === title);
    const rows = own.slice(0, MOST_MACHINES).map((one) => [placeOf(one), fateText(one)] as const);
    const width = Math.max(...rows.map(([place]) => place.length));
    const more = own.length > MOST_MACHINES ? [`    and ${own.length - MOST_MACHINES} more`] : [];
    return [
      '',
      ...wrap(clean(title, LONGEST), '  '),
      ...rows.map(([place, fate]) => `    ${place.padEnd(width)}  ${fate}`),
      ...more,
      ...(own.some(({ fate }) => fate === 'replace') ? wrap(IN_TURN, '    ') : []),
    ];
  });
}

const titleOf = ({ targets, rule }: MeantMachine) => `The machines named by ${targets}, rule ${rule}`;

function placeOf({ machine: { id, group } }: MeantMachine): string {
  return group === null ? `${id}  in no Auto Scaling group` : `${id}  in ${clean(group.name, 60)}`;
}

function fateText({ fate, machine, exemptions }: MeantMachine): string {
  switch (fate) {
    case 'replace':
      return 'goes: replaced in its turn';
    case 'ending':
      return 'goes: it is on its way out already';
    case 'off':
      return 'stays: the rule is off here';
    case 'observe':
      return 'stays: the policy observes here';
    case 'not-opted-in':
      return machine.group === null ? 'stays: nothing would replace it' : 'stays: its group has not opted in';
    case 'exempted':
      return clean(`stays: exempted by ${exemptions.map(({ id }) => id).join(', ')}`, LONGEST);
    case 'unreadable':
      return clean(`stays: ${exemptions.map(({ id }) => id).join(', ')} may exempt it, which cannot be told`, LONGEST);
  }
}

const IN_TURN =
  'Each is judged once more by itself when its turn comes: its sessions, its state, its group and the budgets may hold it then.';
