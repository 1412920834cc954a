import type { RuleSource, Tags } from '../../src/domain/estate.ts';
import type { Networks, SecurityGroups } from '../../src/roles.ts';

/** TCP, one port. */
export type Opening = {
  readonly port: number;
  readonly source: RuleSource;
  readonly egress?: boolean;
  readonly description?: string;
  readonly tags?: Tags;
};

/** Somebody who may change groups, prefix lists and interfaces, as the world of each implementation has it. */
export type NetworkScene = {
  readonly groups: SecurityGroups;
  readonly networks: Networks;
  /** A group with a tag `team` = `web`, no ingress rule and the egress rule to everywhere that EC2 adds. Returns its id. */
  newGroup(name?: string, vpc?: 'another'): Promise<string>;
  /** Gone as far as EC2 shows it, although interfaces may still name it: reads lag behind each other. */
  removeGroup(groupId: string): Promise<void>;
  /** Returns the rule ids, in order. */
  open(groupId: string, openings: readonly Opening[]): Promise<readonly string[]>;
  /** Somebody else revokes ingress rules. */
  close(groupId: string, ruleIds: readonly string[]): Promise<void>;
  /** A list named `list` whose first entry is described as `first`. */
  newPrefixList(cidrs: readonly string[]): Promise<string>;
  /** Somebody adds an entry to a list that nobody has changed since it was made. */
  widen(prefixListId: string, cidr: string): Promise<void>;
  /** A list that belongs to AWS. */
  listOfAws(): Promise<string>;
  newInterface(groupIds: readonly string[], description?: string): Promise<string>;
  newInstance(groupIds: readonly string[]): Promise<{ readonly instanceId: string; readonly interfaceId: string }>;
  setGroups(interfaceId: string, groupIds: readonly string[]): Promise<void>;
  removeInterface(interfaceId: string): Promise<void>;
  /** From now on it is an interface of a load balancer, made by Elastic Load Balancing. */
  giveToLoadBalancer(interfaceId: string): Promise<void>;
  /** For so many seconds reads show the world as it is now. */
  staleReads(seconds: number): Promise<void>;
  wait(seconds: number): Promise<void>;
};

export type MakeScene = () => Promise<NetworkScene>;

export const ipv4 = (cidr: string): RuleSource => ({ kind: 'ipv4', cidr });
export const prefixList = (id: string): RuleSource => ({ kind: 'prefix-list', id });
export const SSH: Opening = { port: 22, source: ipv4('0.0.0.0/0') };
export const RDP: Opening = { port: 3389, source: ipv4('0.0.0.0/0') };
export const OFFICE: Opening = { port: 22, source: ipv4('192.0.2.0/24') };

export const idsOf = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id).sort();
