/**
 * All groups of the Region with their rules, a page at a time.
 *
 * IAM: ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules, ec2:DescribeManagedPrefixLists,
 * ec2:GetManagedPrefixListEntries.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Region } from '../roles.ts';
import { readPrefixLists } from './prefix-lists.ts';
import { listsNamedBy, pageOfGroups } from './security-group-reads.ts';

export function ec2Region(client: EC2Client): Region {
  return {
    page: async (from) => {
      const { groups, next } = await pageOfGroups(client, from);
      const named = listsNamedBy(groups.flatMap(({ rules }) => rules));
      return { groups, prefixLists: await readPrefixLists(client, named), next };
    },
  };
}
