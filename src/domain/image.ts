import type { Tags } from './estate.ts';

/** A machine image, as EC2 shows it. */
export type Image = {
  readonly id: string;
  readonly name: string | null;
  /** The account that owns it, and AWS's own word for that account (`amazon`), which nobody else can have. */
  readonly ownerId: string | null;
  readonly ownerAlias: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string | null;
  /** Those that this account gave it: tags of an image that is shared are not shared. */
  readonly tags: Tags;
};

export type ImageReading =
  | { readonly kind: 'read'; readonly image: Image }
  | { readonly kind: 'unread'; readonly why: string };

/** The image that an SSM parameter names, or why that could not be told. */
export type ParameterReading =
  | { readonly kind: 'image'; readonly imageId: string }
  | { readonly kind: 'unread'; readonly why: string };

/** What images are judged by: images by their id, parameters by their name. */
export type ImageFacts = {
  readonly images: Readonly<Record<string, ImageReading>>;
  readonly parameters: Readonly<Record<string, ParameterReading>>;
};
