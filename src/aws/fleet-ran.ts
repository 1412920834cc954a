/**
 * What EC2 says of the image and of the template version that an instance was made from. IAM (read only, on `*`):
 * ec2:DescribeImages, ec2:DescribeLaunchTemplateVersions; one call each, and none that throws: what is not known is said.
 *
 * A template's own tags are not read: they stand for all its versions, and so tell nothing of the one that ran. Tags of an
 * image that another account shares are not shown to this one.
 */
import { DescribeImagesCommand, DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { GroupMember } from '../domain/estate.ts';
import type { LaunchedFrom } from '../domain/ran.ts';
import { Retryable } from '../roles.ts';
import { AwsRefused, ask } from './errors.ts';
import { tagsOf } from './shapes.ts';

type Template = GroupMember['launchTemplate'];
type Answer<T> = { readonly found: T } | { readonly found: null; readonly why: string };

export async function readLaunchedFrom(
  ec2: EC2Client,
  imageId: string | null,
  template: Template,
): Promise<LaunchedFrom> {
  const [image, version] = await Promise.all([
    imageId === null ? nothing : quietly(() => readImage(ec2, imageId)),
    template === null ? nothing : quietly(() => readVersion(ec2, template)),
  ]);
  const unread = [image, version].flatMap((answer) => ('why' in answer && answer.why !== '' ? [answer.why] : []));
  return { image: image.found, template: version.found, unread };
}

const nothing = { found: null, why: '' } as const;

async function readImage(ec2: EC2Client, id: string): Promise<Answer<NonNullable<LaunchedFrom['image']>>> {
  const command = new DescribeImagesCommand({
    Filters: [{ Name: 'image-id', Values: [id] }],
    IncludeDeprecated: true,
  });
  const [image] = (await ask('ec2', 'DescribeImages', () => ec2.send(command))).Images ?? [];
  if (image === undefined) return { found: null, why: `the image ${id} is not there (any more)` };
  return { found: { name: image.Name ?? null, tags: tagsOf(image.Tags) } };
}

async function readVersion(
  ec2: EC2Client,
  { id, version }: NonNullable<Template>,
): Promise<Answer<NonNullable<LaunchedFrom['template']>>> {
  // `$Latest` is another version by now than the one that was launched.
  if (!/^\d+$/.test(version)) return { found: null, why: `the group names ${version} of ${id}, not a version` };
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
  const answer = await ask('ec2', 'DescribeLaunchTemplateVersions', () => ec2.send(command));
  const [found] = answer.LaunchTemplateVersions ?? [];
  if (found === undefined) return { found: null, why: `version ${version} of launch template ${id} is gone` };
  const given = (found.LaunchTemplateData?.TagSpecifications ?? []).filter(
    ({ ResourceType }) => ResourceType === 'instance',
  );
  return { found: { name: found.LaunchTemplateName ?? null, tags: tagsOf(given.flatMap(({ Tags }) => Tags ?? [])) } };
}

async function quietly<T>(read: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsRefused || error instanceof Retryable) return { found: null, why: error.message };
    throw error;
  }
}
