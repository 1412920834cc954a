/** Values that the watched party can choose, in entries that make undrift do less (`who-chooses.ts`). */
import { arnPattern } from './arn.ts';
import { listAt, type Path, type Report } from './check-parts.ts';
import { pathText } from './fault.ts';
import { globMatches } from './glob.ts';
import { NETWORK_RULES, type RuleId } from './policy.ts';

const SECURITY_GROUP = /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const VPC = /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * @param rules that the entry can hold back from acting
 * @param path of the selector
 */
export function checkChosen(select: unknown, rules: readonly RuleId[], path: Path, report: Report): void {
  const lowered = rules.find((rule) => (NETWORK_RULES as readonly RuleId[]).includes(rule));
  if (lowered !== undefined) checkGroups(select, lowered, path, report);
  checkActors(select, path, report);
}

/** In the same list an id narrows nothing, as one value of a key is enough. */
function checkGroups(select: unknown, rule: RuleId, path: Path, report: Report): void {
  if (isFenced(select)) return;
  textsAt(select, 'securityGroup').forEach((value, index) => {
    const place = [...path, 'securityGroup', index];
    if (SECURITY_GROUP.test(value) || hasFault(place, report)) return;
    const why = value.startsWith('sg-')
      ? 'a pattern of ids, but anyone who can create groups gets an id that fits it'
      : 'a name, but anyone who creates a group chooses its name';
    const message = `found ${JSON.stringify(value)} for the rule ${rule}, ${why}; write whole ids such as sg-0123456789abcdef0, or select by vpc and actor as well`;
    report.faults.push({ path: place, message });
  });
}

/** Groups in these networks alone, and only what these principals did. */
export function isFenced(select: unknown): boolean {
  const [vpcs, actors] = [textsAt(select, 'vpc'), textsAt(select, 'actor')];
  return vpcs.length > 0 && actors.length > 0 && vpcs.every((vpc) => VPC.test(vpc)) && actors.every(isWhole);
}

/** Who holds the role chooses the session's name, and nobody else. A federated user has no name but the one that its caller chose. */
function isWhole(actor: string): boolean {
  const { account = '', resource = [] } = arnPattern(actor) ?? {};
  const [type, role = ''] = resource;
  if (type === 'assumed-role') return !/[*?]/.test(`${account}${role}`);
  return type !== 'federated-user' && !/[*?]/.test(actor);
}

function checkActors(select: unknown, path: Path, report: Report): void {
  textsAt(select, 'actor').forEach((value, index) => {
    const place = [...path, 'actor', index];
    if (isWhole(value) || hasFault(place, report)) return;
    const found = JSON.stringify(value);
    const why = byChosenName(value);
    if (why !== null) report.faults.push({ path: place, message: `found ${found}, but ${why}` });
    else {
      const message = `${pathText(place)} is the pattern ${found}: anyone who can create a role or user that fits it is covered; write the whole ARN`;
      report.warnings.push({ path: place, message });
    }
  });
}

/** Why the value goes by a name that the caller gave to its own session, or null. */
function byChosenName(value: string): string | null {
  const { service = '', resource = [] } = arnPattern(value) ?? {};
  const [type = '', name, session] = resource;
  if (name === undefined || !globMatches(service, 'sts')) return null;
  if (session === undefined) {
    return globMatches(type, 'federated-user')
      ? 'anyone who can call sts:GetFederationToken chooses the name of the federated user; name the user behind it'
      : null;
  }
  const named = globMatches(type, 'assumed-role') && /[*?]/.test(name) && !/^[*?]*$/.test(session);
  return named ? 'anyone who can assume any role chooses the name of the session; name the role' : null;
}

/** The value, or what it is in, has a fault already: it needs no second one. */
function hasFault(place: Path, { faults }: Report): boolean {
  return faults.some(({ path }) => path.length <= place.length && path.every((part, index) => part === place[index]));
}

function textsAt(select: unknown, key: string): readonly string[] {
  return listAt(select, key).filter((value) => typeof value === 'string');
}
