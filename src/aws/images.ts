/**
 * Images, and the SSM parameters that name approved ones. IAM: ec2:DescribeImages on `*`; ssm:GetParameter on the
 * parameters that the policy names, which the package derives from it (`infra/rights.cjs`).
 */
import { DescribeImagesCommand, type EC2Client, type Image as Ec2Image } from '@aws-sdk/client-ec2';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Image, ImageReading, ParameterReading } from '../domain/image.ts';
import type { Clock, Images } from '../roles.ts';
import { systemClock } from './clock.ts';
import { AwsRefused, ask } from './errors.ts';
import { tagsOf } from './shapes.ts';

type Parameters = Readonly<Record<string, ParameterReading>>;

/**
 * Milliseconds for which the value of a parameter is remembered. GetParameter has 40 calls a second for the whole account
 * ("Systems Manager endpoints and quotas", AWS General Reference), and each instance that is launched is judged.
 */
const REMEMBERED = 15_000;

export function awsImages(ec2: EC2Client, ssm: SSMClient, clock: Pick<Clock, 'now'> = systemClock): Images {
  let last: { readonly parameters: Parameters; readonly at: number } | null = null;

  /** What was remembered may approve, and never refuses: an image that it does not name is asked about anew. */
  async function parametersFor(ids: readonly string[], names: readonly string[]): Promise<Parameters> {
    const now = clock.now().getTime();
    if (
      last !== null &&
      now - last.at < REMEMBERED &&
      names.every((name) => last?.parameters[name]?.kind === 'image')
    ) {
      const named = names.flatMap((name) => imageIn(last?.parameters[name]));
      if (ids.length > 0 && ids.every((id) => named.includes(id))) return last.parameters;
    }
    const parameters = await entriesOf(names, (name) => readParameter(ssm, name));
    last = { parameters, at: now };
    return parameters;
  }

  return {
    async read(ids, names) {
      const parameters = names.length === 0 ? {} : await parametersFor(ids, names);
      const named = Object.values(parameters).flatMap(imageIn);
      return { parameters, images: await readImages(ec2, [...new Set([...ids, ...named])]) };
    },
  };
}

const imageIn = (it: ParameterReading | undefined) => (it?.kind === 'image' ? [it.imageId] : []);

async function entriesOf<T>(names: readonly string[], read: (name: string) => Promise<T>) {
  const entries = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return Object.fromEntries(entries) as Readonly<Record<string, T>>;
}

/** Asked by a filter: a missing id would otherwise fail the whole call. */
async function readImages(ec2: EC2Client, ids: readonly string[]): Promise<Readonly<Record<string, ImageReading>>> {
  if (ids.length === 0) return {};
  const command = new DescribeImagesCommand({
    Filters: [{ Name: 'image-id', Values: [...ids] }],
    IncludeDeprecated: true,
    IncludeDisabled: true,
  });
  const found = await readable(async () => (await ask('ec2', 'DescribeImages', () => ec2.send(command))).Images ?? []);
  const readingOf = async (id: string): Promise<ImageReading> => {
    if ('why' in found) return { kind: 'unread', why: found.why };
    const image = found.value.find(({ ImageId }) => ImageId === id);
    return image === undefined
      ? { kind: 'unread', why: `EC2 does not show the image ${id}: it was deregistered, or is not shared any more` }
      : { kind: 'read', image: toImage(id, image) };
  };
  return entriesOf(ids, readingOf);
}

function toImage(id: string, { Name, OwnerId, ImageOwnerAlias, CreationDate, Tags }: Ec2Image): Image {
  return {
    id,
    name: Name ?? null,
    ownerId: OwnerId ?? null,
    ownerAlias: ImageOwnerAlias ?? null,
    createdAt: CreationDate ?? null,
    tags: tagsOf(Tags),
  };
}

/** A value without `ami-` is never shown: the parameter may be another than was meant. */
async function readParameter(ssm: SSMClient, name: string): Promise<ParameterReading> {
  const command = new GetParameterCommand({ Name: name });
  const found = await readable(
    async () => (await ask('ssm', 'GetParameter', () => ssm.send(command))).Parameter?.Value,
  );
  if ('why' in found) return { kind: 'unread', why: found.why };
  const imageId = found.value?.trim() ?? '';
  return /^ami-[0-9a-f]{1,40}$/.test(imageId)
    ? { kind: 'image', imageId }
    : { kind: 'unread', why: `the parameter ${name} does not hold the id of an image` };
}

/** What is refused for good is told; what may pass is thrown. @throws Retryable */
async function readable<T>(read: () => Promise<T>): Promise<{ readonly value: T } | { readonly why: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof AwsRefused) return { why: error.message };
    throw error;
  }
}
