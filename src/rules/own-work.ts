import type { Change, Fact } from '../domain/change.ts';
import type { InstanceRuleId } from '../policy/policy.ts';

/**
 * What a call means that was made with the credentials that EC2 delivered to an instance. `everyday`: agents do it all day, and
 * it asks nothing. `reported`: the instance's own boot script does it, so it is reported and nothing is replaced. `counts`: as
 * if a person did it, as whoever has those credentials may be one.
 */
type Work = 'everyday' | 'reported' | 'counts';

type Row = {
  /** The instance acted on itself. */
  readonly itself: Work;
  /** It acted on another instance. Nothing that one instance does to another is merely reported. */
  readonly others: 'everyday' | 'counts';
  /** On itself, by a call that names an interface. Left out: as `itself`. */
  readonly interface?: 'everyday';
  /** The call does not show on which instance. Left out: as `others`. */
  readonly unknown?: 'everyday';
};

/** The EBS CSI driver moves and grows volumes, for every node (EKS best practices, "Identity and access"). */
const VOLUMES: Row = { itself: 'everyday', others: 'everyday' };
/** The VPC CNI gives its own node interfaces, their groups and their addresses (the same page). Another's are not its business. */
const OWN_INTERFACES: Row = { itself: 'everyday', others: 'counts' };
/** What a boot script sets on its own instance: an address, a protection, a NAT instance's check, a document that joins a domain. */
const BOOT_SCRIPT: Row = { itself: 'reported', others: 'counts' };
/** Gives the instance more than its template gave it, or other content. A process that was taken over does just that. */
const GAINS: Row = { itself: 'counts', others: 'counts' };
/** EC2 accepts it for a stopped instance only (EC2 User Guide, "Modify a stopped instance"): its credentials are elsewhere. */
const STOPPED: Row = { itself: 'counts', others: 'counts' };
/** What runs on the instance needs no call to get into it: its credentials are elsewhere, or a person has them. */
const GETS_IN: Row = { itself: 'counts', others: 'counts' };
/** Found by a look or by another service: there is no caller. */
const NO_CALL: Row = { itself: 'counts', others: 'counts' };

const TABLE: Readonly<Record<InstanceRuleId, Row>> = {
  'volume-attached': VOLUMES,
  'volume-detached': VOLUMES,
  'volume-modified': VOLUMES,
  'interface-attached': OWN_INTERFACES,
  // The call names an attachment, which is gone by the time that it is looked up.
  'interface-detached': { ...OWN_INTERFACES, unknown: 'everyday' },
  'addresses-assigned': OWN_INTERFACES,
  'addresses-unassigned': OWN_INTERFACES,
  'security-groups-changed': { ...GAINS, interface: 'everyday' },

  'user-data-changed': STOPPED,
  'instance-type-changed': STOPPED,
  'ebs-optimisation-changed': STOPPED,
  'instance-started': STOPPED,

  'instance-profile-changed': GAINS,
  'metadata-options-changed': GAINS,
  'instance-attribute-changed': GAINS,
  'root-volume-replaced': GAINS,

  'source-dest-check-changed': BOOT_SCRIPT,
  'termination-protection-changed': BOOT_SCRIPT,
  'stop-protection-changed': BOOT_SCRIPT,
  'scale-in-protection-changed': BOOT_SCRIPT,
  'shutdown-behaviour-changed': BOOT_SCRIPT,
  'block-device-mapping-changed': BOOT_SCRIPT,
  'credit-specification-changed': BOOT_SCRIPT,
  'placement-changed': BOOT_SCRIPT,
  'cpu-options-changed': BOOT_SCRIPT,
  'maintenance-options-changed': BOOT_SCRIPT,
  'capacity-reservation-changed': BOOT_SCRIPT,
  'network-performance-changed': BOOT_SCRIPT,
  'private-dns-changed': BOOT_SCRIPT,
  'event-window-changed': BOOT_SCRIPT,
  'monitoring-changed': BOOT_SCRIPT,
  'elastic-ip-associated': BOOT_SCRIPT,
  'elastic-ip-disassociated': BOOT_SCRIPT,
  'instance-stopped': BOOT_SCRIPT,
  'instance-hibernated': BOOT_SCRIPT,
  'instance-rebooted': BOOT_SCRIPT,
  'diagnostic-interrupt-sent': BOOT_SCRIPT,
  'instance-detached': BOOT_SCRIPT,
  'instance-in-standby': BOOT_SCRIPT,
  'watched-tag-changed': BOOT_SCRIPT,
  'command-run': BOOT_SCRIPT,
  'automation-started': BOOT_SCRIPT,
  'association-changed': BOOT_SCRIPT,
  'association-run': BOOT_SCRIPT,
  'window-task-changed': BOOT_SCRIPT,
  'console-read': BOOT_SCRIPT,

  'session-started': GETS_IN,
  'session-resumed': GETS_IN,
  'remote-desktop-opened': GETS_IN,
  'ssh-key-pushed': GETS_IN,
  'serial-console-opened': GETS_IN,
  'tunnel-opened': GETS_IN,
  'password-read': GETS_IN,

  'differs-from-template': NO_CALL,
  'too-old': NO_CALL,
  'image-not-approved': NO_CALL,
  'guardduty-finding': NO_CALL,
  'security-hub-finding': NO_CALL,
};

const ROWS: ReadonlyMap<string, Row> = new Map(Object.entries(TABLE));

/** @param instanceId on which it was done; null where the call does not show it */
export function ownWork({ actor, fact, resources }: Change, instanceId: string | null): Work {
  const row = ROWS.get(ruleOf(fact));
  if (actor.instanceId === null || row === undefined) return 'counts';
  if (instanceId === null) return row.unknown ?? row.others;
  if (instanceId !== actor.instanceId) return row.others;
  const byInterface = resources.some(({ type }) => type === 'network-interface');
  return byInterface ? (row.interface ?? row.itself) : row.itself;
}

/** Why the change asks nothing, or null. */
export function everydayWork(change: Change, instanceId: string | null): string | null {
  if (ownWork(change, instanceId) !== 'everyday') return null;
  return `everyday work of ${change.actor.instanceId} by its own role: no person did it`;
}

function ruleOf(fact: Fact): string {
  if (fact.kind === 'signal') return fact.signal;
  return fact.kind === 'tags-changed' ? 'watched-tag-changed' : fact.kind;
}
