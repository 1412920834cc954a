import { ITEM_LIMIT } from '../../src/aws/item-size.ts';
import { groupBudgetPk, incidentItem, incidentOf, OF_RESOURCE, readingPk } from '../../src/aws/ledger-items.ts';
import { inverseIn, preImagePks } from '../../src/aws/pre-images.ts';
import { planned, refuseUnstorable } from '../../src/aws/put-plan.ts';
import { readingOf, storedReading } from '../../src/aws/readings.ts';
import { type Begun, NONE_BEGUN, overHour } from '../../src/aws/slot-hour.ts';
import { type GroupSlots, NO_SLOTS, recordsOf } from '../../src/aws/slot-records.ts';
import { release, take } from '../../src/aws/slots.ts';
import type { Item } from '../../src/aws/table.ts';
import type { GroupRecords } from '../../src/domain/fight.ts';
import { type BegunReplacement, ofLastHour } from '../../src/domain/hour.ts';
import type { Incident, Inverse } from '../../src/domain/incident.ts';
import { lineOf, placeInLine, underWayIn } from '../../src/domain/line.ts';
import type { Reading } from '../../src/domain/reading.ts';
import {
  type DuePage,
  type DuePlace,
  type Full,
  type HourRequest,
  type Ledger,
  type OwedNotice,
  type Slot,
  type SlotRelease,
  type SlotRequest,
  Superseded,
} from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { FakeOutbox } from './outbox.ts';
import { counter, Scripted, Timeline } from './world.ts';

const DAY = 86_400_000;
/** How long a listing lacks a write, unless a test says otherwise. */
const LAG_SECONDS = 0.2;

/**
 * The ledger in memory, with the conditions of the real one. What is stored is a copy: nobody changes it from outside. As with
 * DynamoDB's indexes, what lists incidents shows a write only some time after it; `get` shows it at once.
 */
export class FakeLedger extends Scripted implements Ledger {
  /** What `put` adds to. */
  readonly outbox: FakeOutbox;
  readonly #clock: FakeClock;
  readonly #incidents = new Map<string, Timeline<Incident | null>>();
  readonly #withoutLine = new Set<string>();
  readonly #preImages = new Map<string, Item>();
  readonly #requests = new Map<string, number>();
  readonly #readings = new Map<string, { readonly reading: object; readonly at: string }>();
  readonly #groups = new Map<string, GroupSlots>();
  readonly #locks = new Map<string, { readonly key: string; readonly until: string }>();
  readonly #lockKey = counter('lock');
  #begun: Begun = NONE_BEGUN;

  /** Sees each version of an incident as it is stored, the one before, and the notification that is owed with it. */
  written: ((incident: Incident, before: Incident | null, owed: OwedNotice | null) => void) | null = null;

  readonly #lagSeconds: number;

  constructor(clock: FakeClock, lagSeconds: number = LAG_SECONDS) {
    super();
    this.#clock = clock;
    this.#lagSeconds = lagSeconds;
    this.outbox = new FakeOutbox(clock, lagSeconds);
  }

  /** All incidents, oldest first, with what undo needs, for assertions. */
  get incidents(): readonly Incident[] {
    const living = structuredClone(this.#living(({ truth }) => truth).reverse());
    return living.map((incident) => ({ ...incident, inverse: this.#inverse(incident) }));
  }

  /** Incidents that were stored long ago, as they are: every listing shows them. */
  seed(...incidents: readonly Incident[]): void {
    for (const incident of incidents) this.#timeline(incident.key).write(structuredClone(incident), 0);
  }

  /** The incidents as a version stored them that knew no index `group`: no line shows one before it is written again. */
  forgetLines(): void {
    for (const key of this.#incidents.keys()) this.#withoutLine.add(key);
  }

  /** Somebody wrote over the document of an incident, or a later version did. */
  spoil(key: string, document: unknown): void {
    const stored = this.#stored(key);
    if (stored === null) throw new Error(`there is no incident ${key}`);
    const item = { ...incidentItem(stored, 'write'), incident: document };
    this.#timeline(key).write(incidentOf(item, this.#clock.now()));
  }

  async get(key: string): Promise<Incident | null> {
    await this.enter('get', key);
    return structuredClone(this.#stored(key));
  }

  async put(incident: Incident, requestId: string | null = null, owed: OwedNotice | null = null): Promise<Incident> {
    await this.enter('put', incident, requestId, owed);
    const previous = this.#stored(incident.key);
    const version = previous?.revision ?? 0;
    if (version !== incident.revision) {
      throw new Superseded(`incident ${incident.id}: the ledger stores version ${version}, not ${incident.revision}`);
    }
    const { raised, before } = planned(incident);
    const item = incidentItem(raised, 'write');
    refuseUnstorable(item);
    for (const part of before) this.#preImages.set(String(part.pk), structuredClone(part));
    this.#timeline(incident.key).write(structuredClone(incidentOf(item, this.#clock.now())));
    this.#withoutLine.delete(incident.key);
    if (requestId !== null) this.#requests.set(requestId, Date.parse(incident.updatedAt) + 30 * DAY);
    if (owed !== null) this.outbox.add(owed);
    const stored = this.#stored(incident.key);
    if (stored !== null) this.written?.({ ...stored, inverse: this.#inverse(stored) }, previous, owed);
    return structuredClone(raised);
  }

  async inverseOf(incident: Incident): Promise<Inverse> {
    if (incident.inverse !== null || incident.preImage === undefined) return structuredClone(incident.inverse);
    await this.enter('inverseOf', incident.id);
    return this.#inverse(incident);
  }

  async due(now: string, limit: number, from: DuePlace | null = null): Promise<DuePage> {
    await this.enter('due', now, limit);
    const dueAt = (incident: Incident) => (incident.dueAt === null ? Number.NaN : Date.parse(incident.dueAt));
    const isDue = (incident: Incident) => dueAt(incident) <= Date.parse(now);
    const order = (a: DuePlace, b: DuePlace) =>
      Date.parse(a.dueAt) - Date.parse(b.dueAt) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
    const places = this.#listed().flatMap((it) => (isDue(it) ? [{ key: it.key, dueAt: it.dueAt ?? '' }] : []));
    const rest = places.filter((place) => from === null || order(place, from) > 0).sort(order);
    const page = rest.slice(0, limit);
    return { incidents: this.#read(page).filter(isDue), next: page.length < limit ? null : (page.at(-1) ?? null) };
  }

  async of(resourceId: string): Promise<readonly Incident[]> {
    await this.enter('of', resourceId);
    const own = this.#listed().filter(({ resource }) => resource.id === resourceId);
    return this.#read(own.slice(0, OF_RESOURCE));
  }

  async recent(limit: number): Promise<readonly Incident[]> {
    await this.enter('recent', limit);
    return this.#read(this.#listed().slice(0, limit));
  }

  async knowsRequest(requestId: string): Promise<boolean> {
    await this.enter('knowsRequest', requestId);
    return (this.#requests.get(requestId) ?? 0) > this.#clock.now().getTime();
  }

  async lastReading(resourceId: string): Promise<Reading | null> {
    await this.enter('lastReading', resourceId);
    return readingOf(structuredClone(this.#readings.get(resourceId) ?? null));
  }

  async recordReading(resourceId: string, reading: Reading, at: string): Promise<void> {
    await this.enter('recordReading', resourceId, reading, at);
    const known = this.#readings.get(resourceId);
    if (known !== undefined && Date.parse(known.at) > Date.parse(at)) return;
    const stored = storedReading(resourceId, reading);
    if (stored === null) return;
    refuseUnstorable({ pk: readingPk(resourceId), reading: stored }, ITEM_LIMIT);
    this.#readings.set(resourceId, { reading: structuredClone(stored), at });
  }

  async takeSlot(request: SlotRequest): Promise<Slot> {
    await this.enter('takeSlot', request);
    const result = take(this.#groups.get(request.group) ?? NO_SLOTS, this.#begun, request);
    if (result.group !== null) this.#setGroup(request.group, result.group);
    this.#begun = result.account ?? this.#begun;
    return result.answer;
  }

  async askHour(request: HourRequest): Promise<Full | null> {
    await this.enter('askHour', request);
    const refused = overHour(this.#begun, request);
    this.#begun = refused?.account ?? this.#begun;
    return refused?.answer ?? null;
  }

  async begunLately(): Promise<readonly BegunReplacement[]> {
    await this.enter('begunLately');
    return ofLastHour(this.#begun.begun, this.#clock.now().toISOString());
  }

  async line(group: string, limit: number): Promise<readonly Incident[]> {
    await this.enter('line', group, limit);
    const listed = this.#inLines().filter((it) => lineOf(it) === group);
    const place = (it: Incident) => `${placeInLine(it)} ${it.key}`;
    const first = listed.sort((a, b) => (place(a) < place(b) ? -1 : 1)).slice(0, limit);
    return this.#read(first).filter((it) => lineOf(it) === group);
  }

  async nextLine(after: string): Promise<string | null> {
    await this.enter('nextLine', after);
    const groups = this.#inLines().flatMap((it) => lineOf(it) ?? []);
    // As the index sorts them: by name, each with what ends it.
    const [next] = groups
      .filter((it) => after === '' || `${it}:` > `${after}:`)
      .sort((a, b) => (`${a}:` < `${b}:` ? -1 : 1));
    return next ?? null;
  }

  async underWay(group: string): Promise<readonly Incident[]> {
    await this.enter('underWay', group);
    return this.#read(this.#inLines().filter((it) => underWayIn(it) === group)).filter(
      (it) => underWayIn(it) === group,
    );
  }

  async releaseSlot(over: SlotRelease): Promise<boolean> {
    await this.enter('releaseSlot', over);
    const now = this.#clock.now().toISOString();
    const result = release(this.#groups.get(over.group) ?? NO_SLOTS, this.#begun, over, now);
    if (result.group !== null) this.#setGroup(over.group, result.group);
    this.#begun = result.account ?? this.#begun;
    return result.freed;
  }

  async lock(resourceId: string, now: string, until: string): Promise<string | null> {
    await this.enter('lock', resourceId, now, until);
    const held = this.#locks.get(resourceId);
    if (held !== undefined && Date.parse(held.until) > Date.parse(now)) return null;
    const key = this.#lockKey();
    this.#locks.set(resourceId, { key, until });
    return key;
  }

  async unlock(resourceId: string, key: string): Promise<void> {
    await this.enter('unlock', resourceId, key);
    if (this.#locks.get(resourceId)?.key === key) this.#locks.delete(resourceId);
  }

  async groupRecords(group: string): Promise<GroupRecords> {
    await this.enter('groupRecords', group);
    const slots = this.#groups.get(group) ?? NO_SLOTS;
    return recordsOf(slots, this.#clock.now().toISOString());
  }

  async pairedSuccessors(group: string): Promise<readonly string[]> {
    await this.enter('pairedSuccessors', group);
    return this.#groups.get(group)?.paired ?? [];
  }

  #setGroup(name: string, group: GroupSlots): void {
    refuseUnstorable({ pk: groupBudgetPk(name), ...group }, ITEM_LIMIT);
    this.#groups.set(name, group);
  }

  #inverse({ id, inverse, preImage }: Incident): Inverse {
    if (preImage === undefined) return inverse;
    const parts = preImagePks(id, preImage).map((pk) => this.#preImages.get(pk) ?? null);
    return inverseIn(parts, preImage);
  }

  #stored(key: string): Incident | null {
    const stored = this.#incidents.get(key)?.truth ?? null;
    return stored !== null && this.#isLiving(stored) ? stored : null;
  }

  /** Newest first, without those whose time is over. */
  #living(state: (incident: Timeline<Incident | null>) => Incident | null): Incident[] {
    const states = [...this.#incidents.values()].map(state);
    const living = states.filter((incident) => incident !== null && this.#isLiving(incident)) as Incident[];
    return living.sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
  }

  /** What an index shows. */
  #listed(): Incident[] {
    return this.#living(({ seen }) => seen);
  }

  /** What the index `group` shows. */
  #inLines(): Incident[] {
    return this.#listed().filter(({ key }) => !this.#withoutLine.has(key));
  }

  /** What an index shows is read again, as the adapter does. */
  #read(listed: readonly { readonly key: string }[]): Incident[] {
    return listed.flatMap(({ key }) => structuredClone(this.#stored(key)) ?? []);
  }

  #timeline(key: string): Timeline<Incident | null> {
    const known = this.#incidents.get(key) ?? new Timeline<Incident | null>(this.#clock, null);
    known.staleReadsFor(this.#lagSeconds);
    this.#incidents.set(key, known);
    return known;
  }

  #isLiving({ updatedAt }: Incident): boolean {
    return Date.parse(updatedAt) > this.#clock.now().getTime() - 400 * DAY;
  }
}
