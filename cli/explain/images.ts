/** Images, and parameters that name them, out of an estate file. */
import type { Image, ImageFacts, ImageReading, ParameterReading } from '../../src/domain/image.ts';
import { field, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { tagsOf } from './tags.ts';

type Lists = (name: 'Images' | 'Parameters') => readonly Place[];
export type KnownImages = { readonly images: readonly Image[]; readonly parameters: ReadonlyMap<string, string> };

/** @throws MalformedEvent naming the key */
export function readImages(list: Lists): KnownImages {
  const parameters = list('Parameters').map((it): [string, string] => [
    text(field(it, 'Name')),
    text(field(it, 'Value')),
  ]);
  return { images: list('Images').map(imageOf), parameters: new Map(parameters) };
}

/** What is known of the instance's image and of every parameter: what the file lacks is as unread. */
export function factsOf({ images, parameters }: KnownImages, imageId: string | null): ImageFacts {
  const read = images.map((image): [string, ImageReading] => [image.id, { kind: 'read', image }]);
  const lacking: ImageReading = { kind: 'unread', why: `the image ${imageId} is not in the estate` };
  const named = [...parameters].map(([name, id]): [string, ParameterReading] => [name, { kind: 'image', imageId: id }]);
  return {
    images: { ...(imageId !== null && { [imageId]: lacking }), ...Object.fromEntries(read) },
    parameters: Object.fromEntries(named),
  };
}

function imageOf(place: Place): Image {
  const told = (key: string) => optionalText(field(place, key));
  return {
    id: text(field(place, 'ImageId')),
    name: told('Name'),
    ownerId: told('OwnerId'),
    ownerAlias: told('ImageOwnerAlias'),
    createdAt: told('CreationDate'),
    tags: tagsOf(place),
  };
}
