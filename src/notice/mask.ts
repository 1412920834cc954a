/** What CloudTrail and Systems Manager write in the place of a value, and what a mask of ours looks like. */
const MASKS = /<sensitiveDataRemoved>|HIDDEN_DUE_TO_SECURITY_REASONS|^\*{3,}$|<masked/iu;

export function isMasked(value: string): boolean {
  return MASKS.test(value);
}
