import type { GroupRecords } from '../domain/fight.ts';
import { type BegunReplacement, ofLastHour } from '../domain/hour.ts';
import type { Full, HourRequest, Slot, SlotRelease, SlotRequest } from '../roles.ts';
import { ACCOUNT_BUDGET_PK, expiry, groupBudgetPk, INCIDENT_KEPT } from './ledger-items.ts';
import { type Begun, NONE_BEGUN, overHour } from './slot-hour.ts';
import { type GroupSlots, NO_SLOTS, recordsOf } from './slot-records.ts';
import { waitingOf } from './slot-waiting.ts';
import { release, take } from './slots.ts';
import type { Item, Table } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

/** Both budgets of one act, in one transaction: the group's and the account's. */
export function takeSlot(table: Table, chance: Chance, request: SlotRequest): Promise<Slot> {
  return changeBudgets(table, chance, request.group, request.now, (group, account) => take(group, account, request));
}

export function releaseSlot(table: Table, chance: Chance, it: SlotRelease): Promise<boolean> {
  const now = chance.clock.now().toISOString();
  return changeBudgets(table, chance, it.group, now, (group, account) => {
    const { freed, ...after } = release(group, account, it, now);
    return { answer: freed, ...after };
  });
}

/** The budget of the account alone, which is one record. */
export function askHour(table: Table, chance: Chance, request: HourRequest): Promise<Full | null> {
  return optimistically(table, chance, async (): Promise<Step<Full | null>> => {
    const before = await table.get(ACCOUNT_BUDGET_PK);
    const refused = overHour(begunOf(before), request);
    const account = refused?.account ?? null;
    const writes = account === null ? [] : [{ before, after: { pk: ACCOUNT_BUDGET_PK, ...account } }];
    return { answer: refused?.answer ?? null, writes };
  });
}

export async function begunLately(table: Table, chance: Chance): Promise<readonly BegunReplacement[]> {
  return ofLastHour(begunOf(await table.get(ACCOUNT_BUDGET_PK)).begun, chance.clock.now().toISOString());
}

/** What is answered, and what a record is from now on: null where it stays as it is. */
type Change<T> = { readonly answer: T; readonly group: GroupSlots | null; readonly account: Begun | null };

function changeBudgets<T>(
  table: Table,
  chance: Chance,
  name: string,
  now: string,
  change: (group: GroupSlots, account: Begun) => Change<T>,
): Promise<T> {
  return optimistically(table, chance, async (): Promise<Step<T>> => {
    const pk = groupBudgetPk(name);
    const [group, account] = await Promise.all([table.get(pk), table.get(ACCOUNT_BUDGET_PK)]);
    const after = change(slotsOf(group), begunOf(account));
    const writes: { readonly before: Item | null; readonly after: Item }[] = [];
    if (after.group !== null) writes.push({ before: group, after: groupItem(pk, after.group, now) });
    if (after.account !== null) writes.push({ before: account, after: { pk: ACCOUNT_BUDGET_PK, ...after.account } });
    return { answer: after.answer, writes };
  });
}

export async function pairedSuccessors(table: Table, group: string): Promise<readonly string[]> {
  return slotsOf(await table.get(groupBudgetPk(group))).paired;
}

export async function groupRecords(table: Table, chance: Chance, group: string): Promise<GroupRecords> {
  const slots = slotsOf(await table.get(groupBudgetPk(group)));
  return recordsOf(slots, chance.clock.now().toISOString());
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
    waiting: waitingOf(item.waiting),
  };
}

/** Before the group was kept with it, a replacement was its instant alone. */
function begunOf(item: Item | null): Begun {
  if (item === null) return NONE_BEGUN;
  const begun = item.begun as readonly (string | BegunReplacement)[];
  return {
    begun: begun.map((it) => (typeof it === 'string' ? { at: it, group: '' } : it)),
    waiting: waitingOf(item.waiting),
  };
}
