import { parseCidr } from '../net/cidr.ts';
import { size } from '../net/space.ts';
import { at, checkUnique, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { INTERNET_LIMIT, RULES } from './policy.ts';
import { principalWarnings } from './trust-patterns.ts';

/** Rules whose finding is still to be seen when somebody else's verdict arrives. */
const LIVE_STATE: readonly string[] = [
  'internet',
  'user-data-changed',
  'security-groups-changed',
  'instance-profile-changed',
];

export function checkRules(document: unknown, report: Report): void {
  checkProtects(document, report);
  checkLimit(document, report);
  checkAllowedRanges(document, report);
  checkTrust(document, report);
  checkVerdicts(document, report);
  for (const key of ['perGroup', 'perHour']) {
    if (at(document, 'budget', key) === 0) report.warnings.push(`budget.${key} is 0: no instance is ever replaced`);
  }
}

function checkProtects(document: unknown, report: Report): void {
  const list: Path = ['rules', 'internet', 'protects'];
  checkUnique(document, list, 'name', report);
  listAt(document, ...list).forEach((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return;
    const all = at(entry, 'protocols') === 'all';
    const ports = at(entry, 'ports') !== undefined;
    const path = [...list, index, 'ports'];
    if (all && ports) {
      report.faults.push({ path, message: 'cannot stand beside protocols: all, which is about rules for all traffic' });
    } else if (!all && !ports) {
      report.faults.push({ path, message: 'is missing; write a list of ports, or protocols: all' });
    }
  });
}

function checkLimit(document: unknown, report: Report): void {
  const path = ['rules', 'internet', 'limit'];
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
  if (loose) report.warnings.push('rules.internet.limit is wider than the preset internet: larger holes stay open');
}

function checkAllowedRanges(document: unknown, report: Report): void {
  const list = ['rules', 'internet', 'allowedRanges'];
  listAt(document, ...list).forEach((range, index) => {
    const cidr = typeof range === 'string' ? parseCidr(range) : null;
    if (cidr === null) return;
    if (String(range).endsWith('/0')) {
      const message = `found "${range}", which switches the rule off; write mode: off if that is meant`;
      report.faults.push({ path: [...list, index], message });
    } else if (size([cidr.interval]) > INTERNET_LIMIT[cidr.family]) {
      report.warnings.push(`rules.internet.allowedRanges: ${range} is wider than what counts as open`);
    }
  });
}

function checkTrust(document: unknown, report: Report): void {
  checkUnique(document, ['trustedActors'], 'id', report);
  listAt(document, 'trustedActors').forEach((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return;
    const path = ['trustedActors', index];
    const kinds = ['role', 'user', 'service'].filter((key) => at(entry, key) !== undefined);
    const alone = kinds.length === 0 && at(entry, 'sourceIdentity') !== undefined;
    if (kinds.length !== 1 && !alone) {
      const found = kinds.length === 0 ? 'none of role, user and service' : kinds.join(' and ');
      report.faults.push({ path, message: `found ${found}; write exactly one of role, user or service` });
    }
    if (at(entry, 'sourceIdentity') !== undefined && !kinds.some((kind) => kind === 'role' || kind === 'user')) {
      const message = 'only narrows a role or a user, and can never stand alone; add the role that carries it';
      report.faults.push({ path: [...path, 'sourceIdentity'], message });
    }
    for (const kind of ['role', 'user'] as const) {
      const warnings = principalWarnings(textAt(entry, kind) ?? '', kind);
      report.warnings.push(...warnings.map((warning) => `trustedActors[${index}].${kind}: ${warning}`));
    }
  });
}

function checkVerdicts(document: unknown, report: Report): void {
  checkUnique(document, ['configVerdicts'], 'configRule', report);
  const rows = listAt(document, 'configVerdicts');
  const catchAll = rows.findIndex((row) => textAt(row, 'configRule') === '*');
  rows.forEach((row, index) => {
    const path = ['configVerdicts', index];
    if (catchAll >= 0 && index > catchAll && textAt(row, 'configRule') !== '*') {
      const message = `is never reached, as configVerdicts[${catchAll}] takes every Config rule; move it up`;
      report.faults.push({ path, message });
    }
    listAt(row, 'means').forEach((rule, position) => {
      if (typeof rule !== 'string' || LIVE_STATE.includes(rule) || !isRule(rule)) return;
      const message = `found "${rule}", which leaves nothing that could be looked at again; write ${LIVE_STATE.join(', ')}`;
      report.faults.push({ path: [...path, 'means', position], message });
    });
  });
}

function isRule(rule: string): boolean {
  return (RULES as readonly string[]).includes(rule);
}
