/** Named lists that stand in files → the same document with the ranges in their place, or what is wrong with the files. */
import { posix } from 'node:path';
import { at, listAt } from './check-parts.ts';
import { type Fault, shown } from './fault.ts';
import { listedRangeFault } from './leaves.ts';

/** Answers the text of a file, or throws: what went wrong is the error's `code`, or its message. */
export type ReadText = (file: string) => string;

/** A fault that stands in another file than the policy says where: `ranges/office.txt:3:1`. */
export type FileFault = Fault & { readonly place?: string };

type Line = { readonly text: string; readonly line: number; readonly column: number };

/** After so many bad lines the file is another sort of file, and the rest tells nothing new. */
const MOST_LINES = 5;

/** @param policyFile the policy's path: the files of lists are looked for from its folder */
export function inlineRangeFiles(
  document: unknown,
  policyFile: string,
  read: ReadText,
): { readonly document: unknown; readonly faults: readonly FileFault[] } {
  const faults: FileFault[] = [];
  const rangeLists = listAt(document, 'rangeLists').map((entry, index) => {
    const file = at(entry, 'file');
    if (typeof file !== 'string' || file.trim() === '' || at(entry, 'ranges') !== undefined) return entry;
    const path = ['rangeLists', index, 'file'];
    const found = readRanges(fromFolder(policyFile, file), read);
    if ('ranges' in found) return withRanges(entry as object, found.ranges);
    faults.push(...found.faults.map((fault) => ({ path, ...fault })));
    return entry;
  });
  return { document: rangeLists.length === 0 ? document : { ...(document as object), rangeLists }, faults };
}

function fromFolder(policyFile: string, file: string): string {
  return posix.isAbsolute(file) ? file : posix.join(posix.dirname(policyFile), file);
}

function withRanges(entry: object, ranges: readonly string[]): object {
  return { ...Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'file')), ranges };
}

type Ranges = { readonly ranges: readonly string[] } | { readonly faults: readonly Omit<FileFault, 'path'>[] };

function readRanges(file: string, read: ReadText): Ranges {
  let text: string;
  try {
    text = read(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { faults: [{ message: `${file} can't be read (${code ?? message}); the path begins where the policy is` }] };
  }
  const lines = linesOf(text);
  if (lines.length === 0) return { faults: [{ message: `${file} holds no range; write one on each line` }] };
  if (/^[[{]/.test(lines[0]?.text ?? '')) {
    return { faults: [{ message: `${file} is JSON; make a text file of it, one range on each line` }] };
  }
  const faults = lines.flatMap((line) => lineFault(line, file));
  if (faults.length === 0) return { ranges: lines.map((line) => line.text) };
  const more = faults.length - MOST_LINES;
  const rest = more > 0 ? [{ message: `${file} has ${more} more of such lines` }] : [];
  return { faults: [...faults.slice(0, MOST_LINES), ...rest] };
}

/** What stands before a `#`, without the lines that are then blank. */
function linesOf(text: string): readonly Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((whole, index) => {
      const [before = ''] = whole.split('#', 1);
      return { text: before.trim(), line: index + 1, column: before.length - before.trimStart().length + 1 };
    })
    .filter((line) => line.text !== '');
}

function lineFault({ text, line, column }: Line, file: string): readonly { message: string; place: string }[] {
  const fault = listedRangeFault(text);
  return fault === null ? [] : [{ message: `found ${shown(text)}${fault}`, place: `${file}:${line}:${column}` }];
}
