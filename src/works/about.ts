import type { Estate, Tags } from '../domain/estate.ts';
import type { About } from '../domain/incident.ts';

/** Of what does not exist, nothing is known. */
export const NOBODY: About = { name: null, owner: null, madeBy: null };

/** How people know a resource, by its tags. */
export function aboutByTags(name: string | null, tags: Tags, ownerTags: readonly string[]): About {
  const stack = tags['aws:cloudformation:stack-name'];
  const owner = ownerTags.map((key) => tags[key]).find((value) => value !== undefined && value !== '');
  return {
    name: tags.Name ?? name,
    owner: owner ?? null,
    madeBy: stack === undefined ? null : `CloudFormation stack ${stack}`,
  };
}

/** How people know a group, an interface or a prefix list. */
export function aboutNetwork(estate: Estate, ownerTags: readonly string[]): About {
  if (estate.kind === 'security-group') return aboutByTags(estate.group.name, estate.group.tags, ownerTags);
  if (estate.kind === 'prefix-list') return { ...NOBODY, name: estate.list.name };
  if (estate.kind !== 'network-interface') return NOBODY;
  const { description, tags } = estate.networkInterface;
  return aboutByTags(description || null, tags, ownerTags);
}
