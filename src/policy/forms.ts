/** The form that values of one kind have, and whether a pattern can fit any of them. */

/** One character of a set, or, with `many`, one or more of them. */
type Piece = { readonly is: (character: string) => boolean; readonly many: boolean };
export type Form = readonly Piece[];

const SETS: Readonly<Record<string, RegExp>> = {
  h: /[0-9a-f]/,
  d: /\d/,
  l: /[a-z]/,
  // What stands between two colons of an ARN, and what may hold colons and slashes.
  w: /[^:]/,
  x: /[\s\S]/,
  // The name of a role in the ARN of its session, which lacks the path.
  r: /[^/:]/,
};

/** `{h8}`: eight of the set `h`; `{l+}`: one or more of `l`; everything else stands for itself. */
export function form(text: string): Form {
  return [...text.matchAll(/\{([a-z])(\d+|\+)\}|([\s\S])/g)].flatMap(([, set, count, own = '']): Piece[] => {
    if (set === undefined) return [{ is: (character) => character === own, many: false }];
    const is = (character: string) => SETS[set]?.test(character) ?? false;
    return count === '+' ? [{ is, many: true }] : Array.from({ length: Number(count) }, () => ({ is, many: false }));
  });
}

/** Whether some text of one of the forms fits the pattern, in which `*` and `?` are wildcards. */
export function canFit(pattern: string, forms: readonly Form[]): boolean {
  return forms.some((pieces) => fitsForm(Array.from(pattern), pieces));
}

/** Walks both at once: every pair of places that can be reached by one text, each at most once. */
function fitsForm(pattern: readonly string[], pieces: Form): boolean {
  const width = pieces.length + 1;
  const seen = new Set<number>();
  const open = [0];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    const [p, f] = [Math.floor(place / width), place % width];
    if (p === pattern.length && f === pieces.length) return true;
    const [wanted, piece] = [pattern[p], pieces[f]];
    if (wanted === '*') open.push(place + width);
    if (wanted === undefined || piece === undefined) continue;
    const wild = wanted === '*' || wanted === '?';
    if (!wild && !piece.is(wanted)) continue;
    const next = wanted === '*' ? p : p + 1;
    open.push(next * width + f + 1);
    if (piece.many) open.push(next * width + f);
  }
  return false;
}
