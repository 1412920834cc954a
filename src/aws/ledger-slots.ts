import type { GroupRecords } from '../domain/fight.ts';
import type { Slot, SlotRequest } from '../roles.ts';
import { ACCOUNT_BUDGET_PK, expiry, groupBudgetPk, INCIDENT_KEPT } from './ledger-items.ts';
import { type Begun, type GroupSlots, holdersOf, NO_SLOTS, NONE_BEGUN, release, take } from './slots.ts';
import type { Item, Table } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

/** Both budgets of one act, in one transaction: the group's and the account's. */
export function takeSlot(table: Table, chance: Chance, request: SlotRequest): Promise<Slot> {
  return optimistically(table, chance, async (): Promise<Step<Slot>> => {
    const pk = groupBudgetPk(request.group);
    const [group, account] = await Promise.all([table.get(pk), table.get(ACCOUNT_BUDGET_PK)]);
    const after = take(slotsOf(group), begunOf(account), request);
    const writes: { readonly before: Item | null; readonly after: Item }[] = [];
    if (after.group !== null) writes.push({ before: group, after: groupItem(pk, after.group, request.now) });
    if (after.account !== null) writes.push({ before: account, after: { pk: ACCOUNT_BUDGET_PK, ...after.account } });
    return { answer: after.answer, writes };
  });
}

export function releaseSlot(
  table: Table,
  chance: Chance,
  group: string,
  instanceId: string,
  successor: string | null,
): Promise<void> {
  return optimistically(table, chance, async (): Promise<Step<void>> => {
    const before = await table.get(groupBudgetPk(group));
    const now = chance.clock.now().toISOString();
    const released = release(slotsOf(before), instanceId, successor, now);
    if (released === null) return { answer: undefined, writes: [] };
    return { answer: undefined, writes: [{ before, after: groupItem(groupBudgetPk(group), released, now) }] };
  });
}

export async function pairedSuccessors(table: Table, group: string): Promise<readonly string[]> {
  return slotsOf(await table.get(groupBudgetPk(group))).paired;
}

export async function groupRecords(table: Table, chance: Chance, group: string): Promise<GroupRecords> {
  const slots = slotsOf(await table.get(groupBudgetPk(group)));
  return { holders: holdersOf(slots, chance.clock.now().toISOString()), past: slots.past };
}

function groupItem(pk: string, group: GroupSlots, now: string): Item {
  return { pk, ...group, expiresAt: expiry(now, INCIDENT_KEPT) };
}

/** Records of before these keys were kept lack them. */
function slotsOf(item: Item | null): GroupSlots {
  if (item === null) return NO_SLOTS;
  return {
    slots: item.slots as GroupSlots['slots'],
    paired: item.paired as string[],
    past: (item.past ?? []) as GroupSlots['past'],
    waiting: (item.waiting ?? {}) as GroupSlots['waiting'],
  };
}

function begunOf(item: Item | null): Begun {
  if (item === null) return NONE_BEGUN;
  const told = (item.told ?? null) as Begun['told'];
  return { begun: item.begun as string[], waiting: (item.waiting ?? {}) as Begun['waiting'], told };
}
