/** In words: which addresses get through to which port, by which rules, how many, and why these rules go and others stay. */

import { protocolName } from '../../src/net/protocols.ts';
import { clean } from '../../src/notice/plain.ts';
import { wrap } from '../../src/notice/wrap.ts';
import { describeRule, portText } from '../../src/rules/describe-rule.ts';
import type { Slice } from '../../src/rules/exposure.ts';
import { count, share } from './counts.ts';
import { type Fates, fateOf } from './fates.ts';
import { notCounted, warnings } from './notes.ts';
import { isOpen, type Reach, reachesOf } from './reach.ts';
import { type Side, sidesOf, type Told, type View, viewsOf } from './views.ts';

const MOST_VIEWS = 10;
const MOST_REACHES = 8;
const MOST_RULES = 20;
const LONGEST = 800;

/** The lines about every group and interface that was judged; none where nobody looked at what they let through. */
export function exposureWords(told: Told): readonly string[] {
  const looks = sidesOf(told).flatMap((side) => viewsOf(side, told.estates).map((view) => ({ side, view })));
  const blocks = looks.slice(0, MOST_VIEWS).map(({ side, view }) => viewLines(view, side, told));
  const more = looks.length > MOST_VIEWS ? [[`  and ${looks.length - MOST_VIEWS} more`]] : [];
  return [...blocks, ...more].filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
}

function viewLines(view: View, side: Side, told: Told): readonly string[] {
  const rules = view.groups.flatMap((group) => group.rules).filter(({ egress }) => egress === side.egress);
  const reaches = reachesOf(rules, view.prefixLists, side.settings).filter((reach) => worthTelling(reach, view));
  if (view.onlyTogether && reaches.length === 0) return [];
  const counted = new Set(reaches.flatMap((reach) => reach.rules.map(({ rule }) => rule.id)));
  const uncounted = view.onlyTogether ? [] : rules.filter(({ id }) => !counted.has(id));
  const fates = fatesOf(view, side, told);
  const shown = reaches.slice(0, MOST_REACHES);
  const title = paragraph(`${view.title}, ${side.egress ? 'outbound' : 'inbound'}`, '  ');
  return [
    ...title,
    ...(reaches.length === 0 ? paragraph(NOBODY[side.rule], '    ') : []),
    ...shown.flatMap((reach) => reachLines(reach, side, fates)),
    ...(reaches.length > shown.length ? [`    and ${reaches.length - shown.length} more, with less`] : []),
    ...[...notCounted(uncounted, view, side), ...warnings(view, side, told.change.account)].flatMap((note) =>
      paragraph(note, '    '),
    ),
  ];
}

const NOBODY = {
  internet: 'No public address may come in on a protected port.',
  egress: 'No public address may be reached on a protected port.',
} as const;

/** Of groups together only what is open through more than one of them: the rest is each group's own. */
function worthTelling(reach: Reach, { onlyTogether }: View): boolean {
  return !onlyTogether || (isOpen(reach) && new Set(reach.rules.map(({ rule }) => rule.groupId)).size > 1);
}

function fatesOf({ users }: View, side: Side, { change, assumed, decisions, policy }: Told): Fates {
  const onlyBalancers = !side.egress && users.length > 0 && users.every(({ loadBalancer }) => loadBalancer);
  const { loadBalancers } = policy.internet;
  return {
    change,
    assumed,
    lastClean: null,
    decisions: decisions.filter(({ rule }) => rule === side.rule || rule === 'pipeline-only'),
    balanced: ({ slices }) =>
      onlyBalancers && slices.every((slice) => loadBalancers.some((ports) => covers(ports, slice))),
  };
}

const TCP = 6;

function covers({ from, to }: { readonly from: number; readonly to: number }, { protocol, ports }: Slice): boolean {
  return protocol === TCP && from <= ports.from && to >= ports.to;
}

function reachLines(reach: Reach, { egress }: Side, fates: Fates): readonly string[] {
  const { family, addresses, limit, rules } = reach;
  const who = `${count(addresses, family)} public ${addresses === 1n ? 'address' : 'addresses'}`;
  const may = egress ? 'may be reached' : 'may come in';
  const most = isOpen(reach)
    ? `the limit is ${count(limit, family)}`
    : `that is ${share(addresses, limit)} of the limit`;
  const head = `${portsText(reach.slices)}, ${family === 'ipv4' ? 'IPv4' : 'IPv6'}: ${who} ${may}; ${most}.`;
  const rows = rules
    .slice(0, MOST_RULES)
    .map(({ rule, addresses: own }) => [
      clean(rule.id, 40),
      clean(describeRule(rule), 80),
      `${count(own, family)} ${own === 1n ? 'address' : 'addresses'}`,
      clean(fateOf(rule, reach, fates), 200),
    ]);
  const more = rules.length > MOST_RULES ? [`      and ${rules.length - MOST_RULES} more rules`] : [];
  return [`    ${clean(head, LONGEST)}`, ...table(rows).map((row) => `      ${row}`), ...more];
}

/** In columns, the numbers to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [ids, traffics, numbers] = [width(0), width(1), width(2)];
  return rows.map(([id = '', traffic = '', number = '', fate = '']) =>
    `${id.padEnd(ids)}  ${traffic.padEnd(traffics)}  ${number.padStart(numbers)}  ${fate}`.trimEnd(),
  );
}

/** `SSH (tcp 22), RDP (tcp 3389) and 3 more`: each name with its first protocol and ports. */
function portsText(slices: readonly Slice[]): string {
  const byName = new Map<string, Slice[]>();
  for (const slice of slices) byName.set(slice.name, [...(byName.get(slice.name) ?? []), slice]);
  const names = [...byName.values()].map((same) => {
    const first = same[0] === undefined ? '' : sliceText(same[0]);
    return same.length > 1 ? first.replace(/\)$/, ` and ${same.length - 1} more)`) : first;
  });
  const shown = names.slice(0, 2).join(', ');
  return names.length > 2 ? `${shown} and ${names.length - 2} more` : shown;
}

function sliceText({ name, protocol, ports }: Slice): string {
  return protocol === 'all' ? name : `${name} (${protocolName(protocol)} ${portText(ports)})`;
}

function paragraph(text: string, indent: string): readonly string[] {
  return wrap(clean(text, LONGEST), indent);
}
