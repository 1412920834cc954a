import { describe, expect, it } from 'vitest';
import { answer } from '../../../cli/explain/answer.ts';
import { readEstate } from '../../../cli/explain/estate-file.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { ACCOUNT, INSTANCE } from '../inbound/perfect.ts';
import { MINIMAL } from '../policy/documents.ts';
import { estate, machine } from './estate.ts';

const IMAGE = 'ami-0a1b2c3d4e5f60718';
const POLICY = `${MINIMAL}mode: observe
when: any
configVerdicts:
  - { configRule: "*", means: [image-not-approved, too-old] }
images:
  approved: [{ names: ["golden-*"] }, { ssmParameter: /golden/ami }]
maxInstanceAgeDays: 30
`;
const VERDICT = {
  'detail-type': 'Config Rules Compliance Change',
  source: 'aws.config',
  id: 'envelope-1',
  account: ACCOUNT,
  region: 'eu-west-1',
  time: '2026-02-03T04:05:06Z',
  detail: {
    resourceType: 'AWS::EC2::Instance',
    resourceId: INSTANCE,
    configRuleName: 'approved-amis-by-id',
    newEvaluationResult: { complianceType: 'NON_COMPLIANT' },
  },
};
const image = (Name: string) => ({ Images: [{ ImageId: IMAGE, Name, OwnerId: ACCOUNT }] });

async function decided(given: object) {
  const setting = {
    policy: loadPolicy(POLICY, 'policy.yml').policy,
    estate: readEstate(estate(given)),
    now: new Date('2026-02-03T05:00:00Z'),
    optInTag: { key: 'undrift:replace', value: 'allowed' },
  };
  const { error, decisions } = await answer({ file: 'event', index: 0, event: { raw: VERDICT } }, setting);
  expect(error).toBeNull();
  return decisions.map(({ kind, rule, guard }) => [kind, rule, guard]);
}

describe('explain judges the image of an instance', () => {
  it.each<[string, object, (string | null)[][]]>([
    ['approved by its name', image('golden-1'), [['ignore', null, null]]],
    [
      'not approved',
      { ...image('web-1'), Parameters: [{ Name: '/golden/ami', Value: 'ami-2' }] },
      [['hold', 'image-not-approved', 'observe']],
    ],
    [
      'approved by a parameter',
      { ...image('web-1'), Parameters: [{ Name: '/golden/ami', Value: IMAGE }] },
      [['ignore', null, null]],
    ],
    ['not in the file', {}, [['hold', 'image-not-approved', 'unreadable']]],
  ])('%s', async (_name, given, expected) => {
    expect(await decided(given)).toEqual(expected);
  });

  it('and its age', async () => {
    const old = machine(INSTANCE, { LaunchTime: '2026-01-01T00:00:00+00:00' });
    const given = { ...image('golden-1'), Reservations: [{ Instances: [old] }] };
    expect(await decided(given)).toEqual([['hold', 'too-old', 'observe']]);
  });
});
