/** policy.yml as text → the policy, or all its faults with their lines. Not for the Lambda bundles: it brings YAML. */
import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Fault, pathText } from './fault.ts';
import type { Policy } from './policy.ts';
import { type FileFault, inlineRangeFiles, type ReadText } from './range-files.ts';
import { resolvePolicy } from './resolve.ts';

export type LoadedPolicy = {
  readonly policy: Policy;
  /** The document as plain JSON: what is built into the functions, and resolved again there. */
  readonly document: unknown;
  /** `file:line:column warning: what`, in the order of the file. */
  readonly warnings: readonly string[];
  /** Where a value stands, as `file:line`; the nearest that there is. */
  readonly placeOf: (path: Fault['path']) => string;
};

/** Everything that is wrong with a policy file: one line for each fault, `file:line:column path: what`. */
export class PolicyFaults extends Error {
  override readonly name = 'PolicyFaults';
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const readNothing: ReadText = () => {
  throw new Error('no files are read here');
};

/**
 * @param file how the file is called in messages, and where the files that it names are looked for
 * @param now when given, exemptions that are over or run for more than a year are faults
 * @param read reads a file that the policy names; without it, naming one is a fault
 * @throws PolicyFaults
 */
export function loadPolicy(
  text: string,
  file: string,
  now: Date | null = null,
  read: ReadText = readNothing,
): LoadedPolicy {
  const { yaml, document: written, at } = readYaml(text, file);
  const { document, faults } = inlineRangeFiles(written, file, read);
  const resolved = resolvePolicy(document, now);
  if ('policy' in resolved) {
    const placeOf = (path: Fault['path']) => at(offsetOf(yaml, path)).replace(/:\d+$/, '');
    const place = (fault: Fault) => ({ offset: offsetOf(yaml, fault.path), message: fault.message });
    const located = resolved.warnings.map(place).sort((a, b) => a.offset - b.offset);
    const warnings = located.map(({ offset, message }) => `${at(offset)} warning: ${message}`);
    return { policy: resolved.policy, document, warnings, placeOf };
  }
  const located = allOf(faults, resolved.faults).map((fault) => ({ fault, offset: offsetOf(yaml, fault.path) }));
  located.sort((a, b) => a.offset - b.offset);
  const told = located.map(({ fault, offset }) => {
    return `${fault.place ?? at(offset)} ${pathText(fault.path)}: ${fault.message}`;
  });
  throw new PolicyFaults(told);
}

/** What is wrong with a file says why its ranges are not there: that they are not need not be said as well. */
function allOf(ofFiles: readonly FileFault[], ofDocument: readonly Fault[]): readonly FileFault[] {
  const paths = new Set(ofFiles.map(({ path }) => pathText(path)));
  return [...ofFiles, ...ofDocument.filter(({ path }) => !paths.has(pathText(path)))];
}

type ReadYaml = { yaml: Document; document: unknown; at: (offset: number) => string };

function readYaml(text: string, file: string): ReadYaml {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const wrong = [...yaml.errors, ...yaml.warnings].map((error) => `${at(error.pos[0])} ${said(error, text)}`);
  if (wrong.length > 0) throw new PolicyFaults(wrong);
  if (yaml.contents === null)
    throw new PolicyFaults([`${file}:1:1 the file is empty; write at least version: 1 and rules`]);
  const alias = firstAlias(yaml);
  // A reader would have to look up what an alias stands for, and a chain of them can stand for gigabytes.
  if (alias !== null) throw new PolicyFaults([`${at(alias)} found an alias (*name); write the value itself`]);
  return { yaml, document: yaml.toJS() as unknown, at };
}

function said({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'MULTIPLE_DOCS') return 'found a second document (---); write one policy in one file';
  if (code === 'DUPLICATE_KEY') {
    const [key = ''] = text.slice(pos[0]).split(/[:\s]/, 1);
    return `found the key ${key} for the second time in one mapping; write each key once`;
  }
  if (code === 'TAB_AS_INDENT') return 'found a tab as indentation; write spaces';
  return `this is no YAML: ${message.split('\n')[0]}`;
}

function firstAlias(yaml: Document): number | null {
  let offset: number | null = null;
  visit(yaml, {
    Alias: (_key, node) => {
      offset = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Where the path begins in the text: at its key or list item or, where that is missing, at what should hold it. */
function offsetOf(yaml: Document, path: Fault['path']): number {
  let node: unknown = yaml.contents;
  let offset = start(node) ?? 0;
  for (const part of path) {
    const step = child(node, part);
    if (step === null) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset;
}

function child(node: unknown, part: string | number): { node: unknown; offset: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(key) === String(part));
    return pair === undefined ? null : { node: pair.value, offset: start(pair.key) };
  }
  if (!isSeq(node) || typeof part !== 'number' || part >= node.items.length) return null;
  return { node: node.items[part], offset: start(node.items[part]) };
}

function start(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}
