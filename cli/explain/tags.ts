import type { Tags } from '../../src/domain/estate.ts';
import { field, items, type Place, text } from '../../src/inbound/reader.ts';

/** `Tags: [{Key, Value}]`, as the AWS CLI prints them. */
export function tagsOf(place: Place): Tags {
  const pairs = items(field(place, 'Tags')).map((tag) => [text(field(tag, 'Key')), field(tag, 'Value').value] as const);
  return Object.fromEntries(pairs.map(([key, value]) => [key, typeof value === 'string' ? value : '']));
}
