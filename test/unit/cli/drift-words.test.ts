import { describe, expect, test } from 'vitest';
import { call, compliance, INSTANCE } from '../inbound/perfect.ts';
import { estate, machine, scaling } from './estate.ts';
import { run } from './fake-io.ts';
import { file } from './files.ts';

const SECRET = 'password=hunter2';
const USER_DATA = Buffer.from(`#!/bin/sh\n${'# a long script\n'.repeat(400)}`).toString('base64');
const TEMPLATE = {
  LaunchTemplateId: 'lt-0a1b2c3d4e5f60718',
  VersionNumber: 4,
  LaunchTemplateData: {
    ImageId: 'ami-0a1b2c3d4e5f60718',
    InstanceType: 't3.micro',
    SecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
    IamInstanceProfile: { Name: 'web' },
    UserData: USER_DATA,
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
  },
};
const LIVE = {
  InstanceType: 't3.micro',
  SourceDestCheck: true,
  MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
};
const VOLUMES = [{ VolumeId: 'vol-1', Size: 8, VolumeType: 'gp3', Encrypted: false }];
const attributes = (script: string) => [{ InstanceId: INSTANCE, UserData: { Value: script } }];
const POLICY = `version: 1
rules:
  internet:
    protects: [{ name: SSH, ports: [22] }]
ignoredDifferences:
  - paths: [tags/*]
    select: { autoScalingGroup: [web] }
    reason: The backup tool tags what it saves.
`;
/** A verdict that this policy gives no meaning. */
const QUIET = compliance({
  resourceId: INSTANCE,
  resourceType: 'AWS::EC2::Instance',
  configRuleName: 'required-tags',
});
const SESSION = call('StartSession', { target: INSTANCE }, null, 'ssm.amazonaws.com');

async function explained(live: object = {}, world: object = {}, event: unknown = SESSION) {
  const known = {
    Reservations: [{ Instances: [machine(INSTANCE, { ...LIVE, ...live })] }],
    LaunchTemplateVersions: [TEMPLATE],
    InstanceAttributes: attributes(USER_DATA),
    Volumes: VOLUMES,
  };
  const options = [
    '--policy',
    file('drift.yml', POLICY),
    '--estate',
    file('estate.json', estate({ ...known, ...world })),
  ];
  const { code, out, err } = await run(['explain', file('event.json', event), ...options]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const at = out.indexOf(`  ${INSTANCE} `);
  return at < 0 ? '' : out.slice(at).trimEnd();
}

describe('the difference between an instance and its template', () => {
  test('is told path by path, and what is left alone with the line that says so', async () => {
    const text = await explained({
      ImageId: 'ami-0fedcba9876543210',
      MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1 },
      Tags: [{ Key: 'Name', Value: 'mine' }],
    });
    expect(text.replace(/\s+/g, ' ')).toContain('version 4, which it was launched from (- template, + instance)');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'image - ami-0a1b2c3d4e5f60718 + ami-0fedcba9876543210 metadata-options/http-tokens - required + optional tags/Name, left alone by ignoredDifferences[0]',
    );
    expect(text.replace(/\s+/g, '')).toContain('drift.yml:6):Thebackuptooltagswhatitsaves.-"web"+"mine"');
  });

  test('is told where there is none', async () => {
    expect(await explained()).toMatch(/\n {4}It is as the template says\.$/);
  });

  test('never shows user data, only digests and lengths', async () => {
    const text = await explained({}, { InstanceAttributes: attributes(Buffer.from(SECRET).toString('base64')) });
    expect(text).toMatch(/ {4}user-data\n {6}- sha256:[0-9a-f]{12}, 6410 bytes\n {6}\+ sha256:[0-9a-f]{12}, 16 bytes$/);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64'));
  });

  test.each<[string, object, object, string]>([
    ['the sizes of volumes', {}, { Volumes: undefined }, 'not compared: block-devices/xvda/size, the size of vol-1'],
    ['user data', {}, { InstanceAttributes: [] }, 'not compared: user-data, InstanceAttributes does not have it'],
    [
      'volumes that the image may bring',
      {
        BlockDeviceMappings: ['/dev/xvda', '/dev/sdf'].map((DeviceName, index) => ({
          DeviceName,
          Ebs: { VolumeId: `vol-${index + 1}`, DeleteOnTermination: true },
        })),
      },
      {},
      'not compared: block-devices/sdf, whether the image brings vol-2 is not known',
    ],
    [
      'the template',
      {},
      { LaunchTemplateVersions: [] },
      'could not be compared with its template: lt-0a1b2c3d4e5f60718',
    ],
  ])('says so when %s is not known', async (_title, live, world, told) => {
    expect((await explained(live, world)).replace(/\s+/g, ' ')).toContain(told);
  });

  test('knows what the image brings', async () => {
    const BlockDeviceMappings = ['/dev/xvda', '/dev/sdf', '/dev/sdg'].map((DeviceName, index) => ({
      DeviceName,
      Ebs: { VolumeId: `vol-${index + 1}`, DeleteOnTermination: true },
    }));
    const Images = [{ ImageId: 'ami-0a1b2c3d4e5f60718', BlockDeviceMappings: BlockDeviceMappings.slice(0, 2) }];
    const text = await explained({ BlockDeviceMappings }, { Images });
    expect(text).toMatch(/ {4}block-devices\/sdg\n {6}- none\n {6}\+ vol-3$/);
  });

  test('takes a type of an override for right', async () => {
    const Overrides = [{ InstanceType: 'm5.large' }];
    const AutoScalingGroups = [scaling({ MixedInstancesPolicy: { LaunchTemplate: { Overrides } } })];
    expect(await explained({ InstanceType: 'm5.large' }, { AutoScalingGroups })).toMatch(/as the template says/);
    expect(await explained({ InstanceType: 'x1.large' }, { AutoScalingGroups })).toContain(
      '      - t3.micro or m5.large\n      + x1.large',
    );
  });

  test.each<[string, string, boolean]>([
    ['lt-0a1b2c3d4e5f60718', '5', true],
    ['lt-0a1b2c3d4e5f60718', '4', false],
    ['lt-0a1b2c3d4e5f60718', '$Latest', false],
    ['lt-0fedcba9876543210', '5', false],
  ])('says that the group launches from %s version %s by now: %s', async (LaunchTemplateId, Version, told) => {
    const AutoScalingGroups = [scaling({ LaunchTemplate: { LaunchTemplateId, Version } })];
    const text = await explained({}, { AutoScalingGroups });
    expect(text).toContain('It is as the template says.');
    expect(text.endsWith('    Its group launches from version 5 by now, which is no difference.')).toBe(told);
  });

  test('is not said to be none where something could not be compared', async () => {
    const text = await explained({}, { InstanceAttributes: undefined });
    expect(text).toContain('    What was compared is as the template says.\n    not compared: user-data');
  });

  test('is told where no rule is asked, too', async () => {
    const text = await explained({ ImageId: 'ami-0fedcba9876543210' }, {}, QUIET);
    expect(text).toMatch(/ {4}image\n {6}- ami-0a1b2c3d4e5f60718\n {6}\+ ami-0fedcba9876543210$/);
  });
});

describe('an estate file', () => {
  test.each<[string, object, string]>([
    [
      'user data that is no string',
      { InstanceAttributes: attributes(7 as never) },
      'InstanceAttributes[0].UserData.Value',
    ],
    ['a size that is no number', { Volumes: [{ VolumeId: 'vol-1', Size: 'big' }] }, 'Volumes[0].Size'],
    ['a flag that is no flag', { Volumes: [{ VolumeId: 'vol-1', Encrypted: 'yes' }] }, 'Volumes[0].Encrypted'],
    ['an image without an id', { Images: [{}] }, 'Images[0].ImageId'],
  ])('with %s names the place', async (_title, world, place) => {
    const options = ['--policy', file('drift.yml', POLICY), '--estate', file('estate.json', estate(world))];
    const { code, err } = await run(['explain', file('event.json', QUIET), ...options]);
    expect(code).toBe(2);
    expect(err).toContain(place);
  });
});
