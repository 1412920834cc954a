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

/** Whether the entry's `rules` take in this rule; without `rules` they are all of them. */
export function coversRule(entry: unknown, rule: string): boolean {
  return at(entry, 'rules') === undefined || listAt(entry, 'rules').includes(rule);
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

/** An empty selector is never "everything" nor "nothing", and one that leaves nothing out is an empty one in disguise. */
export function checkNarrows(select: unknown, path: Path, report: Report): void {
  if (typeof select !== 'object' || select === null) return;
  const keys = Object.keys(select);
  if (!keys.every((key) => takesAll(key, at(select, key)))) return;
  const found = keys.length === 0 ? 'an empty selector' : 'a selector that leaves nothing out';
  report.faults.push({ path, message: `found ${found}; name what it selects` });
}

/** What is asked of a place where instances are, and not of a change. */
const NO_PLACE: Readonly<Record<string, string>> = {
  securityGroup: 'never fits an instance; select by autoScalingGroup, instance, tag or vpc',
  port: 'has no meaning for instances; leave the key out',
  range: 'has no meaning for instances; leave the key out',
};

/**
 * A selector that says where instances are.
 * @param says what is wrong with asking who acted, and what tags by others can do
 */
export function checkPlace(
  select: unknown,
  path: Path,
  report: Report,
  says: { readonly actor: string; readonly tag: string },
): void {
  checkNarrows(select, path, report);
  for (const [key, message] of Object.entries({ ...NO_PLACE, actor: says.actor })) {
    if (at(select, key) !== undefined) report.faults.push({ path: [...path, key], message });
  }
  if (at(select, 'tag') !== undefined) report.warnings.push({ path: [...path, 'tag'], message: says.tag });
}

function takesAll(key: string, value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  if (key === 'port') return value.includes('0-65535');
  if (key === 'range') return value.some((range) => String(range).endsWith('/0'));
  const disguises: Readonly<Record<string, RegExp>> = {
    actor: /^arn:\*+$/,
    vpc: /^(?:vpc-)?\*+$/,
    instance: /^(?:i-)?\*+$/,
  };
  return value.some((pattern) => typeof pattern === 'string' && (disguises[key] ?? /^\*+$/).test(pattern));
}
