import type { Context, History, Known } from './decide.ts';
import type { Change, ResourceRef } from './domain/change.ts';
import type { Decision, Remediate, Remediation } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import type { About, ClosedBy, Incident, InService, Unit } from './domain/incident.ts';
import type { Plan } from './domain/lifecycle.ts';
import type { Passed } from './domain/passed.ts';
import type { Ran } from './domain/ran.ts';
import type { Reading } from './domain/reading.ts';
import type { NotServing } from './domain/warm-up.ts';
import type { Full, Sent, Slot } from './roles.ts';

/**
 * What differs between the remediators: what each looks at, acts upon and proves. The flow around it is the same
 * (`remediate.ts`), so that a further one is one more file of this shape.
 */
export type Work = {
  readonly unit: Unit;
  /** What this unit has the rights for. What another unit does it neither does nor tells. */
  readonly acts: readonly Remediation['action'][];
  /** Why the change asks nothing of this unit, or null. Asked before anything is read. */
  irrelevant(change: Change): string | null;
  /** The resources to be judged because of the change: one, or all that share what was changed. */
  targets(change: Change): Promise<readonly ResourceRef[]>;
  /**
   * Keys of open incidents that the change is news for: they are looked at again now, as if they were due. What is decided
   * then does not depend on the change.
   */
  newsFor?(change: Change): Promise<readonly string[]>;
  read(target: ResourceRef, change: Change): Promise<Estate>;
  /** Many targets as `read` shows them, in as few calls as that takes. One that it leaves out is read by itself. */
  readMany?(targets: readonly ResourceRef[]): Promise<readonly (readonly [id: string, estate: Estate])[]>;
  /** What takes longer to read and to judge, and so comes after what `read` shows was acted upon. */
  readonly further?: Further;
  /** What is to be judged by itself now that the whole that it is part of was judged. */
  parts?(
    estate: Estate,
    decisions: readonly Decision[],
    change: Change,
    context: Context,
  ): Promise<readonly ResourceRef[]>;
  /** Why the reading may be older than the change, or null. EC2's reads are eventually consistent. */
  doubt(change: Change, estate: Estate, decisions: readonly Decision[], now: Date): Promise<string | null>;
  /** What the change opened and somebody closed before `estate` was read. Asked when EC2 must have caught up with the change. */
  passed?(change: Change, estate: Estate, history: History, context: Context): Promise<readonly Passed[]>;
  /** Why what resources open together may be undone by somebody else at this moment, or null: then an act on it waits. */
  undoing?(change: Change, estate: Estate, decisions: readonly Decision[]): Promise<string | null>;
  /**
   * Why the act would get no slot, as the ledger alone says; null where it may get one. Asked before what only an act needs to
   * know is read.
   */
  refused?(decision: Remediate, estate: Estate, now: Date): Promise<Full | null>;
  /** The estate with what only an act needs to know. Asked when the decision is to act; it is decided upon anew. */
  beforeAct?(estate: Estate, change: Change): Promise<Estate>;
  about(estate: Estate): About;
  /** Which version ran on what the finding is about; null where that has no meaning. Asked only for a finding. */
  ran?(estate: Estate, before: Incident | null): Promise<Ran | null>;
  /** What must be known afterwards, recorded before the act. */
  plan(decision: Remediate, estate: Estate, now: Date): Plan;
  /**
   * The resources that only one worker at a time may decide and act on; none where something else sees to that. Two
   * that close one group at once would each take a choice of their own, and together too much.
   */
  exclusive(estate: Estate, decisions: readonly Decision[]): readonly string[];
  /** The slot of the disruption budgets that the act needs. */
  reserve(decision: Remediate, estate: Estate, change: Change, now: Date): Promise<Slot>;
  act(decision: Remediate): Promise<Sent>;
  /** Looks again. Called right after the act, and by the recheck. */
  prove(incident: Incident, now: Date): Promise<Proof>;
  /**
   * Gives back what `reserve` took. Returns the Auto Scaling group in which a slot became free by that, or null.
   * @param nothingBegun AWS refused the act for good
   */
  release(incident: Incident, successor: string | null, nothingBegun?: boolean): Promise<string | null>;
  /** Of a closed incident: why its slot is still needed, or null when it is not. */
  notServing?(incident: Incident, now: Date): Promise<NotServing | null>;
  /** What was last seen of a target, and of what belongs to it. */
  known(target: ResourceRef, change: Change): Promise<Known>;
  /** Remembers what was seen and decided, for the next time. */
  noteReading(change: Change, estate: Estate, decisions: readonly Decision[], seen: Seen): Promise<void>;
};

/** What was known before, and the instant. */
type Seen = { readonly before: Reading | null; readonly now: Date };

type Further = {
  /** Whether there is more to judge than `read` shows. `decisions`: what was made of that. */
  concerns(estate: Estate, decisions: readonly Decision[], change: Change): boolean;
  /** The estate with the rest. */
  read(estate: Estate): Promise<Estate>;
};

export type Proof =
  | {
      readonly kind: 'proven';
      readonly seen: string;
      readonly closedBy: ClosedBy;
      readonly successor: string | null;
      readonly successorRan?: Ran;
      /** The successor does not carry load yet: the slot is kept, and asked about again. */
      readonly later?: NotServing;
    }
  /**
   * Not seen yet. `overdue` when people should know; `keptDays`, full days for which what should be gone is kept, so that
   * they are told each day anew.
   */
  | {
      readonly kind: 'pending';
      readonly why: string;
      readonly retryAfter: number;
      readonly overdue: boolean;
      readonly keptDays?: number;
      readonly inService?: InService;
    }
  /** The act had no effect: act again. */
  | { readonly kind: 'undone'; readonly why: string };
