/** What the checks across keys share. They read the document as it is, so that one fault does not hide another. */
import type { Fault } from './fault.ts';

export type Path = Fault['path'];

/** What the checks found: faults, and what is allowed but worth a word. A warning's message names what it is about. */
export type Report = { readonly faults: Fault[]; readonly warnings: Fault[] };

/** The value at the path, or undefined where the document has something else. */
export function at(value: unknown, ...path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Readonly<Record<string | number, unknown>>)[key];
  }, value);
}

export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: Path): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** Faults for every entry of a list whose `key` an earlier one already has. */
export function checkUnique(document: unknown, path: Path, key: string, report: Report): void {
  const first = new Map<string, number>();
  listAt(document, ...path).forEach((entry, index) => {
    const value = textAt(entry, key);
    if (value === undefined) return;
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, index);
    else {
      const message = `found ${JSON.stringify(value)} a second time, after ${path.join('.')}[${earlier}]; write another ${key}`;
      report.faults.push({ path: [...path, index, key], message });
    }
  });
}
