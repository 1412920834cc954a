/**
 * The AWS services that make security groups of their own and keep them: how each is known by what nobody but AWS can write. A group's
 * name is none of that, and only explains.
 *
 * The tag keys are listed one by one. Only AWS sets a key that begins with `aws:` (EC2 User Guide, "Tag restrictions"), but people
 * decide what many of them come to: `aws:cloudformation:*` and `aws:servicecatalog:*` are on whatever a template makes,
 * `aws:autoscaling:*`, `aws:backup:*` and `aws:createdBy` on what people ask these services for.
 */
import type { NetworkInterface, SecurityGroup } from './estate.ts';

export type Keeper = {
  /** For people. */
  readonly name: string;
  /** The service's own names, by which its calls are known. */
  readonly principals: readonly string[];
  readonly by:
    | { readonly kind: 'tag'; readonly key: string }
    | {
        readonly kind: 'interfaces';
        readonly type: string;
        /** null where the documentation does not name one: then any service of AWS. */
        readonly requester: RegExp | null;
        readonly description: RegExp;
      };
  /** How the service names its groups: for words alone. */
  readonly groupName: RegExp;
  readonly source: string;
};

export const KEEPERS: readonly Keeper[] = [
  {
    name: 'Amazon EKS',
    // Not eks-nodegroup: people ask it for SSH from the internet (EKS API Reference, "RemoteAccessConfig").
    principals: ['eks.amazonaws.com'],
    by: { kind: 'tag', key: 'aws:eks:cluster-name' },
    groupName: /^eks-cluster-sg-/,
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html',
  },
  {
    name: 'AWS Directory Service',
    principals: ['ds.amazonaws.com'],
    by: {
      kind: 'interfaces',
      type: 'interface',
      requester: null,
      description: /^(?:AWS|Amazon) created network interface for directory d-[0-9a-z]{10}$/,
    },
    groupName: /^d-[0-9a-z]{10}_controllers$/,
    source:
      'https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_getting_started_what_gets_created.html',
  },
  {
    name: 'Amazon WorkSpaces',
    principals: ['workspaces.amazonaws.com'],
    by: {
      kind: 'interfaces',
      type: 'interface',
      requester: null,
      description: /^Created By Amazon Work[Ss]paces for AWS Account ID \d{12}$/,
    },
    groupName: /^d-[0-9a-z]{10}_workspacesMembers$/,
    source: 'https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-security-groups.html',
  },
  {
    // An interface does not say which service its endpoint is for, so every endpoint of a VPC fits.
    name: 'Amazon GuardDuty, or another service with a VPC endpoint',
    principals: ['guardduty.amazonaws.com'],
    by: {
      kind: 'interfaces',
      type: 'vpc_endpoint',
      requester: null,
      description: /^VPC Endpoint Interface vpce-[0-9a-f]{8,17}$/,
    },
    groupName: /^GuardDutyManagedSecurityGroup-vpc-[0-9a-f]{8,17}$/,
    source: 'https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-shared-vpc.html',
  },
];

/**
 * The service that keeps the group, or null. One interface that anybody outside could reach, or that is not the service's, and nobody
 * keeps it: where a service marks its groups by a tag, its own interfaces look like anybody's.
 * @param users the interfaces that have the group; undefined where they were not read
 */
export function keeperOf({ tags }: SecurityGroup, users: readonly NetworkInterface[] | undefined): Keeper | null {
  if (users === undefined || users.some(mayBeReached)) return null;
  return KEEPERS.find(({ by }) => (by.kind === 'tag' ? Object.hasOwn(tags, by.key) : isOnlyOn(by, users))) ?? null;
}

const mayBeReached = ({ loadBalancer, publicAddresses }: NetworkInterface) =>
  loadBalancer || publicAddresses.length > 0;

type OfInterfaces = Extract<Keeper['by'], { kind: 'interfaces' }>;

function isOnlyOn({ type, requester, description }: OfInterfaces, users: readonly NetworkInterface[]): boolean {
  const isOwn = (one: NetworkInterface) =>
    one.requesterManaged &&
    one.interfaceType === type &&
    description.test(one.description) &&
    (requester === null || requester.test(one.requesterId ?? ''));
  return users.length > 0 && users.every(isOwn);
}
