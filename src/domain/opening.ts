import { principalOf } from './actor.ts';
import type { Incident } from './incident.ts';

/** Whether the change is what opened it. A change that touches a group also brings up what others opened before. */
export function isOpenedBy({ change, finding, decision }: Pick<Incident, 'change' | 'finding' | 'decision'>): boolean {
  if (finding.rule !== 'internet' && finding.rule !== 'egress') return true;
  const { fact } = change;
  switch (fact.kind) {
    case 'rules-added':
    case 'rules-modified':
      return fact.ruleIds.length === 0 || isAmong(fact.ruleIds, decision.remediation);
    case 'verdict':
    case 'rules-described':
    case 'rules-removed':
      return false;
    default:
      return true;
  }
}

/** Where other things than rules go, the change is what opened it. */
function isAmong(ruleIds: readonly string[], act: Incident['decision']['remediation']): boolean {
  return act?.action !== 'revoke-rules' || ruleIds.some((id) => act.ruleIds.includes(id));
}

/** The principal that opened it; null where the change does not show that. */
export function openerOf(incident: Pick<Incident, 'change' | 'finding' | 'decision'>): string | null {
  return isOpenedBy(incident) ? principalOf(incident.change.actor) : null;
}
