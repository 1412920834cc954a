import { describe, expect, it } from 'vitest';
import type { Change, ResourceRef } from '../../../src/domain/change.ts';
import { instanceTargets } from '../../../src/works/instance-targets.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeSessions } from '../../fakes/sessions.ts';
import { ALTERED } from '../decide/perfect.ts';

const instance = (id: string): ResourceRef => ({ type: 'instance', id });
const targets = (id: string): ResourceRef => ({ type: 'targets', id });
const face: ResourceRef = { type: 'network-interface', id: 'eni-1' };

async function judged(resources: readonly ResourceRef[], has: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: string[] = [];
  const fleet = {
    find: async (expression: string, at: string) => {
      asked.push(`${expression} at ${at}`);
      return has[expression] ?? [];
    },
  };
  const sessions = new FakeSessions(new FakeClock('2026-03-01T12:00:00.000Z'));
  sessions.begin('ada-1', 'i-1');
  sessions.begin('ada-2', 'mi-1');
  sessions.begin('ada-3', 'ecs:web_task_runtime');
  const change: Change = { ...ALTERED, resources };
  return { found: await instanceTargets(change, { fleet, sessions }), asked };
}

describe('the instances of a change', () => {
  it('are those that it names, each once, and nobody is asked', async () => {
    const { found, asked } = await judged([instance('i-1'), instance('i-2'), face, instance('i-1')]);
    expect(found).toEqual([instance('i-1'), instance('i-2'), face]);
    expect(asked).toEqual([]);
  });

  it.each<[string, ResourceRef, readonly string[], readonly ResourceRef[]]>([
    ['an address that one has', targets('address=10.0.1.77'), ['i-1'], [instance('i-1')]],
    ['an address that two VPCs have', targets('address=10.0.1.77'), ['i-1', 'i-2'], [targets('address=10.0.1.77')]],
    ['an address of no instance', targets('address=10.0.1.77'), [], [targets('address=10.0.1.77')]],
    ['a volume in use', targets('volume=vol-1'), ['i-1'], [instance('i-1')]],
    ['a volume that several use', targets('volume=vol-1'), ['i-1', 'i-2'], [targets('volume=vol-1')]],
    ['a volume that is attached to nothing', targets('volume=vol-1'), [], []],
    ['an attachment that is off', targets('attachment=eni-attach-1'), [], [targets('attachment=eni-attach-1')]],
    ['a tag', targets('tag:Env=prod'), [], [targets('tag:Env=prod')]],
  ])('%s', async (_name, resource, has, expected) => {
    const { found, asked } = await judged([resource], { [resource.id]: has });
    expect(found).toEqual(expected);
    expect(asked).toEqual([`${resource.id} at ${ALTERED.at}`]);
  });

  it.each<[string, string, readonly ResourceRef[]]>([
    ['a session on one', 'ada-1', [instance('i-1')]],
    ['a session on a node that is not of EC2', 'ada-2', []],
    ['a session in a task', 'ada-3', []],
    ['a session that nobody knows', 'ada-4', [targets('session=ada-4')]],
  ])('%s', async (_name, id, expected) => {
    expect((await judged([targets(`session=${id}`)])).found).toEqual(expected);
  });

  it('that is named by its id and found by its volume is judged once', async () => {
    const { found } = await judged([instance('i-1'), targets('volume=vol-1')], { 'volume=vol-1': ['i-1'] });
    expect(found).toEqual([instance('i-1')]);
  });

  it('of a change that names nothing cannot be told', async () => {
    await expect(judged([])).rejects.toThrow('ModifyInstanceAttribute names no instance');
  });
});
