/**
 * The shape of `policy.yml`, closed against unknown keys. The same schema is used where the package is built and
 * at a cold start, so nothing here knows YAML.
 */
import * as z from 'zod/mini';
import { OBSTACLES } from '../domain/obstacle.ts';
import { differencePathFault } from './difference-paths.ts';
import { listedRangeFault, sentenceFault, WRITE_PROTOCOL, watchedTagFault } from './leaves.ts';
import { INSTANCE_RULES, RULES } from './policy.ts';
import { PRESET_IDS } from './presets.ts';
import { budget, budgetEntry } from './schema-budget.ts';
import { cidr, date, id, mode, patterns, port, protocol, publicCidr, ruleNames } from './schema-leaves.ts';
import { closed, integer, judged, listOf, onceEach, someOf, text, word } from './schema-parts.ts';
import { findings, images, maxInstanceAgeDays } from './schema-standing.ts';
import {
  accountFault,
  actorFault,
  autoScalingGroupFault,
  idFault,
  regionFault,
  securityGroupFault,
} from './selector-values.ts';
import {
  callFault,
  documentFault,
  principalFault,
  serviceFault,
  sourceIdentityFault,
  templateFault,
} from './trust-patterns.ts';

/** `group` was read as either kind of group, and selected nothing where the other one was meant. */
const RENAMED = {
  group: 'group is now securityGroup; rename the key, or use autoScalingGroup for an Auto Scaling group',
  fleet: 'fleet is now autoScalingGroup; rename the key',
};

const selector = closed(
  {
    account: z.optional(onceEach(someOf(text('the twelve digits of an account in quotes', accountFault), 'accounts'))),
    region: z.optional(patterns('Regions', regionFault)),
    vpc: z.optional(patterns('VPC ids', idFault('vpc-'))),
    securityGroup: z.optional(patterns('security groups by id or name', securityGroupFault)),
    autoScalingGroup: z.optional(patterns('Auto Scaling groups by name', autoScalingGroupFault)),
    instance: z.optional(patterns('instance ids', idFault('i-'))),
    tag: z.optional(
      z
        .record(z.string(), patterns('values of the tag'), {
          error: '; write tags with lists of values: {Env: [prod]}',
        })
        .check(
          judged((tags: object) => (Object.keys(tags).length === 0 ? '; name a tag, or leave the key out' : null)),
        ),
    ),
    port: z.optional(onceEach(someOf(port, 'ports'))),
    range: z.optional(onceEach(someOf(publicCidr, 'ranges'))),
    actor: z.optional(patterns('ARNs', actorFault)),
  },
  RENAMED,
);

const modeSetting = closed({
  rules: z.optional(ruleNames),
  select: z.optional(selector),
  mode,
  reason: z.optional(text('why')),
});

const trustedActor = closed({
  id,
  role: z.optional(text("a role's ARN", principalFault('role'))),
  user: z.optional(text("a user's ARN", principalFault('user'))),
  service: z.optional(text('a service', serviceFault)),
  sourceIdentity: z.optional(text('a source identity', sourceIdentityFault)),
  calls: z.optional(onceEach(someOf(text('the name of a call such as SendCommand', callFault), 'calls'))),
  documents: z.optional(patterns('documents of Systems Manager', documentFault)),
  launchTemplates: z.optional(onceEach(someOf(text('the id of a launch template', templateFault), 'launchTemplates'))),
  reason: z.optional(text('why')),
});

const protectedPorts = closed({
  name: text('a name for people'),
  ports: z.optional(someOf(port, 'ports')),
  protocols: z.optional(z.union([z.literal('all'), someOf(protocol, 'protocols')], { error: `; ${WRITE_PROTOCOL}` })),
});

const exposureLimit = closed({
  ipv4Addresses: z.optional(integer(0, 2 ** 31, 'how many IPv4 addresses are still not open')),
  ipv6PrefixLength: z.optional(integer(4, 128, 'the prefix length of the largest IPv6 range that is still not open')),
  ipv6Addresses: z.optional(
    integer(0, Number.MAX_SAFE_INTEGER, 'how many IPv6 addresses are still not open (ipv6PrefixLength goes further)'),
  ),
});

const ruleSettings = closed({ mode: z.optional(mode) });
const graceMinutes = integer(0, 1440, 'how many minutes');
const instanceRuleSettings = closed({ mode: z.optional(mode), graceMinutes: z.optional(graceMinutes) });
const exposure = {
  mode: z.optional(mode),
  protects: someOf(protectedPorts, 'protected ports'),
  limit: z.optional(
    z.union([z.literal('internet'), exposureLimit], {
      error: '; write internet, or a mapping with ipv4Addresses and ipv6PrefixLength',
    }),
  ),
  allowedRanges: z.optional(listOf(cidr, 'ranges')),
  allowedLists: z.optional(listOf(id, 'names of rangeLists')),
};
const internet = closed({
  ...exposure,
  loadBalancers: z.optional(listOf(port, 'ports')),
  prefixLists: z.optional(word(['revoke-rules', 'remove-entries'])),
});
const egress = closed(exposure);
const instanceRules = Object.fromEntries(
  INSTANCE_RULES.map((rule) => [rule, z.optional(instanceRuleSettings)]),
) as Record<(typeof INSTANCE_RULES)[number], z.ZodMiniOptional<typeof instanceRuleSettings>>;

/** `file` is read where the policy is loaded, which puts `ranges` in its place: a cold start reads no file. */
const rangeList = closed({
  name: id,
  source: z.optional(text('where the ranges come from')),
  file: z.optional(text('the path of a file with one range a line, from where the policy is')),
  ranges: z.optional(someOf(text('a range such as 203.0.113.0/24', listedRangeFault), 'ranges')),
});

const exemption = closed({
  id,
  reason: text('why, as a sentence', sentenceFault),
  owner: text('who answers for it'),
  ticket: z.optional(text('a ticket, in quotes if it is a number')),
  rules: z.optional(ruleNames),
  select: selector,
  notBefore: z.optional(date('start')),
  expires: date('end'),
});

const configVerdict = closed({
  configRule: text('the name of a Config rule, or a pattern'),
  means: onceEach(listOf(word(RULES), 'rules')),
});

const ignoredDifferences = closed({
  paths: onceEach(someOf(text('the path of a difference', differencePathFault), 'paths')),
  select: selector,
  reason: text('why, as a sentence', sentenceFault),
});

const replaceDespite = closed({
  what: onceEach(someOf(word(OBSTACLES), 'words')),
  select: selector,
  reason: text('why, as a sentence', sentenceFault),
});

export const policyDocument = closed({
  version: z.literal(1, { error: '; write version: 1, the only one there is' }),
  mode: z.optional(mode),
  when: z.optional(word(['new', 'any'])),
  modes: z.optional(listOf(modeSetting, 'mode settings')),
  trustedActors: z.optional(listOf(trustedActor, 'trusted actors')),
  trustedServices: z.optional(onceEach(listOf(word(PRESET_IDS), 'services'))),
  rangeLists: z.optional(listOf(rangeList, 'named lists of ranges')),
  rules: closed({ internet, egress: z.optional(egress), 'pipeline-only': z.optional(ruleSettings), ...instanceRules }),
  watchedTags: z.optional(
    onceEach(listOf(text('the key of a tag, or a pattern', watchedTagFault), 'tag keys or patterns')),
  ),
  configVerdicts: z.optional(listOf(configVerdict, 'Config rules and what they mean')),
  images: z.optional(images),
  findings: z.optional(findings),
  maxInstanceAgeDays: z.optional(maxInstanceAgeDays),
  ignoredDifferences: z.optional(listOf(ignoredDifferences, 'differences that are left alone')),
  replaceDespite: z.optional(listOf(replaceDespite, 'what instances may be replaced despite of')),
  exemptions: z.optional(listOf(exemption, 'exemptions')),
  budget: z.optional(budget),
  budgets: z.optional(listOf(budgetEntry(selector), 'budgets')),
  successorMinutes: z.optional(integer(1, 720, 'how many minutes')),
  taint: z.optional(
    closed({
      graceMinutes: z.optional(graceMinutes),
      maxHours: z.optional(integer(1, 168, 'how many hours')),
    }),
  ),
  notifications: z.optional(
    closed({
      mailsPerHour: z.optional(integer(3, 1000, 'how many emails may go out in an hour')),
      ownerTags: z.optional(listOf(text('the key of a tag'), 'tag keys')),
      buildTags: z.optional(listOf(text('the key of a tag'), 'tag keys')),
      commitTags: z.optional(listOf(text('the key of a tag'), 'tag keys')),
    }),
  ),
});

export type PolicyDocument = z.infer<typeof policyDocument>;
