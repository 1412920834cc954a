import type { Image, ImageFacts, ImageReading } from '../../src/domain/image.ts';
import type { Images } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** The images that there are, and what parameters hold: what is not here is as if deregistered. */
export class FakeImages extends Scripted implements Images {
  readonly images = new Map<string, Image>();
  readonly parameters = new Map<string, string>();

  /** An image of this account. */
  add(id: string, name: string): void {
    const createdAt = '2026-01-01T00:00:00.000Z';
    this.images.set(id, { id, name, ownerId: '123456789012', ownerAlias: null, createdAt, tags: {} });
  }

  async read(ids: readonly string[], names: readonly string[]): Promise<ImageFacts> {
    await this.enter('read', ids, names);
    const held = names.map((name) => [name, this.parameters.get(name)] as const);
    const all = [...ids, ...held.flatMap(([, imageId]) => imageId ?? [])];
    const reading = (id: string): ImageReading => {
      const image = this.images.get(id);
      return image === undefined
        ? { kind: 'unread', why: `EC2 does not show the image ${id}` }
        : { kind: 'read', image };
    };
    return {
      images: Object.fromEntries(all.map((id) => [id, reading(id)])),
      parameters: Object.fromEntries(
        held.map(([name, imageId]) => [
          name,
          imageId === undefined ? { kind: 'unread', why: `no parameter ${name}` } : { kind: 'image', imageId },
        ]),
      ),
    };
  }
}
