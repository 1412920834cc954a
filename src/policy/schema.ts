/**
 * The shape of `policy.yml`, closed against unknown keys. The same schema is used where the package is built and
 * at a cold start, so nothing here knows YAML. An error's text is the tail of `found …` or of `is missing`.
 */
import * as z from 'zod/mini';
import { readDate, WRITE_DATE } from './dates.ts';
import { didYouMean, either } from './fault.ts';
import {
  accountFault,
  actorFault,
  cidrFault,
  idFault,
  portFault,
  protocolFault,
  regionFault,
  sentenceFault,
  WRITE_PORT,
  WRITE_PROTOCOL,
} from './leaves.ts';
import { INSTANCE_RULES, MODES, RULES } from './policy.ts';
import { principalFault, serviceFault, sourceIdentityFault } from './trust-patterns.ts';

type Check<T> = (value: T) => string | null;

/** Runs a check of ours as one of zod's. */
function judged<T>(check: Check<T>): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    const message = check(value);
    if (message !== null) issues.push({ code: 'custom', message, input: value });
  };
}

const isBlank: Check<string> = (value) => (value.trim() === '' ? '; write something' : null);

function text(write: string, check: Check<string> = isBlank) {
  return z.string({ error: `; write ${write}` }).check(judged((value) => isBlank(value) ?? check(value)));
}

function integer(min: number, max: number, what: string) {
  const error = `; write ${what}, a whole number from ${min} to ${max}`;
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

function word<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: ({ input }) => wordFault(input, words) });
}

function wordFault(input: unknown, words: readonly string[]): string {
  const meant = typeof input === 'string' ? didYouMean(input, words) : null;
  return meant === null ? `; write ${either(words)}` : `; did you mean ${meant}? Write ${either(words)}`;
}

/** A mapping without other keys. The error's text has one line for each key that is unknown. */
function closed<T extends z.core.$ZodShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `; write a mapping with ${either(known)}`;
      return issue.keys.map((key) => keyFault(key, known)).join('\n');
    },
  });
}

function keyFault(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  return meant === null ? `allowed here: ${known.join(', ')}` : `did you mean ${meant}?`;
}

function listOf<T extends z.core.$ZodType>(item: T, what: string) {
  return z.array(item, { error: `; write a list of ${what} ([] for none)` });
}

/** A list that can't be empty: an empty one would select everything or nothing, and nobody could tell which. */
function someOf<T extends z.core.$ZodType>(item: T, what: string) {
  const empty = `; write at least one of the ${what}, or leave the key out`;
  return z.array(item, { error: `; write a list of ${what}` }).check(z.minLength(1, { error: empty }));
}

const writable = MODES.filter((mode) => mode !== 'ask');
const mode = z.enum(writable, {
  error: ({ input }) =>
    input === 'ask' ? `, which comes later; for now write ${either(writable)}` : wordFault(input, writable),
});

const id = text('a short id', (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value) ? null : '; write letters, digits, dots, hyphens, at most 64',
);
const port = z
  .union([z.number(), z.string()], { error: `; ${WRITE_PORT}` })
  .check(judged((value: number | string) => portFault(value)));
const protocol = z
  .union([z.string(), z.number()], { error: `; ${WRITE_PROTOCOL}` })
  .check(judged((value: number | string) => protocolFault(value)));
const date = (edge: 'start' | 'end') =>
  z.string({ error: `; ${WRITE_DATE}` }).check(
    judged((value) => {
      const read = readDate(value, edge);
      return 'fault' in read ? read.fault : null;
    }),
  );
const patterns = (what: string, check?: Check<string>) => someOf(text(`${what} or patterns`, check), what);
const cidr = text('a range such as 203.0.113.0/24', cidrFault);
const ruleNames = someOf(word(RULES), 'rules');

export const selector = closed({
  account: z.optional(someOf(text('the twelve digits of an account in quotes', accountFault), 'accounts')),
  region: z.optional(patterns('Regions', regionFault)),
  vpc: z.optional(patterns('VPC ids', idFault('vpc-'))),
  group: z.optional(patterns('security groups by id or name')),
  fleet: z.optional(patterns('Auto Scaling groups by name')),
  instance: z.optional(patterns('instance ids', idFault('i-'))),
  tag: z.optional(
    z
      .record(z.string(), patterns('values of the tag'), { error: '; write tags with lists of values: {Env: [prod]}' })
      .check(judged((tags: object) => (Object.keys(tags).length === 0 ? '; name a tag, or leave the key out' : null))),
  ),
  port: z.optional(someOf(port, 'ports')),
  range: z.optional(someOf(cidr, 'ranges')),
  actor: z.optional(patterns('ARNs', actorFault)),
}).check(
  judged((value: object) =>
    Object.keys(value).length === 0 ? ', which selects neither everything nor nothing; name what it selects' : null,
  ),
);

export const modeSetting = closed({
  rules: z.optional(ruleNames),
  select: z.optional(selector),
  mode,
  reason: z.optional(text('why')),
});

export const trustedActor = closed({
  id,
  role: z.optional(text("a role's ARN", principalFault('role'))),
  user: z.optional(text("a user's ARN", principalFault('user'))),
  service: z.optional(text('a service', serviceFault)),
  sourceIdentity: z.optional(text('a source identity', sourceIdentityFault)),
  reason: z.optional(text('why')),
});

export const protectedPorts = closed({
  name: text('a name for people'),
  ports: z.optional(someOf(port, 'ports')),
  protocols: z.optional(z.union([z.literal('all'), someOf(protocol, 'protocols')], { error: `; ${WRITE_PROTOCOL}` })),
});

export const exposureLimit = closed({
  ipv4Addresses: z.optional(integer(0, 2 ** 31, 'how many IPv4 addresses are still not open')),
  ipv6PrefixLength: z.optional(integer(4, 128, 'the prefix length of the largest IPv6 range that is still not open')),
  ipv6Addresses: z.optional(
    integer(0, Number.MAX_SAFE_INTEGER, 'how many IPv6 addresses are still not open (ipv6PrefixLength goes further)'),
  ),
});

const ruleSettings = closed({ mode: z.optional(mode) });
const internet = closed({
  mode: z.optional(mode),
  protects: someOf(protectedPorts, 'protected ports'),
  limit: z.optional(
    z.union([z.literal('internet'), exposureLimit], {
      error: '; write internet, or a mapping with ipv4Addresses and ipv6PrefixLength',
    }),
  ),
  allowedRanges: z.optional(listOf(cidr, 'ranges')),
});
const instanceRules = Object.fromEntries(INSTANCE_RULES.map((rule) => [rule, z.optional(ruleSettings)])) as Record<
  (typeof INSTANCE_RULES)[number],
  z.ZodMiniOptional<typeof ruleSettings>
>;

export const exemption = closed({
  id,
  reason: text('why, as a sentence', sentenceFault),
  owner: text('who answers for it'),
  ticket: z.optional(text('a ticket, in quotes if it is a number')),
  rules: z.optional(ruleNames),
  select: selector,
  notBefore: z.optional(date('start')),
  expires: date('end'),
});

export const configVerdict = closed({
  configRule: text('the name of a Config rule, or a pattern'),
  means: listOf(word(RULES), 'rules'),
});

export const policyDocument = closed({
  version: z.literal(1, { error: '; write version: 1, the only one there is' }),
  mode: z.optional(mode),
  when: z.optional(word(['new', 'any'])),
  modes: z.optional(listOf(modeSetting, 'mode settings')),
  trustedActors: z.optional(listOf(trustedActor, 'trusted actors')),
  rules: closed({ internet, ...instanceRules }),
  configVerdicts: z.optional(listOf(configVerdict, 'Config rules and what they mean')),
  exemptions: z.optional(listOf(exemption, 'exemptions')),
  budget: z.optional(
    closed({
      perGroup: z.optional(integer(0, 1000, 'how many instances may be out at once in one group')),
      perHour: z.optional(integer(0, 1000, 'how many replacements may begin in an hour')),
    }),
  ),
  successorMinutes: z.optional(integer(1, 720, 'how many minutes')),
  notifications: z.optional(
    closed({
      mailsPerHour: z.optional(integer(0, 1000, 'how many mails may go out in an hour')),
      ownerTags: z.optional(listOf(text('the key of a tag'), 'tag keys')),
    }),
  ),
});

export type PolicyDocument = z.infer<typeof policyDocument>;
