import { describe, expect, it } from 'vitest';
import type { Image, ImageFacts } from '../../../src/domain/image.ts';
import { judgeImage } from '../../../src/policy/approved-images.ts';
import type { ApprovedImage, ImageSettings } from '../../../src/policy/policy.ts';

const ACCOUNT = '123456789012';
const NOW = new Date('2026-03-01T12:00:00.000Z');
const IMAGE: Image = {
  id: 'ami-1',
  name: 'web-42',
  ownerId: ACCOUNT,
  ownerAlias: null,
  createdAt: '2026-01-30T12:00:00.000Z',
  tags: { Approved: 'yes' },
};
const factsOf = (image: Image | null, parameters: ImageFacts['parameters'] = {}): ImageFacts => ({
  images: { 'ami-1': image === null ? { kind: 'unread', why: 'ami-1 is gone' } : { kind: 'read', image } },
  parameters,
});
const HELD: ImageFacts['parameters'] = { '/golden/ami': { kind: 'image', imageId: 'ami-1' } };
const DENIED: ImageFacts['parameters'] = { '/golden/ami': { kind: 'unread', why: 'denied' } };

type Given = { image?: Partial<Image> | null; parameters?: ImageFacts['parameters']; maxAgeDays?: number };
function judged(approved: readonly ApprovedImage[] | null, { image = {}, parameters = {}, maxAgeDays }: Given = {}) {
  const settings: ImageSettings = { approved, maxAgeDays: maxAgeDays ?? null };
  const facts = factsOf(image === null ? null : { ...IMAGE, ...image }, parameters);
  return judgeImage('ami-1', facts, settings, { account: ACCOUNT, now: NOW });
}

describe('an image is', () => {
  it.each<[string, readonly ApprovedImage[], Given]>([
    ['by its id', [{ ids: ['ami-2', 'ami-1'] }], {}],
    ['by its id, though it is deregistered', [{ ids: ['ami-1'] }], { image: null }],
    ['by its owner', [{ owners: [ACCOUNT] }], {}],
    ["by AWS's word for its owner", [{ owners: ['amazon'] }], { image: { ownerId: '1', ownerAlias: 'amazon' } }],
    ['by its name', [{ names: ['web-*'] }], {}],
    ["by another owner's name", [{ names: ['web-*'], owners: ['1'] }], { image: { ownerId: '1' } }],
    ['by its tag', [{ tags: { Approved: ['no', 'y*'] } }], {}],
    ['by a parameter', [{ ssmParameter: '/golden/ami' }], { parameters: HELD }],
    ['by a parameter, though it is deregistered', [{ ssmParameter: '/golden/ami' }], { parameters: HELD, image: null }],
    ['by the second entry', [{ ids: ['ami-2'] }, { names: ['web-*'] }], {}],
    [
      'by one entry, though the parameter of another is denied',
      [{ ssmParameter: '/golden/ami' }, { ids: ['ami-1'] }],
      { parameters: DENIED },
    ],
    ['by its age of exactly the limit', [{ ids: ['ami-1'] }], { maxAgeDays: 30 }],
  ])('approved %s', (_name, approved, given) => {
    expect(judged(approved, given)).toEqual({ kind: 'approved' });
  });

  it.each<[string, readonly ApprovedImage[], Given]>([
    ['of another id', [{ ids: ['ami-2'] }], {}],
    ['of another id and deregistered', [{ ids: ['ami-2'] }], { image: null }],
    ['of another owner', [{ owners: ['1'] }], {}],
    ['whose owner calls itself amazon', [{ owners: ['amazon'] }], { image: { name: 'amazon' } }],
    ["of a stranger's that has the name", [{ names: ['web-*'] }], { image: { ownerId: '210987654321' } }],
    ['of another name', [{ names: ['api-*'] }], {}],
    ['without a name', [{ names: ['web-*'] }], { image: { name: null } }],
    ['of another value of the tag', [{ tags: { Approved: ['no'] } }], {}],
    ['with one of two tags', [{ tags: { Approved: ['yes'], Tested: ['yes'] } }], {}],
    ['with a tag only by inheritance', [{ tags: { constructor: ['*'] } }], {}],
    ['that fits in one key of two', [{ owners: [ACCOUNT], names: ['api-*'] }], {}],
    [
      'that a parameter no longer names',
      [{ ssmParameter: '/golden/ami' }],
      { parameters: { '/golden/ami': { kind: 'image', imageId: 'ami-2' } } },
    ],
    [
      'of another id, beside a denied parameter',
      [{ ids: ['ami-2'], ssmParameter: '/golden/ami' }],
      { parameters: DENIED },
    ],
  ])('not approved %s', (_name, approved, given) => {
    expect(judged(approved, given)).toEqual({ kind: 'not-approved', why: 'no entry of images.approved fits it' });
  });

  it('not approved when it is too old, whatever fits', () => {
    const why = 'it is 30 days old, and images.maxAgeDays is 29';
    expect(judged([{ ids: ['ami-1'] }], { maxAgeDays: 29 })).toEqual({ kind: 'not-approved', why });
    expect(judged(null, { maxAgeDays: 29 })).toEqual({ kind: 'not-approved', why });
    expect(judged(null, { maxAgeDays: 30 })).toEqual({ kind: 'approved' });
  });

  it.each<[string, readonly ApprovedImage[] | null, Given, string]>([
    ['a deregistered one by owner', [{ owners: [ACCOUNT] }], { image: null }, 'ami-1 is gone'],
    ['a denied parameter', [{ ssmParameter: '/golden/ami' }], { parameters: DENIED }, 'denied'],
    [
      'a parameter that was not asked',
      [{ ssmParameter: '/golden/ami' }],
      {},
      'a parameter of images.approved was not read',
    ],
    ['the age of a deregistered one', [{ ids: ['ami-1'] }], { image: null, maxAgeDays: 30 }, 'ami-1 is gone'],
    [
      'an age that nobody knows',
      null,
      { image: { createdAt: null }, maxAgeDays: 30 },
      'when ami-1 was made is not known',
    ],
  ])('not told of: %s', (_name, approved, given, why) => {
    expect(judged(approved, given)).toEqual({ kind: 'unreadable', why });
  });
});
