/** The policy as the rest of the code sees it: validated, with every default filled in. */
import type { Share } from '../domain/budget.ts';
import type { HubSeverity } from '../domain/hub-severity.ts';
import type { ObstacleWord } from '../domain/obstacle.ts';
import { CHANGED_SIGNALS, ENTERED_SIGNALS } from '../domain/signal.ts';
import type { Window } from '../domain/window.ts';
import type { PresetId } from './presets.ts';

export const MODES = ['off', 'observe', 'ask', 'enforce'] as const;
export type Mode = 'off' | 'observe' | 'enforce';

/** One grammar for exemptions and mode settings. Keys that are given must all match; within a key, one of its values. */
export type Selector = {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly vpc?: readonly string[];
  /** Security group, by id or name pattern. */
  readonly securityGroup?: readonly string[];
  /** Auto Scaling group, by name pattern. */
  readonly autoScalingGroup?: readonly string[];
  /** Instance, by id. */
  readonly instance?: readonly string[];
  /** Tags of the security group or of the Auto Scaling group: value patterns by key. */
  readonly tag?: Readonly<Record<string, readonly string[]>>;
  readonly port?: readonly PortRange[];
  /** Source ranges (CIDR). */
  readonly range?: readonly string[];
  /** Pattern over the ARN of the actor or of the role behind its session. */
  readonly actor?: readonly string[];
};

export type PortRange = { readonly from: number; readonly to: number };

/** A principal that the policy names as the pipeline. Keys that are given must all match. */
export type TrustedActor = {
  readonly id: string;
  /** Pattern over the ARN of the role behind a session. */
  readonly role?: string;
  /** Pattern over the ARN of an IAM user. */
  readonly user?: string;
  readonly sourceIdentity?: string;
  /** An AWS service acting by itself (`userIdentity.type` AWSService), by its host name. */
  readonly service?: string;
  /** The calls that it is trusted with, by their names in CloudTrail. */
  readonly calls?: readonly string[];
  /** Patterns over the Systems Manager document that the call runs. A call that runs none, or does not tell, is not trusted. */
  readonly documents?: readonly string[];
  /** Ids of launch templates: the call must be about one of them. */
  readonly launchTemplates?: readonly string[];
};

/** What the `internet` rule protects: a port interval of some protocols, or rules for all traffic. */
export type ProtectedPorts = {
  readonly name: string;
  /** IANA protocol numbers; `'all'` = rules that allow every protocol (-1). */
  readonly protocols: readonly number[] | 'all';
  readonly ports: readonly PortRange[];
};

/** Open means strictly more than this many addresses. */
export type ExposureLimit = { readonly ipv4: bigint; readonly ipv6: bigint };

/** The preset `internet`: one /8 of IPv4, one /27 of IPv6. */
export const INTERNET_LIMIT: ExposureLimit = { ipv4: 2n ** 24n, ipv6: 2n ** 101n };

type RuleSettings = { readonly mode: Mode | null };
/** `graceMinutes` left out: as `graceOf` says. `listed` is false where the file does not list the rule: it only observes. */
type InstanceRuleSettings = RuleSettings & { readonly graceMinutes?: number; readonly listed?: false };
/** How much of the internet may be reached through a protected port, in one direction. */
export type ExposureSettings = RuleSettings & {
  readonly protects: readonly ProtectedPorts[];
  readonly limit: ExposureLimit;
  /** Ranges that never count: those of the rule itself and those of the named lists that it allows. */
  readonly allowedRanges: readonly string[];
};
export type InternetSettings = ExposureSettings & {
  /** What is put right when a prefix list of ours was widened: the rules that name it, or the list. */
  readonly prefixLists: 'revoke-rules' | 'remove-entries';
  /** TCP ports on which a group that only load balancers use may be public. */
  readonly loadBalancers: readonly PortRange[];
};

export type ModeSetting = {
  readonly rules: readonly string[] | null;
  readonly select: Selector | null;
  readonly mode: Mode;
};

export type Exemption = {
  readonly id: string;
  readonly reason: string;
  readonly owner: string;
  readonly ticket: string | null;
  /** Rule ids; null = every rule. */
  readonly rules: readonly string[] | null;
  readonly select: Selector;
  /** ISO instants, UTC. */
  readonly notBefore: string | null;
  readonly expires: string;
};

/** Differences from the template that are left alone: paths as in `difference-paths.ts`. */
type IgnoredDifferences = {
  readonly paths: readonly string[];
  readonly select: Selector;
  readonly reason: string;
};

/** What an instance may be replaced despite of. */
type ReplaceDespite = { readonly what: readonly ObstacleWord[]; readonly select: Selector; readonly reason: string };

/** First row whose pattern matches the Config rule's name wins; `means` are our rules that must then hold on live state. */
type ConfigVerdict = { readonly configRule: string; readonly means: readonly string[] };

/** Of all entries that apply, the least wins. Null: every group, every rule, at all times. */
export type BudgetEntry = {
  readonly instances: Share;
  readonly select: Selector | null;
  readonly reasons: readonly string[] | null;
  readonly window: Window | null;
};

/** Every key that is given must fit, by one of its values. */
export type ApprovedImage = {
  readonly ids?: readonly string[];
  /** Accounts, or AWS's own names for some. With `names` and without this key: the account itself. */
  readonly owners?: readonly string[];
  readonly names?: readonly string[];
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  /** Name of an SSM parameter that holds the id of the one image that is approved. */
  readonly ssmParameter?: string;
};

/** `approved` null: every image is. `maxAgeDays`: since it was made; null: it may be as old as it is. */
export type ImageSettings = { readonly approved: readonly ApprovedImage[] | null; readonly maxAgeDays: number | null };

/** From which severity on findings of other services count; of Security Hub also whose: `products` are patterns of ARNs. */
type FindingSettings = {
  readonly guardDuty: { readonly minSeverity: number };
  readonly securityHub: { readonly products: readonly string[]; readonly minSeverity: HubSeverity };
};

export type Policy = {
  readonly mode: Mode | null;
  readonly modes: readonly ModeSetting[];
  /** Whether findings from before the deployment count. */
  readonly when: 'new' | 'any';
  readonly trustedActors: readonly TrustedActor[];
  /** Presets of AWS services whose own work is no drift. */
  readonly trustedServices: readonly PresetId[];
  readonly internet: InternetSettings;
  /** Where traffic may go. Off where the policy does not list it. */
  readonly egress: ExposureSettings;
  /** Security groups are changed by trusted actors alone. Off where the policy does not list it. */
  readonly pipelineOnly: RuleSettings;
  /** Instance rules by id (every instance rule is present). */
  readonly instanceRules: Readonly<Record<InstanceRuleId, InstanceRuleSettings>>;
  /** Patterns over the keys of tags, for the rule `watched-tag-changed`. */
  readonly watchedTags: readonly string[];
  readonly configVerdicts: readonly ConfigVerdict[];
  /** null where the policy asks nothing of images: then none is read. */
  readonly images: ImageSettings | null;
  readonly findings: FindingSettings;
  /** Days since its launch that an instance may run; null: for ever. */
  readonly maxInstanceAgeDays: number | null;
  readonly ignoredDifferences: readonly IgnoredDifferences[];
  readonly replaceDespite: readonly ReplaceDespite[];
  readonly exemptions: readonly Exemption[];
  readonly budget: {
    /** Instances out at once per Auto Scaling group; null where an entry of `budgets` that always applies says so. */
    readonly perGroup: Share | null;
    /** Replacements begun per account and Region in a rolling hour. */
    readonly perHour: number;
  };
  readonly budgets: readonly BudgetEntry[];
  readonly notifications: {
    readonly mailsPerHour: number;
    /** Tags that tell whose a resource is, in order of preference. */
    readonly ownerTags: readonly string[];
    /** Tags of images and templates that tell a build and a commit; the first that is there counts. */
    readonly buildTags: readonly string[];
    readonly commitTags: readonly string[];
  };
  /** Minutes that a successor may take before the incident escalates. */
  readonly successorMinutes: number;
  /**
   * How long an instance that was entered is left alone, where its rule says nothing else: after the end of the last session.
   * At most so many hours since the first entry, or the first change.
   */
  readonly taint: { readonly graceMinutes: number; readonly maxHours: number };
};

/** What is wrong with an instance as it stands, whoever launched it: found whenever it is looked at. */
export const STANDING_RULES = ['too-old', 'image-not-approved'] as const;

export const INSTANCE_RULES = [
  'user-data-changed',
  'security-groups-changed',
  'instance-profile-changed',
  'metadata-options-changed',
  'instance-attribute-changed',
  'volume-attached',
  'watched-tag-changed',
  'differs-from-template',
  ...CHANGED_SIGNALS,
  'session-started',
  'ssh-key-pushed',
  ...ENTERED_SIGNALS,
  ...STANDING_RULES,
  'guardduty-finding',
  'security-hub-finding',
] as const;
export type InstanceRuleId = (typeof INSTANCE_RULES)[number];
/** The rules about security groups, network interfaces and prefix lists. */
export const NETWORK_RULES = ['internet', 'egress', 'pipeline-only'] as const;
export const RULES = [...NETWORK_RULES, ...INSTANCE_RULES, 'baseline-changed', 'own-role-misused'] as const;
export type RuleId = (typeof RULES)[number];
