import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/domain/actor.ts';
import { parserOf } from '../../../src/inbound/cloudtrail/calls.ts';
import { PRESET_IDS, PRESETS, type PresetId, presetFits } from '../../../src/policy/presets.ts';
import { DEPLOYER } from './subjects.ts';

const ACCOUNT = '123456789012';
const roleOf = (id: PresetId) => {
  const { service, role } = PRESETS[id];
  return `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${service}/${role}`;
};
const by = (issuerArn: string | null, rest: Partial<Actor> = {}): Actor => ({ ...DEPLOYER, issuerArn, ...rest });
/** A call of the row, as the service makes it. */
const callOf = (id: PresetId) => ({
  actor: by(roleOf(id)),
  name: PRESETS[id].calls[0] ?? '',
  account: ACCOUNT,
  content: { document: PRESETS[id].document?.replace('*', 'X') ?? null },
});

describe.each(PRESET_IDS)('the service %s', (id) => {
  it('is trusted with a call of its own', () => expect(presetFits(id, callOf(id))).toBe(true));

  it('has calls that undrift watches, and a source in the documentation of AWS', () => {
    const services = ['ec2', 'ssm', 'autoscaling'].map((name) => `${name}.amazonaws.com`);
    for (const call of PRESETS[id].calls) {
      expect(
        services.some((service) => parserOf(service, call) !== null),
        call,
      ).toBe(true);
    }
    expect(PRESETS[id].source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
  });

  it.each<[string, object]>([
    ['by another call', { name: 'StartSession' }],
    ['in another account', { account: '210987654321' }],
    ['by a user', { actor: by(roleOf(id), { type: 'IAMUser' }) }],
    ['by the root of the account', { actor: by(null, { type: 'Root', invokedBy: PRESETS[id].service }) }],
    ['by a role of that name elsewhere', { actor: by(`arn:aws:iam::${ACCOUNT}:role/${PRESETS[id].role}`) }],
    ['by a role whose name goes on', { actor: by(`${roleOf(id)}2`) }],
    ['by a role whose path imitates it', { actor: by(roleOf(id).replace(':role/', ':role/x:role/')) }],
  ])('is not trusted %s', (_how, given) => {
    expect(presetFits(id, { ...callOf(id), ...given })).toBe(false);
  });
});

it.each(PRESET_IDS.filter((id) => PRESETS[id].document !== undefined))(
  'the service %s is trusted with its own document alone',
  (id) => {
    const given = (content: object | undefined) => presetFits(id, { ...callOf(id), ...(content && { content }) });
    expect(given({ document: 'AWS-RunShellScript' })).toBe(false);
    expect(given({ document: null })).toBe(false);
    expect(given({})).toBe(false);
    const { content } = callOf(id);
    const shared = `arn:aws:ssm:eu-west-1:210987654321:document/${content.document}`;
    expect(given({ document: shared })).toBe(false);
  },
);

it('Auto Scaling is trusted under a role with a suffix, too', () => {
  expect(presetFits('auto-scaling', { ...callOf('auto-scaling'), actor: by(`${roleOf('auto-scaling')}_batch`) })).toBe(
    true,
  );
});
