/** The principal behind a change, as CloudTrail's `userIdentity` names it. Every field may be missing in a real record. */
export type Actor = {
  /** ARN of the caller: an IAM user, an assumed-role session, the account root. */
  readonly arn: string | null;
  /** `IAMUser`, `AssumedRole`, `Root`, `AWSService`, `FederatedUser`, … */
  readonly type: string | null;
  /** ARN of the role behind an assumed-role session (`sessionContext.sessionIssuer.arn`). */
  readonly issuerArn: string | null;
  /** Survives role chaining; set by whoever first assumed a role. */
  readonly sourceIdentity: string | null;
  /**
   * The instance whose own role made the call: the name of a session whose credentials EC2 itself delivered
   * (`sessionContext.ec2RoleDelivery`, which AWS writes; a session's name alone is chosen by whoever assumes the role).
   */
  readonly instanceId: string | null;
  /** The service that made the call on the caller's behalf. Never a reason to trust: `signin.amazonaws.com` is a person. */
  readonly invokedBy: string | null;
};

/** What is known of the actor when a verdict of another service brought the change: nothing. */
export const UNKNOWN_ACTOR: Actor = {
  arn: null,
  type: null,
  issuerArn: null,
  sourceIdentity: null,
  instanceId: null,
  invokedBy: null,
};

/** How the actor is named to people. */
export function actorName(actor: Actor): string {
  return actor.arn ?? actor.issuerArn ?? actor.invokedBy ?? 'unknown';
}

/**
 * The IAM principal behind an actor: the ARN of the role that issued its session, of the IAM user, or of the root user; a service
 * of AWS by its name. The caller chooses session names, tags and the source identity, so none of them counts. Null where the
 * record names no principal.
 */
export function principalOf({ arn, type, issuerArn, invokedBy }: Actor): string | null {
  if (issuerArn !== null) return issuerArn;
  if (type === 'AWSService') return invokedBy;
  // Without the role behind it, a session is known by its role's name; what follows is the name of the session.
  return /^arn:[^:]+:(?:iam::\d{12}:(?:root$|user\/.+)|sts::\d{12}:assumed-role\/[^/]+)/u.exec(arn ?? '')?.[0] ?? null;
}
