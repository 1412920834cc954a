/** How severe Security Hub calls a finding, the least first (`Severity.Label`, in small letters). */
export const HUB_SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type HubSeverity = (typeof HUB_SEVERITIES)[number];

export function isAtLeast(severity: HubSeverity, least: HubSeverity): boolean {
  return HUB_SEVERITIES.indexOf(severity) >= HUB_SEVERITIES.indexOf(least);
}
