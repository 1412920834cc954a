/** Reads what images are judged by: nothing where the policy asks nothing of images. */
import { type InstanceEstate, isEnding, type LaunchCheck } from '../domain/estate.ts';
import type { Policy } from '../policy/policy.ts';
import type { Images } from '../roles.ts';

/** The estate with the image of the instance and, once it is known what a successor comes from, with those images too. */
export async function withImages(
  images: Images,
  estate: InstanceEstate,
  policy: Policy,
  launch: LaunchCheck | null = null,
): Promise<InstanceEstate> {
  if (policy.images === null || isEnding(estate.instance)) return estate;
  const parameters = (policy.images.approved ?? []).flatMap(({ ssmParameter }) => ssmParameter ?? []);
  const successors = launch?.kind === 'ready' ? (launch.images ?? []).filter((id) => id.startsWith('ami-')) : [];
  const ids = [estate.instance.imageId ?? [], successors].flat();
  return { ...estate, imageFacts: await images.read([...new Set(ids)], [...new Set(parameters)]) };
}
