/** Whether DynamoDB takes an item at all, however often it is sent. Pure. */
import { bytesOf, ITEM_LIMIT, itemSize } from './item-size.ts';
import type { Item } from './table.ts';

/** Bytes of a partition key and of a sort key (Developer Guide, "Quotas"). */
const KEYS: Readonly<Record<string, number>> = {
  pk: 2048,
  dueIndex: 2048,
  resourceId: 2048,
  recentIndex: 2048,
  dueAt: 1024,
  updatedAt: 1024,
  groupIndex: 2048,
  groupPlace: 1024,
};

/** Null when it can be stored. `limit`: bytes, where less than DynamoDB's own is wanted. */
export function whyNotStorable(item: Item, limit: number = ITEM_LIMIT): string | null {
  for (const [name, most] of Object.entries(KEYS)) {
    const value = item[name];
    if (value === undefined && name !== 'pk') continue;
    if (typeof value !== 'string' || value === '') return `its ${name} is empty`;
    if (bytesOf(value) > most) return `its ${name} takes more than ${most} bytes`;
  }
  if (hasOddNumber(item)) return 'it has a number that is not finite';
  const size = itemSize(item);
  return size <= limit ? null : `it takes ${size} bytes, and ${limit} are the most`;
}

/** The client would refuse it before DynamoDB does. */
function hasOddNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasOddNumber);
}
