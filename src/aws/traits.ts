/** Values of traits, as templates and instances say them, in one spelling. */
import type { Trait } from '../domain/drift-path.ts';
import type { Traits } from '../domain/estate.ts';

export type MetadataOptions = {
  readonly HttpTokens?: string | undefined;
  readonly HttpPutResponseHopLimit?: number | undefined;
  readonly HttpEndpoint?: string | undefined;
  readonly HttpProtocolIpv6?: string | undefined;
  readonly InstanceMetadataTags?: string | undefined;
};

export const monitoring = (detailed: boolean | undefined) =>
  detailed === undefined ? undefined : detailed ? 'detailed' : 'basic';

export function metadataTraits(options: MetadataOptions = {}) {
  const hops = options.HttpPutResponseHopLimit;
  return {
    'metadata-options/http-tokens': options.HttpTokens,
    'metadata-options/http-endpoint': options.HttpEndpoint,
    'metadata-options/http-ipv6': options.HttpProtocolIpv6,
    'metadata-options/hop-limit': hops === undefined ? undefined : String(hops),
    'metadata-options/instance-tags': options.InstanceMetadataTags,
  };
}

export function known(traits: Readonly<Partial<Record<Trait, string | undefined>>>): Traits {
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined));
}
