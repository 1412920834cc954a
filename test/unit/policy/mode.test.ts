import { describe, expect, it } from 'vitest';
import { differsByVpc, modeFor } from '../../../src/policy/mode.ts';
import type { ModeSetting, Policy } from '../../../src/policy/policy.ts';
import { basePolicy } from './policies.ts';
import { WEB_GROUP, WEB_INSTANCE } from './subjects.ts';

const setting = (deviation: Partial<ModeSetting>): ModeSetting => ({
  rules: null,
  select: null,
  mode: 'observe',
  ...deviation,
});
const policy = (deviation: Partial<Policy>): Policy => ({ ...basePolicy(), ...deviation });

describe('modeFor', () => {
  it('observes where nothing is said', () => {
    expect(modeFor('internet', WEB_GROUP, policy({}))).toEqual({ mode: 'observe', because: 'no setting applies' });
  });

  it('takes the top-level mode', () => {
    expect(modeFor('internet', WEB_GROUP, policy({ mode: 'enforce' }))).toEqual({ mode: 'enforce', because: 'mode' });
    expect(modeFor('own-role-misused', WEB_GROUP, policy({ mode: 'off' }))).toEqual({ mode: 'off', because: 'mode' });
  });

  it('takes the more cautious of the top-level mode and the rule’s own', () => {
    const own = (mode: 'off' | 'observe' | 'enforce') => ({ ...basePolicy().internet, mode });
    const judged = (top: 'observe' | 'enforce', mode: 'off' | 'observe' | 'enforce') =>
      modeFor('internet', WEB_GROUP, policy({ mode: top, internet: own(mode) }));
    expect(judged('enforce', 'observe')).toEqual({ mode: 'observe', because: 'rules.internet.mode' });
    expect(judged('observe', 'enforce')).toEqual({ mode: 'observe', because: 'mode' });
    expect(judged('observe', 'off')).toEqual({ mode: 'off', because: 'rules.internet.mode' });
    expect(judged('enforce', 'enforce')).toEqual({ mode: 'enforce', because: 'mode' });
  });

  it('keeps one rule’s mode from another', () => {
    const instanceRules = { ...basePolicy().instanceRules, 'session-started': { mode: 'off' as const } };
    const judged = policy({ mode: 'enforce', instanceRules });
    expect(modeFor('session-started', WEB_INSTANCE, judged)).toEqual({
      mode: 'off',
      because: 'rules.session-started.mode',
    });
    expect(modeFor('volume-attached', WEB_INSTANCE, judged).mode).toBe('enforce');
  });

  it('takes the entries of modes that are about the rule and the place', () => {
    const modes = [
      setting({ rules: ['volume-attached'], mode: 'off' }),
      setting({ select: { autoScalingGroup: ['web'] }, mode: 'observe' }),
    ];
    const judged = policy({ mode: 'enforce', modes });
    expect(modeFor('user-data-changed', WEB_INSTANCE, judged)).toEqual({ mode: 'observe', because: 'modes[1]' });
    expect(modeFor('volume-attached', WEB_INSTANCE, judged)).toEqual({ mode: 'off', because: 'modes[0]' });
    expect(modeFor('user-data-changed', { ...WEB_INSTANCE, autoScalingGroup: 'api' }, judged).mode).toBe('enforce');
  });

  it('enforces in one place where the top level says nothing', () => {
    const judged = policy({ modes: [setting({ select: { autoScalingGroup: ['web'] }, mode: 'enforce' })] });
    expect(modeFor('user-data-changed', WEB_INSTANCE, judged)).toEqual({ mode: 'enforce', because: 'modes[0]' });
    expect(modeFor('user-data-changed', { ...WEB_INSTANCE, autoScalingGroup: 'api' }, judged).mode).toBe('observe');
  });

  it('lets a setting of which it is not sure lower the mode, never raise it', () => {
    const unsure = { ...WEB_INSTANCE, autoScalingGroup: undefined };
    const web = (mode: 'off' | 'observe' | 'enforce') => [setting({ select: { autoScalingGroup: ['web'] }, mode })];
    expect(modeFor('user-data-changed', unsure, policy({ mode: 'enforce', modes: web('observe') }))).toEqual({
      mode: 'observe',
      because: 'modes[0]',
    });
    expect(modeFor('user-data-changed', unsure, policy({ modes: web('enforce') })).mode).toBe('observe');
    expect(modeFor('user-data-changed', unsure, policy({ mode: 'off', modes: web('observe') })).mode).toBe('off');
  });

  it('is off where egress and pipeline-only are not listed, whatever the top level says', () => {
    const judged = policy({
      mode: 'enforce',
      modes: [setting({ rules: ['egress', 'pipeline-only'], mode: 'enforce' })],
    });
    expect(modeFor('egress', WEB_GROUP, judged)).toEqual({ mode: 'off', because: 'rules.egress is not listed' });
    expect(modeFor('pipeline-only', WEB_GROUP, judged)).toEqual({
      mode: 'off',
      because: 'rules.pipeline-only is off or not listed',
    });
  });

  it('takes the modes of egress and pipeline-only where they are listed', () => {
    const { protects } = basePolicy().internet;
    const egress = (mode: 'off' | 'observe' | null) => ({ ...basePolicy().egress, protects, mode });
    const judged = (mode: 'off' | 'observe' | null) =>
      policy({ mode: 'enforce', egress: egress(mode), pipelineOnly: { mode } });
    expect(modeFor('egress', WEB_GROUP, judged(null))).toEqual({ mode: 'enforce', because: 'mode' });
    expect(modeFor('egress', WEB_GROUP, judged('off'))).toEqual({ mode: 'off', because: 'rules.egress.mode' });
    expect(modeFor('pipeline-only', WEB_GROUP, judged(null))).toEqual({ mode: 'enforce', because: 'mode' });
    expect(modeFor('pipeline-only', WEB_GROUP, judged('observe'))).toEqual({
      mode: 'observe',
      because: 'rules.pipeline-only.mode',
    });
  });

  it('lets one VPC of a group lower the mode', () => {
    const judged = policy({
      mode: 'enforce',
      modes: [setting({ select: { vpc: ['vpc-a'] }, mode: 'observe' })],
    });
    expect(modeFor('internet', { ...WEB_GROUP, vpcs: ['vpc-a', 'vpc-b'] }, judged).mode).toBe('observe');
    expect(modeFor('internet', { ...WEB_GROUP, vpcs: ['vpc-b'] }, judged).mode).toBe('enforce');
    expect(modeFor('internet', { ...WEB_GROUP, vpcs: [] }, judged).mode).toBe('enforce');
  });
});

describe('differsByVpc', () => {
  const entry = (given: Partial<ModeSetting>) => setting({ select: { vpc: ['vpc-1'] }, ...given });
  it.each<[string, Policy['mode'], ModeSetting, boolean]>([
    ['a VPC is more cautious than the rest', 'enforce', entry({}), true],
    ['a VPC alone is enforced', null, entry({ mode: 'enforce' }), true],
    ['the top is as cautious', 'observe', entry({}), false],
    ['the top is more cautious', 'observe', entry({ mode: 'enforce' }), false],
    ['the entry is about another rule', 'enforce', entry({ rules: ['egress'] }), false],
    ['the entry selects by another key', 'enforce', entry({ select: { securityGroup: ['sg-1'] } }), false],
    [
      'the entry also selects by a key that no exposure has',
      'enforce',
      entry({ select: { vpc: ['*'], instance: ['i-1'] } }),
      false,
    ],
  ])('where %s', (_name, mode, setting, expected) => {
    expect(differsByVpc('internet', { ...basePolicy(), mode, modes: [setting] })).toBe(expected);
  });
});
