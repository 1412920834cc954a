import type { NetworkInterface } from '../domain/estate.ts';
import { spaceOf } from '../net/internet.ts';
import { union } from '../net/space.ts';
import type { Exemption, PortRange } from '../policy/policy.ts';
import type { Excused, Slice } from '../rules/exposure.ts';
import type { Side } from './case.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
const TCP = 6;

/** The address space that exemptions excuse, where their ports (if they name any) cover the slice. */
export function excusedBy(granted: readonly Exemption[]): Excused {
  const exemptions = granted.map(({ select }) => ({ ports: select.port && merged(select.port), range: select.range }));
  return ({ ports, family }) =>
    exemptions.flatMap(({ ports: excused, range }) => {
      const covered = excused?.some(({ from, to }) => from <= ports.from && to >= ports.to) ?? true;
      return covered ? spaceOf(family, range ?? EVERYWHERE) : [];
    });
}

/** The space that one of the two excuses. */
export function either(one: Excused, other: Excused | undefined): Excused {
  return other === undefined ? one : (slice) => union(one(slice), other(slice));
}

/** All space of the protocols and ports that are open already. */
export function openAlready(open: readonly Slice[]): Excused {
  return ({ protocol, ports, family }) => {
    const same = open.filter((slice) => slice.protocol === protocol && slice.family === family);
    const covered = merged(same.map((slice) => slice.ports)).some(
      ({ from, to }) => from <= ports.from && to >= ports.to,
    );
    return covered ? spaceOf(family, EVERYWHERE) : [];
  };
}

/**
 * Who has a group that lets the public in: load balancers alone, as the policy allows on some ports; or others, too. A group
 * that nobody has yet reaches nothing, and is often made before its load balancer: whoever gets it has it judged again.
 */
export type Listeners = {
  readonly kind: 'none' | 'some' | 'only';
  readonly excused: Excused;
  readonly names: readonly string[];
};

export function listenersOf(side: Side, ports: readonly PortRange[], users: readonly NetworkInterface[]): Listeners {
  const balancers = users.filter(({ loadBalancer }) => loadBalancer);
  const others = users.length - balancers.length;
  const none = side.egress || ports.length === 0 || (balancers.length === 0 && others > 0);
  const open = merged(ports);
  return {
    kind: none ? 'none' : others === 0 ? 'only' : 'some',
    names: balancers.map(({ id, description }) => `${id} (${description})`),
    excused: ({ protocol, ports: slice, family }) =>
      protocol === TCP && open.some(({ from, to }) => from <= slice.from && to >= slice.to)
        ? spaceOf(family, EVERYWHERE)
        : [],
  };
}

/** Adjacent and overlapping ranges as one: slices are cut at the borders of rules, not at those of these ranges. */
function merged(ranges: readonly PortRange[]): readonly PortRange[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
