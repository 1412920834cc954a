/**
 * The size of an item as DynamoDB counts it (Developer Guide, "DynamoDB item sizes and formats"). Names and values count in
 * UTF-8. A number takes a byte for two significant digits and one more; null and booleans take one. A list or map takes 3, and
 * each of its elements one more. The guide calls the size of numbers approximate: here a sign and an odd digit count in full,
 * so the result is never too small.
 */

/** Bytes that DynamoDB takes for an item, attribute names included (Developer Guide, "Quotas": 400 KB). */
export const ITEM_LIMIT = 409_600;

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Of an item with its attribute names. Attributes that are undefined are not stored. */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return stored(item).reduce((sum, [name, value]) => sum + bytesOf(name) + valueSize(value), 0);
}

/** Of a value by itself, without the name of its attribute. */
export function valueSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return bytesOf(value);
    case 'number':
      return numberSize(value);
    case 'object':
      if (value === null) return 1;
      return Array.isArray(value) ? listSize(value) : mapSize(value as Readonly<Record<string, unknown>>);
    default:
      return 1;
  }
}

const OVERHEAD = 3;
const PER_ELEMENT = 1;

function listSize(list: readonly unknown[]): number {
  return list.reduce<number>((sum, element) => sum + PER_ELEMENT + valueSize(element), OVERHEAD);
}

function mapSize(map: Readonly<Record<string, unknown>>): number {
  return stored(map).reduce((sum, [name, value]) => sum + PER_ELEMENT + bytesOf(name) + valueSize(value), OVERHEAD);
}

function numberSize(value: number): number {
  const [mantissa = ''] = String(Math.abs(value)).split('e');
  const digits = mantissa.replace('.', '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

function stored(map: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(map).filter(([, value]) => value !== undefined);
}
