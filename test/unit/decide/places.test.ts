import { describe, expect, it } from 'vitest';
import { whereExposed } from '../../../src/decide/places.ts';
import type { Mode, Policy } from '../../../src/policy/policy.ts';
import { groupOf, interfaceOf } from './networks.ts';
import { OPENED, POLICY } from './perfect.ts';

const { group } = groupOf('sg-a', '0.0.0.0/0');
const within = (vpc: string, mode: Mode): Policy['modes'][number] => ({ rules: null, select: { vpc: [vpc] }, mode });
const observed: Policy = { ...POLICY, modes: [within('vpc-1', 'observe')] };
const where = (users: Parameters<typeof whereExposed>[2], policy = observed) =>
  whereExposed('internet', group, users, { change: OPENED, policy });

describe('where what a group opens counts', () => {
  it('is its own VPC where no interface has it', () => {
    expect(where([])).toEqual({ mode: { mode: 'observe', because: 'modes[0]' }, entered: false, words: [] });
  });

  it('is the VPC of each interface, too: the boldest mode decides, and the others are named', () => {
    const users = [interfaceOf('eni-1', ['sg-a'], { vpcId: 'vpc-2' }), interfaceOf('eni-2', ['sg-a'])];
    expect(where(users)).toEqual({
      mode: { mode: 'enforce', because: 'mode' },
      entered: false,
      words: [
        'decided by eni-1 in vpc-2: enforce (mode)',
        'eni-2 in vpc-1: observe (modes[0]); loses the rules that are revoked',
      ],
    });
  });

  it('names twelve interfaces of a VPC, and five VPCs, at most', () => {
    const crowd = Array.from({ length: 14 }, (_, n) => interfaceOf(`eni-${String(n).padStart(2, '0')}`, ['sg-a']));
    const far = Array.from({ length: 7 }, (_, n) => interfaceOf(`eni-far-${n}`, ['sg-a'], { vpcId: `vpc-far-${n}` }));
    const { words } = where([...crowd, ...far]);
    expect(words).toHaveLength(7);
    expect(words[5]).toContain('eni-11 and 2 more in vpc-1: observe');
    expect(words[6]).toBe('and 2 more VPCs');
  });

  it('says nothing of places where every place has the same mode', () => {
    const users = [interfaceOf('eni-1', ['sg-a'], { vpcId: 'vpc-2' })];
    expect(where(users, POLICY).words).toEqual([]);
    expect(where(undefined, POLICY).words).toEqual([]);
  });

  it('says so where its interfaces were not read, or nothing is known of it', () => {
    expect(where(undefined).words).toEqual(['its interfaces were not read: the mode of vpc-1 counts alone']);
    const nowhere = whereExposed('internet', { ...group, vpcId: null }, undefined, {
      change: OPENED,
      policy: observed,
    });
    expect(nowhere.words).toEqual(['its VPC and its interfaces are not known: the mode there may be another']);
  });

  it('takes the mode by the tags of the group, never by those of an interface', () => {
    const policy: Policy = {
      ...POLICY,
      mode: null,
      modes: [{ rules: null, select: { tag: { Env: ['prod'] } }, mode: 'enforce' }],
    };
    const tagged = interfaceOf('eni-1', ['sg-a'], { tags: { Env: 'prod' } });
    expect(where([tagged], policy).mode.mode).toBe('observe');
    const of = whereExposed('internet', { ...group, tags: { Env: 'prod' } }, [], { change: OPENED, policy });
    expect(of.mode.mode).toBe('enforce');
  });
});
