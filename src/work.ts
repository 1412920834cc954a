import type { Change } from './domain/change.ts';
import type { Decision, Remediate } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import type { About, ClosedBy, Incident, Unit } from './domain/incident.ts';
import type { Plan } from './domain/lifecycle.ts';
import type { Slot } from './roles.ts';

/**
 * What differs between the two remediators: how each reads, acts and proves. The flow around it is the same
 * (`remediate.ts`), so that a third one is one more file of this shape.
 */
export type Work = {
  readonly unit: Unit;
  read(change: Change): Promise<Estate>;
  /** Why the reading may be older than the change, or null. EC2's reads are eventually consistent. */
  doubt(change: Change, estate: Estate, decisions: readonly Decision[], now: Date): Promise<string | null>;
  about(estate: Estate): About;
  /** What must be known afterwards, recorded before the act. */
  plan(decision: Remediate, estate: Estate, now: Date): Plan;
  /**
   * The resource that only one worker at a time may decide and act on, or null where something else sees to that. Two
   * that close one group at once would each take a choice of their own, and together too much.
   */
  exclusive(estate: Estate): string | null;
  /** The slot of the disruption budgets that the act needs. */
  reserve(decision: Remediate, now: Date): Promise<Slot>;
  act(decision: Remediate): Promise<{ readonly requestId: string | null }>;
  /** Looks again. Called right after the act, and by the recheck. */
  prove(incident: Incident, now: Date): Promise<Proof>;
  /** Gives back what `reserve` took. */
  release(incident: Incident, successor: string | null): Promise<void>;
  /** After a reading without any finding: what a later reading is compared with. */
  noteClean(estate: Estate, before: readonly string[] | null, now: Date): Promise<void>;
  /** What `noteClean` noted last. */
  lastClean(change: Change): Promise<readonly string[] | null>;
};

export type Proof =
  | { readonly kind: 'proven'; readonly seen: string; readonly closedBy: ClosedBy; readonly successor: string | null }
  /** Not seen yet. `overdue` when people should know. */
  | { readonly kind: 'pending'; readonly why: string; readonly retryAfter: number; readonly overdue: boolean }
  /** The act had no effect: act again. */
  | { readonly kind: 'undone'; readonly why: string };
