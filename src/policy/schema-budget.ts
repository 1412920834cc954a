/** The budgets of `policy.yml`. An error's text is the tail of `found …` or of `is missing`. */
import * as z from 'zod/mini';
import { cronFault, durationFault, zoneFault } from '../domain/window.ts';
import { didYouMean } from './fault.ts';
import { INSTANCE_RULES, RULES } from './policy.ts';
import { closed, integer, judged, onceEach, someOf, text } from './schema-parts.ts';

const MOST = 1000;
const WRITE_SHARE = `; write a whole number from 0 to ${MOST}, or a per cent in quotes such as "10%"`;

const share = z.union([z.number(), z.string()], { error: WRITE_SHARE }).check(judged(shareFault));

function shareFault(value: number | string): string | null {
  const fits =
    typeof value === 'number'
      ? Number.isInteger(value) && value >= 0 && value <= MOST
      : /^(?:100|[1-9]?\d)%$/.test(value);
  return fits ? null : WRITE_SHARE;
}

const reason = z.enum(INSTANCE_RULES, {
  error: ({ input }) => {
    const never = RULES.some((rule) => rule === input) ? ', which never replaces an instance' : '';
    const meant = typeof input === 'string' && never === '' ? didYouMean(input, INSTANCE_RULES) : null;
    if (meant !== null) return `; did you mean ${meant}?`;
    return `${never}; use a rule about instances, such as ${INSTANCE_RULES.slice(0, 2).join(' or ')} (docs/policy.md lists them)`;
  },
});

export const budget = closed({
  perGroup: z.optional(share),
  perHour: z.optional(integer(0, MOST, 'how many replacements may begin in an hour')),
});

/** `select` is the grammar of all selectors; `check-selectors.ts` finds what of it can never match here. */
export function budgetEntry<T extends z.core.$ZodType>(select: T) {
  return closed({
    instances: share,
    select: z.optional(select),
    reasons: z.optional(onceEach(someOf(reason, 'rules about instances'))),
    schedule: z.optional(text('a cron schedule', cronFault)),
    duration: z.optional(text('how long, such as 8h', durationFault)),
    timeZone: z.optional(text('a time zone', zoneFault)),
  });
}
