/** The JSON Schema that editors check and complete policy.yml with. Not for the Lambda bundles. */
import * as z from 'zod/mini';
import { DESCRIPTIONS } from './descriptions.ts';
import { policyDocument } from './schema.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** Room for the `"required": ` before a list and the comma behind it. */
const LONGEST_KEY = 13;

/** As text, for `policy.schema.json`. */
export function policySchemaText(): string {
  return `${jsonText(policyJsonSchema(), '')}\n`;
}

function policyJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(policyDocument, { target: 'draft-7' }) as JsonSchema;
  return { $schema, title: 'undrift policy', ...described(schema, []) };
}

/** As the formatter of this repository leaves JSON: a list of plain values on one line where it fits. */
function jsonText(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    if (plain && line.length + indent.length + LONGEST_KEY <= 120) return line;
    return `[\n${value.map((item) => deeper + jsonText(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(
    ([key, part]) => `${deeper}${JSON.stringify(key)}: ${jsonText(part, deeper)}`,
  );
  return `{\n${entries.join(',\n')}\n${indent}}`;
}

/** Every key of the schema as a dotted path, in the order of the document; list items add nothing to the path. */
export function policyKeys(schema: JsonSchema = policyJsonSchema()): readonly string[] {
  const keys: string[] = [];
  walk(schema, [], (path) => keys.push(path.join('.')));
  return [...new Set(keys)];
}

function described(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const description = DESCRIPTIONS.get(path.join('.'));
  const inner = Object.entries(schema).map(([key, value]) => [key, describedPart(key, value, path)]);
  return { ...(description !== undefined && { description }), ...Object.fromEntries(inner) };
}

function describedPart(key: string, value: unknown, path: readonly string[]): unknown {
  if (key === 'properties' && isSchema(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, part]) => [name, isSchema(part) ? described(part, [...path, name]) : part]),
    );
  }
  // What stands inside a list or a choice has no key of its own, so the text above says it all.
  if (key === 'items' && isSchema(value)) return inside(value, path);
  if (key === 'anyOf' && Array.isArray(value)) return value.map((part) => (isSchema(part) ? inside(part, path) : part));
  return value;
}

function inside(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const { description: _repeated, ...rest } = described(schema, path);
  return rest;
}

function walk(schema: JsonSchema, path: readonly string[], visit: (path: readonly string[]) => void): void {
  const { properties, items, anyOf } = schema;
  if (isSchema(properties)) {
    for (const [name, part] of Object.entries(properties)) {
      visit([...path, name]);
      if (isSchema(part)) walk(part, [...path, name], visit);
    }
  }
  if (isSchema(items)) walk(items, path, visit);
  if (Array.isArray(anyOf)) for (const part of anyOf) if (isSchema(part)) walk(part, path, visit);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
