/** The single values of `policy.yml`, as the schema asks for them. */
import * as z from 'zod/mini';
import { readDate, WRITE_DATE } from './dates.ts';
import { either } from './fault.ts';
import { cidrFault, portFault, protocolFault, WRITE_PORT, WRITE_PROTOCOL } from './leaves.ts';
import { MODES } from './policy.ts';
import { type Check, judged, onceEach, someOf, text, wordFault } from './schema-parts.ts';
import { SETTABLE_RULES } from './selector-keys.ts';
import { publicRangeFault } from './selector-values.ts';

const writable = MODES.filter((mode) => mode !== 'ask');
export const mode = z.enum(writable, {
  error: ({ input }) =>
    input === 'ask' ? `, which comes later; for now write ${either(writable)}` : wordFault(input, writable),
});

export const id = text('a short id', (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value) ? null : '; write letters, digits, dots, hyphens, at most 64',
);
export const port = z
  .union([z.number(), z.string()], { error: `; ${WRITE_PORT}` })
  .check(judged((value: number | string) => portFault(value)));
export const protocol = z
  .union([z.string(), z.number()], { error: `; ${WRITE_PROTOCOL}` })
  .check(judged((value: number | string) => protocolFault(value)));
export const date = (edge: 'start' | 'end') =>
  z.string({ error: `; ${WRITE_DATE}` }).check(
    judged((value) => {
      const read = readDate(value, edge);
      return 'fault' in read ? read.fault : null;
    }),
  );
export const patterns = (what: string, check?: Check<string>) =>
  onceEach(someOf(text(`${what} or patterns`, check), what));
export const cidr = text('a range such as 203.0.113.0/24', cidrFault);
export const publicCidr = text('a range such as 203.0.113.0/24', publicRangeFault);
const settable = z.enum(SETTABLE_RULES, {
  error: ({ input }) =>
    input === 'own-role-misused'
      ? ', which is always notified, whatever the policy says; leave it out'
      : wordFault(input, SETTABLE_RULES),
});
export const ruleNames = onceEach(someOf(settable, 'rules'));
