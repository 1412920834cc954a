import type { ENTERED_SIGNALS } from '../domain/signal.ts';
import type { InstanceRule } from './instance-rules.ts';
import { type SignalRow, signalRules } from './signal-rule.ts';

/**
 * Somebody got into an instance, ran something on it, or prepared to. Nothing of it can be read afterwards: the channel
 * counts. Confidence: high where somebody was inside for sure, low where nothing was more than looked at.
 */
const ROWS: Readonly<Record<(typeof ENTERED_SIGNALS)[number], SignalRow>> = {
  'session-resumed': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a Session Manager session was resumed',
  },
  'remote-desktop-opened': {
    severity: 'medium',
    confidence: 'high',
    ships: 'notify',
    told: 'a remote desktop was opened by Fleet Manager',
  },
  'command-run': { severity: 'medium', confidence: 'high', ships: 'notify', told: 'a command was run' },
  'automation-started': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'an automation was started',
  },
  'association-changed': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a State Manager association was set',
  },
  'association-run': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a State Manager association was run by hand',
  },
  'window-task-changed': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a task of a maintenance window was set',
  },
  'tunnel-opened': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: 'a tunnel of EC2 Instance Connect was opened',
  },
  'serial-console-opened': {
    severity: 'high',
    confidence: 'high',
    ships: 'notify',
    told: 'an SSH key was pushed to the serial console',
  },
  'password-read': {
    severity: 'medium',
    confidence: 'medium',
    ships: 'notify',
    told: "the administrator's password was read",
  },
  'console-read': { severity: 'low', confidence: 'low', ships: 'notify', told: 'the console was looked at' },
};

export const enteredSignals: readonly InstanceRule[] = signalRules('entered', ROWS);
