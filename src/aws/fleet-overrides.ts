import type { LaunchOverrides } from '../domain/estate.ts';

/** A group as DescribeAutoScalingGroups gives it, as far as it says what its instances are launched with. */
type GroupSays = {
  readonly MixedInstancesPolicy?:
    | {
        readonly LaunchTemplate?:
          | {
              readonly Overrides?:
                | readonly {
                    readonly InstanceType?: string | undefined;
                    readonly InstanceRequirements?: object | undefined;
                  }[]
                | undefined;
            }
          | undefined;
      }
    | undefined;
  readonly Tags?:
    | readonly { readonly Key?: string | undefined; readonly PropagateAtLaunch?: boolean | undefined }[]
    | undefined;
};

/** What a group says over its template: types of a mixed-instances policy, and the tags that it gives its instances. */
export function toOverrides({ MixedInstancesPolicy, Tags }: GroupSays): LaunchOverrides {
  const overrides = MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  return {
    types: overrides.flatMap(({ InstanceType }) => InstanceType ?? []),
    byRequirements: overrides.some(({ InstanceRequirements }) => InstanceRequirements !== undefined),
    tagKeys: (Tags ?? []).flatMap(({ Key, PropagateAtLaunch }) => (PropagateAtLaunch && Key ? [Key] : [])),
  };
}
