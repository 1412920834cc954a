import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorize, makeFleet, ruleIds, stateOf, tcp } from '../../scripts/scene/estate.mjs';
import { authorizeEvent, send } from '../../scripts/scene/events.mjs';
import { type Deployed, deploy, noticesAbout } from './deployed.ts';
import { attachedGroupScenarios } from './scenarios/attached-groups.ts';
import { exposureScenarios, untouchedScenarios } from './scenarios/exposure.ts';
import { editUserData, instanceScenarios } from './scenarios/instances.ts';
import { limitScenarios } from './scenarios/limits.ts';
import type { Kept } from './scenarios/network-scene.ts';
import { operationScenarios } from './scenarios/operations.ts';
import { patternScenarios } from './scenarios/patterns.ts';
import { pauseScenarios } from './scenarios/pause.ts';
import { prefixListScenarios } from './scenarios/prefix-lists.ts';
import { rightsScenarios } from './scenarios/rights.ts';
import { legitimateGroup, securityGroupScenarios } from './scenarios/security-groups.ts';

/** The packaged stack on a local AWS: what a person does by hand, and what becomes of it, over HTTP. */
describe('deployed in enforce mode', () => {
  let at: Deployed | null = null;
  const deployed = () => {
    if (at === null) throw new Error('the stack is not deployed');
    return at;
  };
  beforeAll(async () => {
    at = await deploy('enforce');
  });
  afterAll(() => at?.stop());

  describe('security groups', () => securityGroupScenarios(deployed));
  describe('exposure', () => {
    const kept: Kept = new Map();
    describe.concurrent('by rules', () => exposureScenarios(deployed, kept));
    describe.concurrent('by more than the limit', () => limitScenarios(deployed, kept));
    describe.concurrent('by prefix lists', () => prefixListScenarios(deployed, kept));
    describe.concurrent('by groups together', () => attachedGroupScenarios(deployed, kept));
    describe('in the end', () => untouchedScenarios(deployed, kept));
  });
  describe('instances', () => instanceScenarios(deployed));
  describe('operating', () => operationScenarios(deployed));
  describe('pausing', () => pauseScenarios(deployed));
  describe('the patterns of its rules', () => patternScenarios(deployed));
  // Last: it judges every call that the functions made for all of the above.
  describe('the rights of its functions', () => rightsScenarios(deployed));
});

describe('deployed in observe mode', () => {
  let at: Deployed | null = null;
  beforeAll(async () => {
    at = await deploy('observe');
  });
  afterAll(() => at?.stop());

  it('touches nothing, and says what would have been done', async () => {
    if (at === null) throw new Error('the stack is not deployed');
    const { groupId } = await legitimateGroup(at);
    const permission = tcp(22, '0.0.0.0/0');
    const rules = await authorize(at.clients, groupId, permission);
    const before = await ruleIds(at.clients, groupId);
    const { instanceIds } = await makeFleet(at.clients, {
      name: 'web',
      size: 3,
      tags: { 'undrift:replace': 'allowed' },
    });
    const [altered = ''] = instanceIds;
    await send(at.clients.events, authorizeEvent({ groupId, permission, rules }));
    await editUserData(at, altered);

    const [aboutGroup] = await noticesAbout(at, groupId, 1);
    const [aboutInstance] = await noticesAbout(at, altered, 1);
    for (const notice of [aboutGroup, aboutInstance]) {
      expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'observe' });
      expect(notice?.message.text).toMatch(/would have/);
    }
    expect(aboutGroup?.message.text).toContain(rules[0]?.SecurityGroupRuleId);
    expect(await ruleIds(at.clients, groupId)).toEqual(before);
    expect(await stateOf(at.clients, altered)).toBe('running');
  });
});
