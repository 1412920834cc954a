/** How severe a finding of Security Hub is (Security Hub API Reference, "Severity" and "FindingProviderFields"). */
import { HUB_SEVERITIES, type HubSeverity, isAtLeast } from '../domain/hub-severity.ts';
import { attempt, field, malformed, type Place, soft } from './reader.ts';

/**
 * The lower one of what the finding says now and what its product said. `Severity` can be set by anybody who may call
 * BatchUpdateFindings, `FindingProviderFields` by the product alone: so nobody makes a finding graver than its product did. The
 * one that cannot be read does not count. Where neither can, it is critical: nobody hides a finding behind an odd severity.
 */
export function hubSeverity(finding: Place): HubSeverity {
  const now = severityAt(field(finding, 'Severity'));
  const own = severityAt(soft(finding, 'FindingProviderFields.Severity'));
  const [lower] = [now, own].filter((one) => one !== null).sort((a, b) => (isAtLeast(a, b) ? 1 : -1));
  return lower ?? 'critical';
}

/** By its label, else by its number. Null where neither can be read. */
function severityAt(place: Place): HubSeverity | null {
  const label = attempt(() => labelled(soft(place, 'Label')));
  return label ?? attempt(() => numbered(soft(place, 'Normalized')));
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
