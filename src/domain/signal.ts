/**
 * What CloudTrail tells of an instance that needs nothing but words: no decision asks more of it than that it happened.
 * Each is a rule of the policy by the same id. To add one: its id here, a row in `src/rules/`, a parser in
 * `src/inbound/cloudtrail/`, its event with a near miss in `events/`, a line in `docs/signals.md`.
 */
export const CHANGED_SIGNALS = [
  'instance-type-changed',
  'source-dest-check-changed',
  'termination-protection-changed',
  'stop-protection-changed',
  'shutdown-behaviour-changed',
  'ebs-optimisation-changed',
  'block-device-mapping-changed',
  'credit-specification-changed',
  'placement-changed',
  'cpu-options-changed',
  'maintenance-options-changed',
  'capacity-reservation-changed',
  'network-performance-changed',
  'private-dns-changed',
  'event-window-changed',
  'monitoring-changed',
  'volume-detached',
  'volume-modified',
  'root-volume-replaced',
  'interface-attached',
  'interface-detached',
  'addresses-assigned',
  'addresses-unassigned',
  'elastic-ip-associated',
  'elastic-ip-disassociated',
  'instance-stopped',
  'instance-hibernated',
  'instance-started',
  'instance-rebooted',
  'diagnostic-interrupt-sent',
  'instance-detached',
  'instance-in-standby',
  'scale-in-protection-changed',
] as const;

export const ENTERED_SIGNALS = [
  'session-resumed',
  'remote-desktop-opened',
  'command-run',
  'automation-started',
  'association-changed',
  'association-run',
  'window-task-changed',
  'tunnel-opened',
  'serial-console-opened',
  'password-read',
  'console-read',
] as const;

export type SignalId = (typeof CHANGED_SIGNALS)[number] | (typeof ENTERED_SIGNALS)[number];
