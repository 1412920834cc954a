/** What a launch from a template or a launch configuration cannot do without, by the names that it gives them. */
import { type AutoScalingClient, DescribeLaunchConfigurationsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchSource } from '../domain/estate.ts';
import { ask, isCode } from './errors.ts';

/** Something that no launch can do without is not there; its message says what. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** AWS does not answer, and the message is not to wait for it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

export type Needs = {
  /** Image ids, and how the templates name images, which may be by a parameter. */
  readonly images: readonly string[];
  readonly named: readonly string[];
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  /** Instance profiles, by name or ARN. */
  readonly profiles: readonly string[];
  readonly keys: readonly string[];
};

const GONE = [
  'InvalidLaunchTemplateId.NotFound',
  'InvalidLaunchTemplateName.NotFoundException',
  'InvalidLaunchTemplateId.VersionNotFound',
];

/** @throws Missing, Retryable, AwsRefused */
export function needsOf(ec2: EC2Client, autoScaling: AutoScalingClient, source: LaunchSource): Promise<Needs> {
  return source.kind === 'template'
    ? templateNeeds(ec2, source.id, source.version)
    : configurationNeeds(autoScaling, source.name);
}

async function templateNeeds(ec2: EC2Client, id: string, version: string): Promise<Needs> {
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
  const gone = new Missing(`launch template ${id} has no version ${version}`);
  const answer = await ask('ec2', 'DescribeLaunchTemplateVersions', () => ec2.send(command)).catch((error) => {
    throw isCode(error, ...GONE) ? gone : error;
  });
  const data = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  if (data === undefined) throw gone;
  const interfaces = data.NetworkInterfaces ?? [];
  return {
    // `resolve:ssm:…` is resolved at the launch, with rights that undrift does not have.
    images: given(data.ImageId).filter((image) => image.startsWith('ami-')),
    named: [data.ImageId ?? []].flat(),
    groups: [...(data.SecurityGroupIds ?? []), ...interfaces.flatMap(({ Groups }) => Groups ?? [])].filter(isGroupId),
    subnets: interfaces.flatMap(({ SubnetId }) => SubnetId ?? []),
    profiles: [...given(data.IamInstanceProfile?.Arn), ...given(data.IamInstanceProfile?.Name)],
    keys: given(data.KeyName),
  };
}

async function configurationNeeds(autoScaling: AutoScalingClient, name: string): Promise<Needs> {
  const command = new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames: [name] });
  const answer = await ask('autoscaling', 'DescribeLaunchConfigurations', () => autoScaling.send(command));
  const found = answer.LaunchConfigurations?.[0];
  if (found === undefined) throw new Missing(`launch configuration ${name} is gone`);
  return {
    images: given(found.ImageId),
    named: given(found.ImageId),
    groups: (found.SecurityGroups ?? []).filter(isGroupId),
    subnets: [],
    profiles: given(found.IamInstanceProfile),
    keys: given(found.KeyName),
  };
}

/** A launch configuration answers with an empty text for what it does not name. */
const given = (value: string | undefined): readonly string[] => (value ? [value] : []);

/** A group by name is looked up at the launch. */
const isGroupId = (group: string) => /^sg-[0-9a-f]+$/.test(group);
