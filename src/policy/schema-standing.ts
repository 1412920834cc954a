/** What instances may be launched from, how old they may grow, and which findings of others count. An error's text is the tail of `found …` or of `is missing`. */
import * as z from 'zod/mini';
import { productFault } from './product-patterns.ts';
import { closed, integer, judged, someOf, text, word } from './schema-parts.ts';

const formed = (form: RegExp, write: string) => (value: string) => (form.test(value) ? null : `; write ${write}`);

const WRITE_IMAGE = 'the id of an image, such as ami-0123456789abcdef0';
const WRITE_OWNER = 'the twelve digits of an account in quotes, or amazon, aws-marketplace or aws-backup-vault';
const WRITE_PARAMETER = 'the name of a parameter, such as /golden/ami (no ARN, version or label)';

const approvedImage = closed({
  ids: z.optional(someOf(text(WRITE_IMAGE, formed(/^ami-[0-9a-f]{1,40}$/, WRITE_IMAGE)), 'ids of images')),
  owners: z.optional(
    someOf(text(WRITE_OWNER, formed(/^(?:\d{12}|amazon|aws-marketplace|aws-backup-vault)$/, WRITE_OWNER)), 'owners'),
  ),
  names: z.optional(someOf(text('the name of an image, or a pattern', narrowName), 'names of images')),
  tags: z.optional(
    z
      .record(z.string(), someOf(text('a value of the tag, or a pattern'), 'values of the tag'), {
        error: '; write tags with lists of values: {Approved: ["yes"]}',
      })
      .check(judged((tags: object) => (Object.keys(tags).length === 0 ? '; name a tag, or leave the key out' : null))),
  ),
  ssmParameter: z.optional(text(WRITE_PARAMETER, formed(/^\/?[\w.-]+(?:\/[\w.-]+)*$/, WRITE_PARAMETER))),
}).check(judged((entry: object) => (Object.keys(entry).length === 0 ? '; name what is approved' : null)));

function narrowName(value: string): string | null {
  return /^\*+$/.test(value) ? '; write a pattern that leaves something out' : null;
}

export const images = closed({
  approved: z.optional(someOf(approvedImage, 'approved images')),
  maxAgeDays: z.optional(integer(1, 3650, 'how many days after it was made an image may still be used')),
}).check(judged((all: object) => (Object.keys(all).length === 0 ? '; write approved, maxAgeDays or both' : null)));

const SEVERITY = '; write a severity from 1 to 10, such as 7 for what GuardDuty calls high';
export const findings = closed({
  guardDuty: z.optional(
    closed({
      minSeverity: z.number({ error: SEVERITY }).check(z.gte(1, { error: SEVERITY }), z.lte(10, { error: SEVERITY })),
    }),
  ),
  securityHub: z.optional(
    closed({
      products: z.optional(someOf(text('the ARN of a product, or a pattern', productFault), 'products')),
      minSeverity: z.optional(word(['critical', 'high', 'medium', 'low'])),
    }),
  ),
});

export const maxInstanceAgeDays = integer(1, 3650, 'how many days after its launch an instance is replaced');
