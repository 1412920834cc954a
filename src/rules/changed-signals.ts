import type { CHANGED_SIGNALS } from '../domain/signal.ts';
import type { InstanceRule } from './instance-rules.ts';
import { type SignalRow, signalRules } from './signal-rule.ts';

/**
 * An instance was altered from outside. Confidence: high where the machine now differs from its template for sure,
 * medium where it may, low where it most likely does not. Why each ships as it does is in `docs/signals.md`.
 */
const ROWS: Readonly<Record<(typeof CHANGED_SIGNALS)[number], SignalRow>> = {
  'instance-type-changed': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'the instance type was changed',
  },
  'source-dest-check-changed': {
    severity: 'high',
    confidence: 'high',
    ships: 'notify',
    told: 'the source/destination check was changed',
  },
  'termination-protection-changed': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'termination protection was changed',
  },
  'stop-protection-changed': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'stop protection was changed',
  },
  'shutdown-behaviour-changed': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'what a shutdown from inside does was changed',
  },
  'ebs-optimisation-changed': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'EBS optimisation was changed',
  },
  'block-device-mapping-changed': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'whether volumes end with the instance was changed',
  },
  'credit-specification-changed': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'the CPU credits were changed',
  },
  'placement-changed': { severity: 'low', confidence: 'medium', ships: 'notify', told: 'the placement was changed' },
  'cpu-options-changed': { severity: 'low', confidence: 'high', ships: 'notify', told: 'the CPU options were changed' },
  'maintenance-options-changed': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'the maintenance options were changed',
  },
  'capacity-reservation-changed': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'the capacity reservation was changed',
  },
  'network-performance-changed': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'the network performance options were changed',
  },
  'private-dns-changed': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'the private DNS names were changed',
  },
  'event-window-changed': {
    severity: 'low',
    confidence: 'low',
    ships: 'notify',
    told: 'when AWS may maintain the machine was changed',
  },
  'monitoring-changed': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'detailed monitoring was switched',
  },
  'volume-detached': { severity: 'medium', confidence: 'high', ships: 'notify', told: 'a volume was detached' },
  'volume-modified': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'size, type or speed of a volume was changed',
  },
  'root-volume-replaced': {
    severity: 'high',
    confidence: 'high',
    ships: 'replace',
    told: 'the root volume was replaced',
  },
  'interface-attached': {
    severity: 'high',
    confidence: 'high',
    ships: 'notify',
    told: 'a network interface was attached',
  },
  'interface-detached': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'a network interface was detached',
  },
  'addresses-assigned': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'addresses were assigned to an interface',
  },
  'addresses-unassigned': {
    severity: 'low',
    confidence: 'high',
    ships: 'notify',
    told: 'addresses were taken from an interface',
  },
  'elastic-ip-associated': {
    severity: 'high',
    confidence: 'high',
    ships: 'notify',
    told: 'an Elastic IP address was associated',
  },
  'elastic-ip-disassociated': {
    severity: 'low',
    confidence: 'medium',
    ships: 'notify',
    told: 'an Elastic IP address was disassociated',
  },
  'instance-stopped': { severity: 'medium', confidence: 'medium', ships: 'notify', told: 'it was stopped by hand' },
  'instance-hibernated': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'it was hibernated by hand',
  },
  'instance-started': { severity: 'low', confidence: 'low', ships: 'notify', told: 'it was started by hand' },
  'instance-rebooted': { severity: 'low', confidence: 'low', ships: 'notify', told: 'it was rebooted by hand' },
  'diagnostic-interrupt-sent': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a diagnostic interrupt made its kernel panic',
  },
  'instance-detached': {
    severity: 'high',
    confidence: 'medium',
    ships: 'notify',
    told: 'it was taken out of its Auto Scaling group by hand',
  },
  'instance-in-standby': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'it was put into standby by hand',
  },
  'scale-in-protection-changed': {
    severity: 'low',
    confidence: 'low',
    ships: 'notify',
    told: 'its protection from scale-in was changed',
  },
};

export const changedSignals: readonly InstanceRule[] = signalRules('changed', ROWS);
