import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsFleet } from '../../src/aws/fleet.ts';
import type { InstanceEstate } from '../../src/domain/estate.ts';
import { stub } from '../unit/aws/stub.ts';

/** What a template may say; each part may be left out. */
type Template = {
  readonly image?: string;
  readonly type?: string;
  readonly key?: string;
  readonly profile?: string;
  readonly userData?: string;
  readonly detailed?: boolean;
  readonly options?: { readonly HttpTokens?: string; readonly HttpPutResponseHopLimit?: number };
  readonly devices?: readonly { readonly name: string; readonly size?: number; readonly type?: string }[];
  readonly tags?: Readonly<Record<string, string>>;
};
/** An instance with its volumes as EC2 tells of them. */
type Machine = {
  readonly instance: {
    readonly ImageId: string;
    readonly InstanceType: string;
    readonly KeyName?: string | undefined;
    readonly IamInstanceProfile?: { readonly Arn: string } | undefined;
    readonly Monitoring: { readonly State: string };
    readonly MetadataOptions: { readonly HttpTokens: string; readonly HttpPutResponseHopLimit: number };
    readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  };
  readonly volumes: readonly {
    readonly name: string;
    readonly VolumeId: string;
    readonly Size: number;
    readonly VolumeType: string;
  }[];
  readonly userData: string | undefined;
};

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const template: fc.Arbitrary<Template> = fc.record(
  {
    image: word.map((it) => `ami-${it}`),
    type: fc.constantFrom('m5.large', 't3.micro'),
    key: word,
    profile: word,
    userData: fc.base64String({ minLength: 4 }),
    detailed: fc.boolean(),
    options: fc.record(
      { HttpTokens: fc.constantFrom('required', 'optional'), HttpPutResponseHopLimit: fc.integer({ min: 1, max: 3 }) },
      { requiredKeys: [] },
    ),
    devices: fc.uniqueArray(
      fc.record(
        {
          name: fc.constantFrom('/dev/xvda', 'xvdb', '/dev/sdf'),
          size: fc.integer({ min: 1, max: 90 }),
          type: fc.constantFrom('gp2', 'gp3'),
        },
        { requiredKeys: ['name'] },
      ),
      { selector: ({ name }) => name },
    ),
    tags: fc.dictionary(word, fc.string({ maxLength: 8 }), { maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: [] },
);

/** What EC2 makes of it: what the template does not say is EC2's choice. */
function launch(said: Template): Machine {
  const devices = said.devices ?? [];
  const root = devices.some(({ name }) => name === '/dev/xvda') ? [] : [{ name: '/dev/xvda' }];
  return {
    instance: {
      ImageId: said.image ?? 'ami-any',
      InstanceType: said.type ?? 'c5.large',
      KeyName: said.key,
      IamInstanceProfile: said.profile === undefined ? undefined : profile(said.profile),
      Monitoring: { State: said.detailed === true ? 'enabled' : 'disabled' },
      MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 2, ...said.options },
      Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }, ...tagsOf(said.tags ?? {})],
    },
    volumes: [...root, ...devices].map((device: NonNullable<Template['devices']>[number], index) => ({
      name: device.name,
      VolumeId: `vol-${index}`,
      Size: device.size ?? 5,
      VolumeType: device.type ?? 'gp3',
    })),
    userData: said.userData,
  };
}

const profile = (name: string) => ({ Arn: `arn:aws:iam::123456789012:instance-profile/${name}` });
const tagsOf = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function templateData(said: Template) {
  return {
    ImageId: said.image,
    InstanceType: said.type,
    KeyName: said.key,
    IamInstanceProfile: said.profile === undefined ? undefined : { Name: said.profile },
    UserData: said.userData,
    Monitoring: said.detailed === undefined ? undefined : { Enabled: said.detailed },
    MetadataOptions: said.options,
    SecurityGroupIds: ['sg-1'],
    BlockDeviceMappings: said.devices?.map(({ name, size, type }) => ({
      DeviceName: name,
      Ebs: { VolumeSize: size, VolumeType: type },
    })),
    TagSpecifications: [{ ResourceType: 'instance', Tags: tagsOf(said.tags ?? {}) }],
  };
}

async function differences(said: Template, { instance, volumes, userData }: Machine): Promise<readonly string[]> {
  const LaunchTemplate = { LaunchTemplateId: 'lt-1', Version: '4' };
  const group = { AutoScalingGroupName: 'web', AutoScalingGroupARN: 'arn', DesiredCapacity: 1, MinSize: 1, MaxSize: 1 };
  const Instances = [{ InstanceId: 'i-1', LifecycleState: 'InService', LaunchTemplate }];
  const live = {
    InstanceId: 'i-1',
    State: { Name: 'running' },
    RootDeviceName: '/dev/xvda',
    SourceDestCheck: true,
    SecurityGroups: [{ GroupId: 'sg-1' }],
    BlockDeviceMappings: volumes.map(({ name, VolumeId }) => ({ DeviceName: name, Ebs: { VolumeId } })),
    ...instance,
  };
  const { client } = stub({
    DescribeInstances: () => ({ Reservations: [{ Instances: [live] }] }),
    DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [{ AutoScalingGroupName: 'web' }] }),
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...group, Instances }] }),
    DescribeInstanceRefreshes: () => ({}),
    DescribeInstanceAttribute: () => ({ UserData: { Value: userData } }),
    DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: templateData(said) }] }),
    DescribeVolumes: () => ({ Volumes: volumes }),
    DescribeImages: () => ({ Images: [{ BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }] }] }),
  });
  const fleet = awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client });
  const drift = await fleet.drift((await fleet.read({ type: 'instance', id: 'i-1' })) as InstanceEstate);
  if (drift.kind === 'unknown') throw new Error(drift.why);
  expect(drift.untold).toEqual([]);
  return drift.differences.map(({ path }) => path);
}

type Alteration = readonly [path: string, altered: Machine];

/** Every single thing that could be changed by hand and that the template speaks of. */
function alterations(said: Template, machine: Machine): readonly Alteration[] {
  const { instance, volumes } = machine;
  const live = (change: Partial<Machine['instance']>): Machine => ({
    ...machine,
    instance: { ...instance, ...change },
  });
  const options = (change: Partial<Machine['instance']['MetadataOptions']>) =>
    live({ MetadataOptions: { ...instance.MetadataOptions, ...change } });
  const grown = (at: string, change: object): Machine => ({
    ...machine,
    volumes: volumes.map((volume) => (volume.name === at ? { ...volume, ...change } : volume)),
  });
  const further = { name: '/dev/sdz', VolumeId: 'vol-z', Size: 1, VolumeType: 'gp3' };
  const when = (says: boolean, ...alteration: Alteration): readonly Alteration[] => (says ? [alteration] : []);
  const tokens = instance.MetadataOptions.HttpTokens === 'required' ? 'optional' : 'required';
  const state = instance.Monitoring.State === 'enabled' ? 'disabled' : 'enabled';
  return [
    ['profile', live({ IamInstanceProfile: profile('by-hand-') })],
    [
      'user-data',
      { ...machine, userData: Buffer.from('by hand, and longer than what is generated').toString('base64') },
    ],
    ['block-devices/sdz', { ...machine, volumes: [...volumes, further] }],
    ...when(said.image !== undefined, 'image', live({ ImageId: 'ami-by-hand' })),
    ...when(said.type !== undefined, 'type', live({ InstanceType: 'x1.large' })),
    ...when(said.key !== undefined, 'key', live({ KeyName: undefined })),
    ...when(said.detailed !== undefined, 'monitoring', live({ Monitoring: { State: state } })),
    ...when(said.options?.HttpTokens !== undefined, 'metadata-options/http-tokens', options({ HttpTokens: tokens })),
    ...when(
      said.options?.HttpPutResponseHopLimit !== undefined,
      'metadata-options/hop-limit',
      options({ HttpPutResponseHopLimit: 64 }),
    ),
    ...(said.devices ?? []).flatMap(({ name, size, type }): readonly Alteration[] => {
      const path = `block-devices/${name.replace('/dev/', '')}`;
      return [
        [path, { ...machine, volumes: volumes.filter((volume) => volume.name !== name) }],
        ...when(size !== undefined, `${path}/size`, grown(name, { Size: 500 })),
        ...when(type !== undefined, `${path}/type`, grown(name, { VolumeType: 'io2' })),
      ];
    }),
    ...Object.keys(said.tags ?? {}).map((key): Alteration => {
      return [`tags/${key}`, live({ Tags: instance.Tags.filter(({ Key }) => Key !== key) })];
    }),
  ];
}

test('an instance does not differ from the template that it was launched from', async () => {
  await fc.assert(
    fc.asyncProperty(template, async (said) => {
      expect(await differences(said, launch(said))).toEqual([]);
    }),
  );
});

test('whatever single thing is changed, exactly that is the difference', async () => {
  await fc.assert(
    fc.asyncProperty(template, fc.nat(), async (said, choice) => {
      const all = alterations(said, launch(said));
      const [path, altered] = all[choice % all.length] ?? ['', launch(said)];
      expect(await differences(said, altered)).toEqual([path]);
    }),
    { numRuns: 300 },
  );
});

test('what the template leaves open may be anything', async () => {
  await fc.assert(
    fc.asyncProperty(template, template, async (said, other) => {
      const own = launch(said);
      const options = { ...other.options, ...said.options };
      const open = launch({ ...other, ...said, options, tags: { ...other.tags, ...said.tags } });
      const instance = { ...open.instance, IamInstanceProfile: own.instance.IamInstanceProfile };
      expect(await differences(said, { ...own, instance })).toEqual([]);
    }),
  );
});
