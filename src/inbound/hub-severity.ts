/** How severe a finding of Security Hub is (Security Hub API Reference, "Severity" and "FindingProviderFields"). */
import { HUB_SEVERITIES, type HubSeverity, isAtLeast } from '../domain/hub-severity.ts';
import { field, isAbsent, malformed, type Place } from './reader.ts';

/**
 * The lower one of what the finding says now and what its product said. `Severity` can be set by anybody who may call
 * BatchUpdateFindings, `FindingProviderFields` by the product alone: so nobody makes a finding graver than its product did.
 * @throws MalformedEvent
 */
export function hubSeverity(finding: Place): HubSeverity {
  const place = field(finding, 'Severity');
  const now = severityAt(place);
  if (now === null) throw malformed(place, 'a severity with Label or Normalized');
  const own = severityAt(field(finding, 'FindingProviderFields.Severity'));
  return own === null || isAtLeast(own, now) ? now : own;
}

/** By its label, else by its number. Null where it has neither. */
function severityAt(place: Place): HubSeverity | null {
  const label = field(place, 'Label');
  if (!isAbsent(label)) return labelled(label);
  const normalized = field(place, 'Normalized');
  return isAbsent(normalized) ? null : numbered(normalized);
}

function labelled(place: Place): HubSeverity {
  const found = HUB_SEVERITIES.find((severity) => severity.toUpperCase() === place.value);
  if (found === undefined) throw malformed(place, 'INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL');
  return found;
}

function numbered(place: Place): HubSeverity {
  const { value } = place;
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) throw malformed(place, 'a severity from 0 to 100');
  if (value >= 90) return 'critical';
  if (value >= 70) return 'high';
  if (value >= 40) return 'medium';
  return value > 0 ? 'low' : 'informational';
}
