/** The validated document → the policy: defaults filled in, days made instants, ports made ranges. */
import { readDuration } from '../domain/window.ts';
import { readDate } from './dates.ts';
import { readPorts, readProtocol } from './leaves.ts';
import {
  type ApprovedImage,
  type BudgetEntry,
  type Exemption,
  type ExposureLimit,
  type ExposureSettings,
  INSTANCE_RULES,
  INTERNET_LIMIT,
  type InstanceRuleId,
  type InternetSettings,
  type Policy,
  type PortRange,
  type ProtectedPorts,
  type Selector,
  type TrustedActor,
} from './policy.ts';
import { PRESET_IDS } from './presets.ts';
import type { PolicyDocument } from './schema.ts';

type Entry<K extends 'exemptions' | 'trustedActors'> = NonNullable<PolicyDocument[K]>[number];
type InternetDocument = PolicyDocument['rules']['internet'];
type ExposureDocument = Omit<InternetDocument, 'loadBalancers' | 'prefixLists'>;
type SelectorDocument = Entry<'exemptions'>['select'];

/** tcp, udp, sctp and dccp: every protocol that services are run on by port. */
const EVERY_PROTOCOL_WITH_PORTS: readonly number[] = [6, 17, 132, 33];
/** "High" begins here (GuardDuty User Guide, "Severity levels of GuardDuty findings"). */
const HIGH = 7;
/** AWS's own: they have no account, so that nobody in the account can send findings as one of them. */
const PRODUCTS_OF_AWS = 'arn:*:securityhub:*::product/aws/*';
const WEB_PORTS: readonly number[] = [80, 443];

/** @throws Error when the document was not validated first. */
export function toPolicy(document: PolicyDocument): Policy {
  // Only a rule that the file names can act: one that is not there is told, whatever the mode at the top says.
  const rule = (id: InstanceRuleId): Policy['instanceRules'][InstanceRuleId] => {
    const settings = document.rules[id];
    if (settings === undefined) return { mode: 'observe', listed: false };
    const { mode = null, graceMinutes } = settings;
    return graceMinutes === undefined ? { mode } : { mode, graceMinutes };
  };
  return {
    mode: document.mode ?? null,
    modes: (document.modes ?? []).map(({ rules, select, mode }) => ({
      rules: rules ?? null,
      select: select === undefined ? null : toSelector(select),
      mode,
    })),
    when: document.when ?? 'new',
    trustedActors: (document.trustedActors ?? []).map(toTrustedActor),
    trustedServices: document.trustedServices ?? PRESET_IDS,
    internet: toInternet(document.rules.internet, rangesOfLists(document)),
    egress: toEgress(document.rules.egress, rangesOfLists(document)),
    pipelineOnly: toPipelineOnly(document.rules['pipeline-only']),
    instanceRules: Object.fromEntries(INSTANCE_RULES.map((id) => [id, rule(id)])) as Policy['instanceRules'],
    watchedTags: document.watchedTags ?? [],
    configVerdicts: document.configVerdicts ?? [],
    images: toImages(document.images),
    findings: toFindings(document.findings),
    maxInstanceAgeDays: document.maxInstanceAgeDays ?? null,
    ignoredDifferences: (document.ignoredDifferences ?? []).map(({ paths, select, reason }) => ({
      paths,
      select: toSelector(select),
      reason,
    })),
    replaceDespite: (document.replaceDespite ?? []).map(({ what, select, reason }) => ({
      what,
      select: toSelector(select),
      reason,
    })),
    exemptions: (document.exemptions ?? []).map(toExemption),
    ...toBudgets(document),
    notifications: {
      mailsPerHour: document.notifications?.mailsPerHour ?? 20,
      ownerTags: document.notifications?.ownerTags ?? ['Owner', 'owner', 'team', 'Team'],
      buildTags: document.notifications?.buildTags ?? ['Build', 'build', 'Version', 'version'],
      commitTags: document.notifications?.commitTags ?? ['Commit', 'commit', 'git-sha', 'git-commit'],
    },
    successorMinutes: document.successorMinutes ?? 15,
    taint: { graceMinutes: document.taint?.graceMinutes ?? 30, maxHours: document.taint?.maxHours ?? 12 },
  };
}

/** The ranges of each named list. */
type RangesOfLists = ReadonlyMap<string, readonly string[]>;

function rangesOfLists({ rangeLists }: PolicyDocument): RangesOfLists {
  return new Map((rangeLists ?? []).map(({ name, ranges }) => [name, ranges ?? []]));
}

function toInternet(document: InternetDocument, lists: RangesOfLists): InternetSettings {
  return {
    ...toExposure(document, lists),
    prefixLists: document.prefixLists ?? 'revoke-rules',
    loadBalancers: (document.loadBalancers ?? WEB_PORTS).map(toPorts),
  };
}

function toEgress(document: PolicyDocument['rules']['egress'], lists: RangesOfLists): ExposureSettings {
  if (document === undefined) return { mode: 'off', protects: [], limit: INTERNET_LIMIT, allowedRanges: [] };
  return toExposure(document, lists);
}

function toPipelineOnly(document: PolicyDocument['rules']['pipeline-only']): Policy['pipelineOnly'] {
  return { mode: document === undefined ? 'off' : (document.mode ?? null) };
}

function toExposure(document: ExposureDocument, lists: RangesOfLists): ExposureSettings {
  const { mode, protects, limit, allowedRanges = [], allowedLists = [] } = document;
  return {
    mode: mode ?? null,
    protects: protects.map(toProtectedPorts),
    limit: toLimit(limit),
    allowedRanges: [...allowedRanges, ...allowedLists.flatMap((name) => lists.get(name) ?? [])],
  };
}

function toProtectedPorts({ name, ports, protocols }: ExposureDocument['protects'][number]): ProtectedPorts {
  return {
    name,
    protocols: protocols === 'all' ? 'all' : (protocols?.map(readProtocol) ?? EVERY_PROTOCOL_WITH_PORTS),
    ports: (ports ?? []).map(toPorts),
  };
}

function toLimit(limit: ExposureDocument['limit']): ExposureLimit {
  if (limit === undefined || limit === 'internet') return INTERNET_LIMIT;
  const { ipv4Addresses, ipv6PrefixLength, ipv6Addresses } = limit;
  const byPrefix = ipv6PrefixLength === undefined ? null : 2n ** BigInt(128 - ipv6PrefixLength);
  const byCount = ipv6Addresses === undefined ? null : BigInt(ipv6Addresses);
  return {
    ipv4: ipv4Addresses === undefined ? INTERNET_LIMIT.ipv4 : BigInt(ipv4Addresses),
    ipv6: byPrefix ?? byCount ?? INTERNET_LIMIT.ipv6,
  };
}

function toTrustedActor(entry: Entry<'trustedActors'>): TrustedActor {
  const { id, role, user, service, sourceIdentity, calls, documents, launchTemplates } = entry;
  return {
    id,
    ...(role !== undefined && { role }),
    ...(user !== undefined && { user }),
    ...(service !== undefined && { service }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(calls !== undefined && { calls }),
    ...(documents !== undefined && { documents }),
    ...(launchTemplates !== undefined && { launchTemplates }),
  };
}

function toExemption(entry: Entry<'exemptions'>): Exemption {
  return {
    id: entry.id,
    reason: entry.reason,
    owner: entry.owner,
    ticket: entry.ticket ?? null,
    rules: entry.rules ?? null,
    select: toSelector(entry.select),
    notBefore: entry.notBefore === undefined ? null : toInstant(entry.notBefore, 'start'),
    expires: toInstant(entry.expires, 'end'),
  };
}

function toImages(images: PolicyDocument['images']): Policy['images'] {
  if (images === undefined) return null;
  const approved = images.approved?.map((entry): ApprovedImage => {
    const given = Object.entries(entry).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as ApprovedImage;
  });
  return { approved: approved ?? null, maxAgeDays: images.maxAgeDays ?? null };
}

function toFindings(findings: PolicyDocument['findings']): Policy['findings'] {
  const { guardDuty, securityHub } = findings ?? {};
  return {
    guardDuty: guardDuty ?? { minSeverity: HIGH },
    securityHub: {
      products: securityHub?.products ?? [PRODUCTS_OF_AWS],
      minSeverity: securityHub?.minSeverity ?? 'high',
    },
  };
}

/** Without `perGroup` one at a time, unless an entry that always applies says otherwise. */
function toBudgets({ budget, budgets: entries = [] }: PolicyDocument): Pick<Policy, 'budget' | 'budgets'> {
  const budgets = entries.map(
    ({ instances, select, reasons, schedule, duration, timeZone }): BudgetEntry => ({
      instances,
      select: select === undefined ? null : toSelector(select),
      reasons: reasons ?? null,
      // A duration that cannot be read makes the window one that cannot be evaluated.
      window:
        schedule === undefined
          ? null
          : { schedule, seconds: readDuration(duration ?? '') ?? 0, timeZone: timeZone ?? 'UTC' },
    }),
  );
  const everywhere = budgets.some(
    ({ select, reasons, window }) => select === null && reasons === null && window === null,
  );
  const perGroup = budget?.perGroup ?? (everywhere ? null : 1);
  return { budget: { perGroup, perHour: budget?.perHour ?? 3 }, budgets };
}

function toSelector({ port, ...select }: SelectorDocument): Selector {
  const given = Object.entries(select).filter(([, value]) => value !== undefined);
  // Only keys that are there: a selector asks about a key by its being given.
  const selector = Object.fromEntries(given) as Omit<Selector, 'port'>;
  return port === undefined ? selector : { ...selector, port: port.map(toPorts) };
}

function toPorts(value: number | string): PortRange {
  const ports = readPorts(value);
  if (ports === null) throw new Error(`not validated: port ${value}`);
  return ports;
}

function toInstant(text: string, edge: 'start' | 'end'): string {
  const read = readDate(text, edge);
  if ('fault' in read) throw new Error(`not validated: date ${text}`);
  return read.instant;
}
