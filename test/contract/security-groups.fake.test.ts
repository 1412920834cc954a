import { describe, expect, test } from 'vitest';
import { Retryable } from '../../src/roles.ts';
import { FakeRegion } from '../fakes/region.ts';
import { fakeScene } from './network-scene.fake.ts';
import { SSH } from './network-scene.ts';
import { regionSuite } from './region.suite.ts';
import { securityGroupsSuite } from './security-groups.suite.ts';
import { interfacesSuite, surroundingsSuite } from './surroundings.suite.ts';

describe('security groups', () => securityGroupsSuite(fakeScene));
describe('surroundings', () => surroundingsSuite(fakeScene));
describe('interfaces', () => interfacesSuite(fakeScene, 'groups'));

describe('the Region', () =>
  regionSuite(async () => {
    const scene = await fakeScene();
    return { ...scene, region: new FakeRegion(scene.world, 1) };
  }));

describe('the fake alone', () => {
  test('stale reads lag behind, and revoking does not', async () => {
    const { clock, groups, newGroup, open } = await fakeScene();
    const id = await newGroup();
    clock.advance(10);
    groups.staleReadsFor(5);
    const [opened = ''] = await open(id, [SSH]);
    const ingress = async () => {
      const estate = await groups.read(id);
      return estate.kind === 'missing' ? null : estate.rules.filter(({ egress }) => !egress).length;
    };
    expect(await ingress()).toBe(0);
    clock.advance(5);
    expect(await ingress()).toBe(1);
    expect((await groups.revoke(id, [opened], false)).requestId).toBe('revoke-1');
    expect(await ingress()).toBe(1);
    clock.advance(5);
    expect(await ingress()).toBe(0);
  });

  test('a failure is for one call, by its name if one is given, and has no effect', async () => {
    const { groups, newGroup, open } = await fakeScene();
    const id = await newGroup();
    const [opened = ''] = await open(id, [SSH]);
    groups.failNext(new Retryable('not now'), 'revoke');
    expect((await groups.read(id)).kind).toBe('security-group');
    await expect(groups.revoke(id, [opened], false)).rejects.toThrow('not now');
    expect(groups.rulesOf(id).map((each) => each.id)).toContain(opened);
    expect((await groups.revoke(id, [opened], false)).requestId).not.toBeNull();
    expect(groups.callsOf('revoke')).toHaveLength(2);
  });
});
