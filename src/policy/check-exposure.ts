/** The rules that measure what can be reached: their ports, their limit, the ranges that they allow. */
import { parseCidr } from '../net/cidr.ts';
import { size } from '../net/space.ts';
import { at, checkUnique, listAt, type Path, type Report } from './check-parts.ts';
import { icmpName, LAST_ICMP_TYPE, portFault, readPorts } from './leaves.ts';
import { INTERNET_LIMIT } from './policy.ts';
import { isInternet } from './selector-values.ts';

export function checkExposure(document: unknown, rule: 'internet' | 'egress', report: Report): void {
  const path = ['rules', rule];
  checkUnique(document, [...path, 'protects'], 'name', report);
  listAt(document, ...path, 'protects').forEach((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return;
    checkPortsGiven(entry, [...path, 'protects', index], report);
    checkTypes(entry, [...path, 'protects', index], report);
  });
  checkLimit(document, [...path, 'limit'], report);
  checkAllowedRanges(document, [...path, 'allowedRanges'], report);
}

function checkPortsGiven(entry: object, path: Path, report: Report): void {
  const all = at(entry, 'protocols') === 'all';
  const given = at(entry, 'ports') !== undefined;
  const fault = (message: string) => report.faults.push({ path: [...path, 'ports'], message });
  if (all && given) fault('cannot stand beside protocols: all, which is about rules for all traffic');
  else if (!all && !given) fault('is missing; write a list of ports, or protocols: all');
}

/** `ports` of an entry about ICMP are types of message, so it can be about nothing else. */
function checkTypes(entry: object, path: Path, report: Report): void {
  const protocols = new Set(
    listAt(entry, 'protocols')
      .filter(isValue)
      .map((value) => icmpName(value) ?? 'ports'),
  );
  const [icmp] = [...protocols].filter((name) => name !== 'ports');
  if (icmp === undefined) return;
  if (protocols.size > 1) {
    const message = `found ${icmp} among others, but a type of ${icmp} is no port and no type of another protocol; write two entries`;
    report.faults.push({ path: [...path, 'protocols'], message });
    return;
  }
  listAt(entry, 'ports').forEach((value, index) => {
    // What is no port at all has its fault already.
    if (!isValue(value) || portFault(value) !== null) return;
    if ((readPorts(value)?.to ?? 0) <= LAST_ICMP_TYPE) return;
    const message = `found ${JSON.stringify(value)}, but for ${icmp} these are types, which end at ${LAST_ICMP_TYPE}; write types from 0 to ${LAST_ICMP_TYPE}`;
    report.faults.push({ path: [...path, 'ports', index], message });
  });
}

function isValue(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

function checkLimit(document: unknown, path: Path, report: Report): void {
  const limit = at(document, ...path);
  if (typeof limit !== 'object' || limit === null) return;
  const [ipv4, prefix, ipv6] = ['ipv4Addresses', 'ipv6PrefixLength', 'ipv6Addresses'].map((key) => at(limit, key));
  if (prefix !== undefined && ipv6 !== undefined) {
    const message = 'cannot stand beside ipv6PrefixLength; write one of them';
    report.faults.push({ path: [...path, 'ipv6Addresses'], message });
  }
  if (Object.keys(limit).length === 0) {
    report.faults.push({ path, message: 'found an empty mapping; write internet, ipv4Addresses or ipv6PrefixLength' });
  }
  const loose = (typeof ipv4 === 'number' && ipv4 > 2 ** 24) || (typeof prefix === 'number' && prefix < 27);
  if (!loose) return;
  const message = `${path.join('.')} is wider than the preset internet: larger holes stay open`;
  report.warnings.push({ path, message });
}

function checkAllowedRanges(document: unknown, path: Path, report: Report): void {
  listAt(document, ...path).forEach((range, index) => {
    if (isWhole(range)) {
      const message = `found "${range}", which switches the rule off; write mode: off if that is meant`;
      report.faults.push({ path: [...path, index], message });
    } else warnIfIdle(range, path, index, report);
  });
}

/** What is no internet is allowed anyway. */
function warnIfIdle(range: unknown, path: Path, index: number, report: Report): void {
  const where = path.join('.');
  warnIfWide(range, where, [...path, index], report);
  if (typeof range !== 'string' || parseCidr(range) === null || isInternet(range)) return;
  const message = `${where}: ${range} is no part of the internet and never counts as open; take it out`;
  report.warnings.push({ path: [...path, index], message });
}

function isWhole(range: unknown): range is string {
  return typeof range === 'string' && parseCidr(range) !== null && range.endsWith('/0');
}

/** @param where what holds the range, for people */
export function warnIfWide(range: unknown, where: string, path: Path, report: Report): void {
  const cidr = typeof range === 'string' ? parseCidr(range) : null;
  if (cidr === null || size([cidr.interval]) <= INTERNET_LIMIT[cidr.family]) return;
  report.warnings.push({ path, message: `${where}: ${range} is wider than what counts as open` });
}
