/** What each key of `policy.yml` is for, as editors show it. Dots part keys; list items add nothing. */
const SELECT = {
  '': 'What it applies to: every key that is given must fit, by one of its values. * and ? are wildcards.',
  account: 'Accounts: twelve digits in quotes, or a pattern.',
  region: 'Regions, or a pattern such as eu-*.',
  vpc: 'VPCs by id. Of a group in several, an exemption needs all to fit, a mode one.',
  group: 'Security groups by id or name.',
  fleet: 'Auto Scaling groups by name.',
  instance: 'Instances by id.',
  tag: 'Tags of the security group or of the Auto Scaling group: for each key its values.',
  port: 'Ports, for the rules internet and egress: 22 or "5985-5986".',
  range: 'Ranges (CIDR), for the rules internet (whence) and egress (where to).',
  actor: 'ARN of who made the change, or of the role behind the session.',
};

const MODE = 'off: look away. observe: decide and tell. enforce: act. The most cautious of all that apply wins.';
const RULES = 'Rules that it is about; without this key, all of them.';

const EXPOSURE = {
  mode: MODE,
  protects: 'The ports that are protected.',
  'protects.name': 'How people call what listens there.',
  'protects.ports': 'Ports: 22 or "5985-5986". For icmp and icmpv6: types, 0 to 255.',
  'protects.protocols': 'Protocols (tcp, udp, sctp and dccp if left out), or all: rules for all traffic.',
  limit: 'Open means strictly more public addresses than this. internet: a /8 of IPv4, a /27 of IPv6.',
  'limit.ipv4Addresses': 'How many IPv4 addresses are still not open.',
  'limit.ipv6PrefixLength': 'Prefix length of the largest IPv6 range that is still not open.',
  'limit.ipv6Addresses': 'How many IPv6 addresses are still not open; instead of ipv6PrefixLength.',
  allowedRanges: 'Public ranges that never count.',
  allowedLists: 'Names of rangeLists whose ranges never count either.',
};

const INSTANCE_RULE = {
  'user-data-changed': 'The user data of an instance was changed.',
  'security-groups-changed': 'The security groups of an instance or of its interfaces were changed.',
  'instance-profile-changed': 'The instance profile was changed, attached or taken away.',
  'metadata-options-changed': 'The metadata options (IMDS) were changed.',
  'instance-attribute-changed': 'Another attribute of the instance was changed.',
  'volume-attached': 'A volume was attached.',
  'session-started': 'Somebody opened a session on the instance.',
  'ssh-key-pushed': 'Somebody pushed an SSH key to the instance.',
};

export const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['version', 'The version of this format: 1.'],
  ['mode', MODE],
  ['when', 'Whether findings from before the deployment count: any, or new (the default).'],
  ['modes', 'Modes of single rules or places. They can only make things more cautious than the top-level mode.'],
  ['modes.rules', RULES],
  ...under('modes.select', SELECT),
  ['modes.mode', MODE],
  ['modes.reason', 'Why, for the next reader.'],
  [
    'trustedActors',
    'Principals whose changes of instances are no drift, and who may change groups under pipeline-only.',
  ],
  ['trustedActors.id', 'A short name, once in the list.'],
  ['trustedActors.role', 'ARN of the role behind the session; * and ? are wildcards, but the name needs a letter.'],
  ['trustedActors.user', 'ARN of an IAM user; * and ? are wildcards, but the name needs a letter.'],
  ['trustedActors.service', 'Host name of an AWS service that acts by itself, such as autoscaling.amazonaws.com.'],
  ['trustedActors.sourceIdentity', 'Source identity that the session must carry as well.'],
  ['trustedActors.reason', 'Why, for the next reader.'],
  ['rangeLists', 'Ranges with a name, for allowedLists.'],
  ['rangeLists.name', 'A short name, once in the list.'],
  ['rangeLists.source', 'Where the ranges come from, for the next reader.'],
  ['rangeLists.file', 'A file with one range a line, from where the policy is; # begins a comment.'],
  ['rangeLists.ranges', 'The ranges themselves; instead of file.'],
  ['rules', 'The rules, one key each.'],
  ['rules.internet', 'A protected port that too many public addresses can reach.'],
  ...under('rules.internet', EXPOSURE),
  [
    'rules.internet.loadBalancers',
    'TCP ports on which a group that only load balancers have may be public (default 80 and 443); [] for none.',
  ],
  [
    'rules.internet.prefixLists',
    'A prefix list of yours was widened: take back the rules that name it (revoke-rules), or the entries of the list.',
  ],
  ['rules.egress', 'Traffic may go to too much of the internet on a protected port. Off unless listed.'],
  ...under('rules.egress', EXPOSURE),
  ...under('rules.pipeline-only', {
    '': 'A security group was changed by somebody who is not among trustedActors. Off unless listed.',
    mode: MODE,
  }),
  ...Object.entries(INSTANCE_RULE).flatMap(([rule, what]) => under(`rules.${rule}`, { '': what, mode: MODE })),
  ['configVerdicts', "What a Config rule's NON_COMPLIANT makes us look at. The first row that fits wins."],
  ['configVerdicts.configRule', 'Name of the Config rule; * and ? are wildcards.'],
  ['configVerdicts.means', 'Rules that are then judged on the live state; an empty list ignores the Config rule.'],
  ['exemptions', 'Standing permissions to differ.'],
  ['exemptions.id', 'A short name, once in the list; the notices carry it.'],
  ['exemptions.reason', 'Why, as a sentence.'],
  ['exemptions.owner', 'Who answers for it.'],
  ['exemptions.ticket', 'Where it was agreed.'],
  ['exemptions.rules', RULES],
  ...under('exemptions.select', SELECT),
  ['exemptions.notBefore', 'When it begins: a day (its beginning, UTC) or a time with its offset.'],
  ['exemptions.expires', 'When it ends, at most a year ahead: a day (its end, UTC) or a time with its offset.'],
  ['budget', 'How much may be replaced.'],
  ['budget.perGroup', 'Instances out at once in one Auto Scaling group; 0 means none (default 1).'],
  ['budget.perHour', 'Replacements begun in an hour in one account and Region; 0 means none (default 10).'],
  [
    'successorMinutes',
    'Minutes that a successor may take to be in service before the incident escalates (default 15).',
  ],
  ['notifications', 'Who is told, and how often.'],
  ['notifications.mailsPerHour', 'Mails in an hour before they wait for a digest (default 20).'],
  ['notifications.ownerTags', 'Tags that say whose a resource is, in order of preference.'],
]);

function under(path: string, texts: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(texts).map(([key, text]) => [key === '' ? path : `${path}.${key}`, text]);
}
