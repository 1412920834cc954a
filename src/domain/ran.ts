/** Which version ran: what a machine was made from, and the build and commit that its makers wrote down as tags. */
import type { Tags } from './estate.ts';

export type Ran = {
  readonly instanceId: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string | null;
  readonly image: { readonly id: string; readonly name: string | null } | null;
  readonly template: { readonly id: string; readonly name: string | null; readonly version: string } | null;
  readonly build: Told | null;
  readonly commit: Told | null;
  /** What could not be read, and why, in words. */
  readonly unread: readonly string[];
};

/** The value of a tag, and on what it stands. */
export type Told = { readonly tag: string; readonly value: string; readonly on: 'image' | 'template' };

/** What EC2 says of an image and of one version of a template. Tags of the template are those that it gives its instances. */
export type LaunchedFrom = {
  readonly image: { readonly name: string | null; readonly tags: Tags } | null;
  readonly template: { readonly name: string | null; readonly tags: Tags } | null;
  readonly unread: readonly string[];
};

/**
 * The first of these tags that is there: on the image, else on the template. The instance's own are not asked: whoever
 * altered it may have set them.
 */
export function told(keys: readonly string[], { image, template }: LaunchedFrom): Told | null {
  const sources = [
    { on: 'image', tags: image?.tags ?? {} },
    { on: 'template', tags: template?.tags ?? {} },
  ] as const;
  for (const { on, tags } of sources) {
    const tag = keys.find((key) => (tags[key] ?? '') !== '');
    if (tag !== undefined) return { tag, value: tags[tag] ?? '', on };
  }
  return null;
}
