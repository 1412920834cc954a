import { describe, expect, it } from 'vitest';
import type { Space } from '../../../src/net/space.ts';
import { type Excused, exposureOf } from '../../../src/rules/exposure.ts';
import { prefixList, rulesOf, SETTINGS } from './perfect.ts';

const LISTS = [prefixList('pl-apart', '8.0.0.0/9', '20.0.0.0/32'), prefixList('pl-far', '8.0.0.0/9', '10.9.9.9/32')];
const exposure = (texts: readonly string[], excused?: Excused) =>
  exposureOf(rulesOf(...texts), LISTS, SETTINGS, excused);
const told = (texts: readonly string[], excused?: Excused) =>
  exposure(texts, excused).open.map(
    ({ name, protocol, ports, family, ruleIds }) =>
      `${name} ${protocol} ${ports.from}-${ports.to} ${family} by ${[...ruleIds].sort().join('')}`,
  );
const audiences = (texts: readonly string[], excused?: Excused) =>
  exposure(texts, excused).audiences.map(({ ruleIds }) => [...ruleIds].sort().join(''));

const EIGHT: Space = [{ first: 8n << 24n, last: (9n << 24n) - 1n }];
const ALL: Space = [{ first: 0n, last: (1n << 128n) - 1n }];

describe('what is open', () => {
  it.each([
    ['not at the limit', ['tcp 22 8.0.0.0/8'], false],
    ['with one address more', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/32'], true],
    ['not with one that is counted already', ['tcp 22 8.0.0.0/8', 'tcp 22 8.1.1.1/32'], false],
    ['not with one that never counts', ['tcp 22 8.0.0.0/8', 'tcp 22 10.9.9.9/32'], false],
    ['by what lies between two entries of a list', ['tcp 22 pl-apart', 'tcp 22 9.0.0.0/9'], true],
    ['not where the second entry never counts', ['tcp 22 pl-far', 'tcp 22 9.0.0.0/9'], false],
    ['not by two families that are each at their limit', ['tcp 22 8.0.0.0/8', 'tcp 22 2600::/27'], false],
    ['with one address more of IPv6', ['tcp 22 2600::/27', 'tcp 22 2a00::1/128'], true],
    ['not by IPv4 at its limit in the blocks of IPv6', ['tcp 22 64:ff9b::8.0.0.0/104'], false],
    ['by one address more in them', ['tcp 22 64:ff9b::8.0.0.0/104', 'tcp 22 ::ffff:9.0.0.0/128'], true],
  ])('%s: %s', (_name, texts, expected) => {
    expect(told(texts).length > 0).toBe(expected);
    expect(exposure(texts).audiences.length > 0).toBe(expected);
  });

  it('names the rules that let in somebody of the family, and no others', () => {
    expect(told(['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'])).toEqual(['SSH 6 22-22 ipv4 by a', 'SSH 6 22-22 ipv6 by b']);
    // The world of IPv6 holds both its own addresses and those that write IPv4: it is told once.
    expect(exposure(['tcp 22 ::/0']).open.map(({ ruleIds }) => ruleIds)).toEqual([['a']]);
    expect(exposure(['tcp 22 ::/0']).audiences.map(({ limit }) => limit)).toEqual([
      SETTINGS.limit.ipv6,
      SETTINGS.limit.ipv4,
    ]);
  });

  it('names no rule of which all is excused', () => {
    expect(told(['tcp 22 0.0.0.0/1', 'tcp 22 8.8.8.8/32'], () => EIGHT)).toEqual(['SSH 6 22-22 ipv4 by a']);
  });

  it('is measured for each port with what is excused there', () => {
    const both = ['tcp 22-3389 8.0.0.0/7'];
    const at = (port: number, here: Space, elsewhere: Space): Excused => {
      return ({ ports }) => (ports.from === port ? here : elsewhere);
    };
    const other: Space = [{ first: 52n << 24n, last: (53n << 24n) - 1n }];
    expect(told(both, () => EIGHT)).toEqual([]);
    expect(told(both, at(22, other, EIGHT))).toEqual(['SSH 6 22-22 ipv4 by a']);
    expect(told(both, at(22, EIGHT, other))).toEqual(['RDP 6 3389-3389 ipv4 by a']);
  });
});

describe('the audiences', () => {
  it('are one for all ports that the same rules let in to', () => {
    expect(audiences(['tcp 0-65535 0.0.0.0/0'])).toEqual(['a']);
    expect(audiences(['tcp 0-65535 0.0.0.0/0'], () => [])).toEqual(['a']);
    expect(audiences(['tcp 22 0.0.0.0/0', 'tcp 3389 0.0.0.0/0'])).toEqual(['a', 'b']);
  });

  it('leave out a port whose neighbour has the same rules and more, as what closes that one closes both', () => {
    expect(audiences(['tcp 5900-5903 0.0.0.0/0', 'tcp 5901-5902 8.0.0.0/8'])).toEqual(['ab']);
    expect(audiences(['tcp 5900-5902 0.0.0.0/0', 'tcp 5902-5903 0.0.0.0/0'])).toEqual(['ab']);
    expect(audiences(['tcp 5900-5901 0.0.0.0/0', 'tcp 5902-5903 0.0.0.0/0'])).toEqual(['a', 'b']);
    expect(audiences(['tcp 5800-5900 0.0.0.0/0', 'tcp 5903-6000 0.0.0.0/0'])).toEqual(['a', 'b']);
  });

  it('have that port too, where something may be excused at the neighbour', () => {
    const texts = ['tcp 5900-5903 0.0.0.0/0', 'tcp 5901-5902 8.0.0.0/8'];
    expect(audiences(texts, () => []).sort()).toEqual(['a', 'ab']);
    expect(audiences(texts, ({ ports }) => (ports.from === 5901 ? ALL : []))).toEqual(['a']);
  });
});

describe('what is excused', () => {
  const askedOf = (...texts: readonly string[]) => {
    const asked: string[] = [];
    exposure(texts, ({ family, ports }) => {
      asked.push(`${family} ${ports.from}`);
      return [];
    });
    return asked;
  };

  it.each([
    ['where there is nothing', [], []],
    ['where all rules together are at the limit', ['tcp 22 8.0.0.0/8', 'tcp 3389 2600::/27'], []],
    ['where they are above it in IPv4', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/32', 'tcp 22 2600::/27'], ['ipv4 22']],
    ['where they are above it in IPv6', ['tcp 22 8.0.0.0/8', 'tcp 22 2600::/26'], ['ipv6 22']],
    ['where they are above it in IPv6 that writes IPv4', ['tcp 22 ::ffff:8.0.0.0/103'], ['ipv6 22']],
  ])('is asked for only %s', (_name, texts, expected) => {
    expect(askedOf(...texts)).toEqual(expected);
  });
});
