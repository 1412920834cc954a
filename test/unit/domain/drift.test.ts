import { describe, expect, it } from 'vitest';
import { actorName, UNKNOWN_ACTOR } from '../../../src/domain/actor.ts';
import { compareWithBaseline } from '../../../src/domain/drift.ts';
import type { Baseline, Difference, Instance } from '../../../src/domain/estate.ts';
import { INSTANCE } from '../guards/perfect.ts';

const PROFILE = 'arn:aws:iam::123456789012:instance-profile/team/web';
/** As the template says, in everything that is compared. */
const LIVE: Instance = {
  ...INSTANCE,
  imageId: 'ami-1',
  profileArn: PROFILE,
  securityGroupIds: ['sg-2', 'sg-1'],
  volumes: [
    { id: 'vol-1', device: '/dev/xvda', deleteOnTermination: true, size: 8, type: 'gp3', encrypted: true },
    { id: 'vol-2', device: '/dev/sdf', deleteOnTermination: true, size: 100, type: 'gp3', encrypted: false },
  ],
  tags: { Env: 'prod', Empty: '', 'aws:autoscaling:groupName': 'web' },
  traits: { type: 'm5.large', key: 'ops', 'metadata-options/http-tokens': 'required', 'source-dest-check': 'true' },
};
const BASELINE: Baseline = {
  name: 'lt-1 version 4',
  userData: 'IyEvYmluL3NoCg==',
  securityGroupIds: ['sg-1', 'sg-2'],
  profile: 'web',
  image: 'ami-1',
  types: ['m5.large', 'm6i.large'],
  traits: { key: 'ops', 'metadata-options/http-tokens': 'required', 'source-dest-check': 'true' },
  devices: [{ device: 'xvda', size: 8, type: 'gp3', encrypted: true, deleteOnTermination: true }],
  imageDevices: ['/dev/xvda', '/dev/sdf'],
  tags: { Env: 'prod', Empty: '' },
};
const SAME = BASELINE.userData;

const compared = (instance: Partial<Instance>, userData: string | null | undefined, baseline: Partial<Baseline>) =>
  compareWithBaseline({ ...LIVE, ...instance }, userData, { ...BASELINE, ...baseline });
/** Baselines without the keys. */
const silentOn = (...keys: readonly (keyof Baseline)[]) =>
  Object.fromEntries(Object.entries(BASELINE).filter(([key]) => !keys.some((it) => it === key))) as Baseline;
const [ROOT, IMAGED] = LIVE.volumes;
if (ROOT === undefined || IMAGED === undefined) throw new Error('the instance has two volumes');
const FURTHER = { id: 'vol-9', device: '/dev/sdg', deleteOnTermination: false };

describe('an instance compared with its template', () => {
  it.each<[string, Partial<Instance>, string | null | undefined, Partial<Baseline>]>([
    ['is the same', {}, SAME, {}],
    ['is the same by the ARN of the profile', {}, SAME, { profile: PROFILE }],
    ['has no profile, and none is asked', { profileArn: null }, SAME, { profile: null }],
    [
      'has other groups, and the template does not say',
      { securityGroupIds: ['sg-9'] },
      SAME,
      { securityGroupIds: undefined },
    ],
    ['has user data that was not read', {}, undefined, {}],
    ['has no user data, and none is asked', {}, null, { userData: null }],
    ['has empty user data, and none is asked', {}, '', { userData: null }],
    ['has a type of an override', { traits: { ...LIVE.traits, type: 'm6i.large' } }, SAME, {}],
    ['has a tag that the template does not name', { tags: { ...LIVE.tags, Owner: 'kim' } }, SAME, {}],
    ['has an encrypted volume where no is said', {}, SAME, { devices: [{ device: 'xvda', encrypted: false }] }],
  ])('%s', (_name, instance, userData, baseline) => {
    expect(compared(instance, userData, baseline)).toEqual({ differences: [], untold: [] });
  });

  it('is not compared in what the template does not say', () => {
    const silent = silentOn('image', 'types', 'traits', 'devices', 'tags');
    const other: Instance = { ...LIVE, imageId: 'ami-9', traits: { type: 'x1.large', key: 'none' }, tags: {} };
    expect(compareWithBaseline(other, SAME, silent)).toEqual({ differences: [], untold: [] });
  });

  const volumes = (...given: Instance['volumes']): Partial<Instance> => ({ volumes: given });
  it.each<[string, Partial<Instance>, string | null, Partial<Baseline>, [Difference['path'], string, string]]>([
    ['another image', { imageId: 'ami-2' }, SAME, {}, ['image', 'ami-1', 'ami-2']],
    ['no image', { imageId: null }, SAME, {}, ['image', 'ami-1', 'none']],
    [
      'a type that nobody named',
      { traits: { ...LIVE.traits, type: 'm5.xlarge' } },
      SAME,
      {},
      ['type', 'm5.large or m6i.large', 'm5.xlarge'],
    ],
    ['another profile', { profileArn: `${PROFILE}-admin` }, SAME, {}, ['profile', 'web', 'web-admin']],
    ['no profile', { profileArn: null }, SAME, {}, ['profile', 'web', 'none']],
    ['a profile, where none is asked', {}, SAME, { profile: null }, ['profile', 'none', 'web']],
    [
      'a group more',
      { securityGroupIds: ['sg-3', 'sg-2', 'sg-1'] },
      SAME,
      {},
      ['security-groups', 'sg-1, sg-2', 'sg-1, sg-2, sg-3'],
    ],
    ['no groups', { securityGroupIds: [] }, SAME, {}, ['security-groups', 'sg-1, sg-2', 'none']],
    ['no user data', {}, null, {}, ['user-data', 'sha256:3dcecd6922b1, 10 bytes', 'none']],
    ['other user data', {}, 'eA==', { userData: null }, ['user-data', 'none', 'sha256:5e21d86b709b, 1 bytes']],
    ['another key', { traits: { ...LIVE.traits, key: 'none' } }, SAME, {}, ['key', 'ops', 'none']],
    [
      'IMDSv1 open',
      { traits: { ...LIVE.traits, 'metadata-options/http-tokens': 'optional' } },
      SAME,
      {},
      ['metadata-options/http-tokens', 'required', 'optional'],
    ],
    [
      'a larger volume',
      volumes({ ...ROOT, size: 80 }, IMAGED),
      SAME,
      {},
      ['block-devices/xvda/size', '8 GiB', '80 GiB'],
    ],
    [
      'a volume of another type',
      volumes({ ...ROOT, type: 'io2' }),
      SAME,
      {},
      ['block-devices/xvda/type', 'gp3', 'io2'],
    ],
    [
      'a volume in the clear',
      volumes({ ...ROOT, encrypted: false }),
      SAME,
      {},
      ['block-devices/xvda/encrypted', 'true', 'false'],
    ],
    [
      'a volume that outlives it',
      volumes({ ...ROOT, deleteOnTermination: false }),
      SAME,
      {},
      ['block-devices/xvda/delete-on-termination', 'true', 'false'],
    ],
    ['a volume less', volumes(IMAGED), SAME, {}, ['block-devices/xvda', 'a volume', 'none']],
    ['a volume more', volumes(ROOT, IMAGED, FURTHER), SAME, {}, ['block-devices/sdg', 'none', 'vol-9']],
    ['another tag', { tags: { ...LIVE.tags, Env: 'dev' } }, SAME, {}, ['tags/Env', '"prod"', '"dev"']],
    ['a tag less, which was empty', { tags: { Env: 'prod' } }, SAME, {}, ['tags/Empty', '""', 'none']],
  ])('has %s', (_name, instance, userData, baseline, [path, expected, found]) => {
    expect(compared(instance, userData, baseline)).toEqual({ differences: [{ path, expected, found }], untold: [] });
  });

  it.each<[string, Partial<Instance>, Baseline, Difference['path']]>([
    ['a trait that is not known', { traits: { ...LIVE.traits, key: undefined } as never }, BASELINE, 'key'],
    ['a type that is not known', { traits: { key: 'ops' } }, { ...BASELINE, traits: { key: 'ops' } }, 'type'],
    [
      'a size that was not read',
      volumes({ id: 'vol-1', device: 'xvda', deleteOnTermination: true, type: 'gp3', encrypted: true }),
      BASELINE,
      'block-devices/xvda/size',
    ],
    ['a volume that the image may bring', volumes(ROOT, FURTHER), silentOn('imageDevices'), 'block-devices/sdg'],
    [
      'an image named through a parameter',
      { imageId: 'ami-9' },
      { ...silentOn('image'), untold: [{ path: 'image', why: 'through a parameter' }] },
      'image',
    ],
  ])('says so and reports nothing of %s', (_name, instance, baseline, path) => {
    const { differences, untold } = compareWithBaseline({ ...LIVE, ...instance }, SAME, baseline);
    expect(differences).toEqual([]);
    expect(untold).toEqual([{ path, why: expect.stringMatching(/./) }]);
  });

  it('never shows user data itself: it may hold secrets', () => {
    const shown = JSON.stringify(compared({}, 'cGFzc3dvcmQ=', {}));
    expect(shown).not.toContain('cGFzc3dvcmQ=');
    expect(shown).not.toContain('password');
    expect(shown).not.toContain(SAME);
  });
});

describe('an actor is named', () => {
  it.each([
    ['by its ARN', { arn: 'arn:a', issuerArn: 'arn:b', invokedBy: 'c' }, 'arn:a'],
    ['by its role', { issuerArn: 'arn:b', invokedBy: 'c' }, 'arn:b'],
    ['by its service', { invokedBy: 'c' }, 'c'],
    ['as unknown', {}, 'unknown'],
  ])('%s', (_name, given, name) => {
    expect(actorName({ ...UNKNOWN_ACTOR, ...given })).toBe(name);
  });
});
