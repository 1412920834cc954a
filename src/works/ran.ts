/** Which version ran on an altered instance, and which one runs on its successor. Never a reason to wait or to fail. */
import { type InstanceEstate, memberOf } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import { type Ran, told } from '../domain/ran.ts';
import type { Policy } from '../policy/policy.ts';
import { type Fleet, Refused, Retryable } from '../roles.ts';

type Tags = Pick<Policy['notifications'], 'buildTags' | 'commitTags'>;

/** @param before what is known already of the same machine is not asked again, also when its image has gone since */
export async function whatRan(
  fleet: Fleet,
  estate: InstanceEstate,
  before: Incident | null,
  { buildTags, commitTags }: Tags,
): Promise<Ran> {
  const { instance } = estate;
  const { id, imageId, launchedAt } = instance;
  const known = before?.ran;
  if (known?.instanceId === id && (known.image?.id ?? null) === imageId && known.unread.length === 0) return known;
  const template = memberOf(estate)?.launchTemplate ?? null;
  const from = await fleet.launchedFrom(imageId, template);
  return {
    instanceId: id,
    launchedAt,
    image: imageId === null ? null : { id: imageId, name: from.image?.name ?? null },
    template: template === null ? null : { ...template, name: from.template?.name ?? null },
    build: told(buildTags, from),
    commit: told(commitTags, from),
    unread: from.unread,
  };
}

export async function whatSuccessorRuns(fleet: Fleet, id: string, tags: Tags): Promise<Ran> {
  try {
    const estate = await fleet.read({ type: 'instance', id });
    return estate.kind === 'instance'
      ? await whatRan(fleet, estate, null, tags)
      : unread(id, `EC2 does not show ${id}`);
  } catch (error) {
    if (error instanceof Retryable || error instanceof Refused) return unread(id, error.message);
    throw error;
  }
}

function unread(instanceId: string, why: string): Ran {
  return { instanceId, launchedAt: null, image: null, template: null, build: null, commit: null, unread: [why] };
}
