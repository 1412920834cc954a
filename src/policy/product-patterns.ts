/**
 * Which products of Security Hub a pattern takes in. Findings come under the ARN of their product: those of AWS's own have no
 * account in it, and nobody else can send one. Under the account's own product, anybody in the account who may can.
 */

/** `#` stands for a digit, `^` for any character but colon and slash, `~` for any number of those. */
const SHAPES = {
  product: 'arn:^~:securityhub:~:~:product/^~/^~',
  own: 'arn:^~:securityhub:~:############:product/############/default',
};
const AWS = ':product/aws/';
const EXAMPLE = 'arn:*:securityhub:*::product/aws/inspector';

/** The tail of `found "…"`, or null. */
export function productFault(pattern: string): string | null {
  return admits(pattern, SHAPES.product) ? null : `, which fits no ARN of a product; write one such as ${EXAMPLE}`;
}

/** What naming it implies that the author may not have thought of. Each of these can be meant. */
export function productImplies(pattern: string): string | null {
  if (pattern.endsWith(`${AWS}guardduty`))
    return `${pattern} fits nothing that counts: what GuardDuty finds comes from itself`;
  // Nobody but AWS has a product of that name, wherever the stars around it end.
  if (pattern.includes(AWS) || !admits(pattern, SHAPES.product)) return null;
  const whoever = 'whoever may call securityhub:BatchImportFindings';
  return admits(pattern, SHAPES.own)
    ? `${pattern} fits the account's own product: ${whoever} can send findings about any instance under it; name products of AWS, such as ${EXAMPLE}`
    : `${pattern} fits products that are not of AWS: findings of some are sent from within the account, by ${whoever}; keep that right to few`;
}

/** Whether some text of this shape fits the pattern, in which `*` and `?` mean what they mean in `glob.ts`. */
function admits(pattern: string, shape: string): boolean {
  const wanted = Array.from(pattern);
  let reached = overStars(wanted, [0]);
  for (const part of shape) {
    reached = part === '~' ? afterAny(wanted, reached, part) : after(wanted, reached, part);
  }
  return reached.has(wanted.length);
}

/** The same for any number of such characters, none included. */
function afterAny(wanted: readonly string[], reached: ReadonlySet<number>, part: string): ReadonlySet<number> {
  const more = new Set([...reached, ...after(wanted, reached, part)]);
  return more.size === reached.size ? reached : afterAny(wanted, more, part);
}

/** How far into the pattern one can be when one more character of the text is read. */
function after(wanted: readonly string[], reached: ReadonlySet<number>, part: string): ReadonlySet<number> {
  const next = [...reached].flatMap((at) => {
    const character = wanted[at];
    if (character === '*') return [at];
    return character === '?' || (character !== undefined && takes(part, character)) ? [at + 1] : [];
  });
  return overStars(wanted, next);
}

/** A star may also stand for nothing. */
function overStars(wanted: readonly string[], reached: readonly number[]): ReadonlySet<number> {
  const all = new Set(reached);
  for (const at of all) if (wanted[at] === '*') all.add(at + 1);
  return all;
}

function takes(part: string, character: string): boolean {
  if (part === '#') return /\d/.test(character);
  return part === '^' || part === '~' ? !/[:/]/.test(character) : part === character;
}
