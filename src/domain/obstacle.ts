/** What speaks against replacing an instance until somebody says otherwise in the policy: a closed list of words. */
export const OBSTACLES = [
  'scale-in-protection',
  'termination-protection',
  'single-instance',
  'instance-store',
  'further-volumes',
  'further-interfaces',
  'elastic-ip',
] as const;
export type ObstacleWord = (typeof OBSTACLES)[number];

/** `unread`: whether it is one could not be told. */
export type Obstacle = { readonly what: ObstacleWord; readonly why: string; readonly unread?: true };

/** Yes or no; or why AWS will not tell. */
export type Told = boolean | { readonly unread: string };

/** What ties an instance to its place, and takes further questions to AWS. */
export type Ties = {
  readonly terminationProtection: Told;
  /** Whether its type has instance store. Whether anybody keeps something there cannot be seen from outside. */
  readonly instanceStore: Told;
};
