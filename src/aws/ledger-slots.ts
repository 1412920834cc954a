import type { Slot, SlotRequest } from '../roles.ts';
import { ACCOUNT_BUDGET_PK, expiry, groupBudgetPk, INCIDENT_KEPT } from './ledger-items.ts';
import { type Begun, type GroupSlots, NO_SLOTS, NONE_BEGUN, release, take } from './slots.ts';
import type { Item, Table } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

/** Both budgets of one act, in one transaction: the group's and the account's. */
export function takeSlot(table: Table, chance: Chance, request: SlotRequest): Promise<Slot> {
  return optimistically(table, chance, async (): Promise<Step<Slot>> => {
    const pk = groupBudgetPk(request.group);
    const [group, account] = await Promise.all([table.get(pk), table.get(ACCOUNT_BUDGET_PK)]);
    const result = take(slotsOf(group), begunOf(account), request);
    if (result.kind === 'full') return { answer: result, writes: [] };
    const writes = [{ before: group, after: groupItem(pk, result.group, request.now) }];
    if (result.begun !== null) writes.push({ before: account, after: { pk: ACCOUNT_BUDGET_PK, ...result.begun } });
    return { answer: { kind: 'taken' }, writes };
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
    const released = release(slotsOf(before), instanceId, successor);
    if (released === null) return { answer: undefined, writes: [] };
    const now = chance.clock.now().toISOString();
    return { answer: undefined, writes: [{ before, after: groupItem(groupBudgetPk(group), released, now) }] };
  });
}

export async function pairedSuccessors(table: Table, group: string): Promise<readonly string[]> {
  return slotsOf(await table.get(groupBudgetPk(group))).paired;
}

function groupItem(pk: string, group: GroupSlots, now: string): Item {
  return { pk, ...group, expiresAt: expiry(now, INCIDENT_KEPT) };
}

function slotsOf(item: Item | null): GroupSlots {
  return item === null ? NO_SLOTS : { slots: item.slots as GroupSlots['slots'], paired: item.paired as string[] };
}

function begunOf(item: Item | null): Begun {
  return item === null ? NONE_BEGUN : { begun: item.begun as string[] };
}
