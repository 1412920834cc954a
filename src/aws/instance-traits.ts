import type { Instance } from '../domain/estate.ts';
import { known, type MetadataOptions, metadataTraits, monitoring } from './traits.ts';

/** The instance as DescribeInstances gives it, as far as it is compared. */
type LiveData = {
  readonly InstanceType?: string | undefined;
  readonly KeyName?: string | undefined;
  readonly EbsOptimized?: boolean | undefined;
  readonly Monitoring?: { readonly State?: string | undefined } | undefined;
  readonly SourceDestCheck?: boolean | undefined;
  readonly NetworkInterfaces?:
    | readonly {
        readonly SourceDestCheck?: boolean | undefined;
        readonly Attachment?: { readonly DeviceIndex?: number | undefined } | undefined;
      }[]
    | undefined;
  readonly MetadataOptions?: MetadataOptions | undefined;
};

export function instanceTraits(instance: LiveData): NonNullable<Instance['traits']> {
  const { InstanceType: type, EbsOptimized } = instance;
  const state = instance.Monitoring?.State;
  return {
    ...(type !== undefined && { type }),
    ...known({
      key: instance.KeyName ?? 'none',
      // Between the two it is `pending` or `disabling`.
      monitoring: state === undefined ? undefined : monitoring(state === 'enabled' || state === 'pending'),
      'ebs-optimized': EbsOptimized === undefined ? undefined : String(EbsOptimized),
      'source-dest-check': sourceDestCheck(instance),
      ...metadataTraits(instance.MetadataOptions),
    }),
  };
}

/** Of the instance and its first interface: a container platform turns it off on those that it adds. */
function sourceDestCheck({ SourceDestCheck, NetworkInterfaces }: LiveData): string | undefined {
  const first = NetworkInterfaces?.find(({ Attachment }) => (Attachment?.DeviceIndex ?? 0) === 0);
  const told = [SourceDestCheck, first?.SourceDestCheck].filter((it) => it !== undefined);
  return told.length === 0 ? undefined : String(told.every((it) => it));
}
