import type { ResourceRef } from '../../src/domain/change.ts';
import type { ReplacementOrder } from '../../src/domain/decision.ts';
import { compareWithBaseline } from '../../src/domain/drift.ts';
import {
  type AutoScalingGroup,
  type Baseline,
  type Drift,
  type GroupMember,
  type Instance,
  type InstanceEstate,
  isEnding,
  type LaunchCheck,
  type Machine,
  type MissingEstate,
  type TargetHealth,
  type TrafficSource,
} from '../../src/domain/estate.ts';
import { carriesLoad, MEMBER_STATES } from '../../src/domain/member-state.ts';
import type { Ties } from '../../src/domain/obstacle.ts';
import type { LaunchedFrom } from '../../src/domain/ran.ts';
import { replacementOrder } from '../../src/domain/replacement-order.ts';
import { carries } from '../../src/domain/tag-filter.ts';
import { type Fleet, type MachineQuery, Retryable, type Sent } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import {
  type FleetWorld,
  forgotten,
  inService,
  inState,
  launched,
  NO_FLEET,
  plainGroup,
  terminated,
  withGroup,
  withInstance,
  withMember,
} from './fleet-world.ts';
import { counter, Scripted, Timeline } from './world.ts';

const FORGOTTEN_AFTER = 3600;

/**
 * A fleet that lives by the clock: a terminated instance is Terminating, then gone; beside it, unless Launch is suspended,
 * a successor is Pending, then InService. What is due happens when somebody looks.
 */
export class FakeFleet extends Scripted implements Fleet {
  /** Seconds that a termination and a launch take. */
  terminateSeconds = 30;
  launchSeconds = 60;
  /** Seconds in service until a target group finds a launched instance healthy. */
  targetSeconds = 0;
  /** As with a lifecycle hook that nobody answers: what terminates stays in Terminating:Wait. */
  terminationHangs = false;
  /** What a look at what the groups launch from finds. */
  launch: LaunchCheck = { kind: 'ready' };
  /** What EC2 knows of images, by their ids; null for one that is gone. */
  readonly images = new Map<string, LaunchedFrom['image']>();
  /** Instances with termination protection, and types with instance store. */
  readonly terminationProtected = new Set<string>();
  readonly storeTypes = new Set(['i3.large']);
  readonly #clock: FakeClock;
  readonly #world: Timeline<FleetWorld>;
  #plans: { readonly at: number; readonly act: (world: FleetWorld) => FleetWorld }[] = [];
  #instances = 0;
  readonly #inServiceAt = new Map<string, number>();
  /** Told to be unhealthy, and not yet replaced. */
  readonly #marked = new Set<string>();
  readonly #requestId = counter('terminate');

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
    this.#world = new Timeline(clock, NO_FLEET);
  }

  staleReadsFor(seconds: number): void {
    this.#world.staleReadsFor(seconds);
  }

  /** A group with its desired number of instances in service. Returns their ids. */
  addGroup(given: Partial<AutoScalingGroup> & { readonly name: string }, baseline: Baseline): readonly string[] {
    const group = plainGroup(given);
    const { truth } = this.#world;
    const baselines = { ...truth.baselines, [group.name]: baseline };
    this.#world.write({ ...withGroup(truth, group), baselines });
    return Array.from({ length: group.desired - group.members.length }, () => this.#start(group.name, 'InService'));
  }

  /** An instance outside every group. */
  addInstance(instance: Instance, userData: string | null = null): void {
    this.change((world) => withInstance(world, instance, userData));
  }

  /** Somebody changes an instance by hand. */
  alter(instanceId: string, change: Partial<Instance> & { readonly userData?: string | null }): void {
    const { userData, ...rest } = change;
    this.change((world) => {
      const known = world.instances[instanceId];
      if (known === undefined) throw new Error(`no instance ${instanceId}`);
      return withInstance(world, { ...known.instance, ...rest }, userData === undefined ? known.userData : userData);
    });
  }

  alterGroup(name: string, change: Partial<AutoScalingGroup>): void {
    this.change((world) => withGroup(world, { ...this.#group(world, name), ...change }));
  }

  alterMember(instanceId: string, change: Partial<GroupMember>): void {
    this.change((world) => withMember(world, instanceId, (member) => ({ ...member, ...change })));
  }

  /** The groups' launch template is deleted: drift can't be told any more. */
  forgetBaseline(name: string): void {
    this.change((world) => {
      const { [name]: _gone, ...baselines } = world.baselines;
      return { ...world, baselines };
    });
  }

  async read(resource: ResourceRef): Promise<InstanceEstate | MissingEstate> {
    await this.enter('read', resource);
    const { instances, groups } = this.#look();
    const found = Object.values(instances).find(({ instance }) =>
      resource.type === 'network-interface'
        ? instance.state !== 'terminated' && instance.interfaces.some(({ id }) => id === resource.id)
        : instance.id === resource.id,
    );
    if (found === undefined) return { kind: 'missing', resource };
    const { instance } = found;
    const group = Object.values(groups).find(({ members }) => members.some(({ id }) => id === instance.id));
    return { kind: 'instance', instance, group: group ?? null, drift: null };
  }

  async drift(estate: InstanceEstate): Promise<Drift> {
    await this.enter('drift', estate);
    const { instances, baselines } = this.#look();
    if (estate.group === null) return { kind: 'unknown', why: 'it belongs to no Auto Scaling group' };
    const baseline = baselines[estate.group.name];
    const live = instances[estate.instance.id];
    if (baseline === undefined || live === undefined) return { kind: 'unknown', why: 'the template is gone' };
    return {
      kind: 'compared',
      baseline: baseline.name,
      ...compareWithBaseline(estate.instance, live.userData, baseline),
    };
  }

  /** What an instance has, beside its volumes: `address=10.0.1.1`, with its id. */
  readonly has = new Map<string, string>();

  async find(expression: string, at: string): Promise<readonly string[]> {
    await this.enter('find', expression);
    const instances = Object.values(this.#look().instances).map(({ instance }) => instance);
    const found = instances.filter(
      ({ id, volumes }) => this.has.get(expression) === id || volumes.some((it) => expression === `volume=${it.id}`),
    );
    return found
      .filter(({ launchedAt }) => launchedAt === null || Date.parse(launchedAt) <= Date.parse(at))
      .map(({ id }) => id);
  }

  async machines(by: MachineQuery, before: string | null): Promise<readonly Machine[]> {
    await this.enter('machines', by, before);
    const { instances, groups } = this.#look();
    const found = Object.values(instances).filter(({ instance }) =>
      'ids' in by ? by.ids.includes(instance.id) : by.filters.every((filter) => carries(instance.tags, filter)),
    );
    const wasThere = (at: string | null) => before === null || Date.parse(at ?? '') <= Date.parse(before);
    return found
      .filter(({ instance }) => !isEnding(instance) && wasThere(instance.launchedAt))
      .map(({ instance: { id, vpcId, launchedAt } }) => {
        const group = Object.values(groups).find(({ members }) => members.some((member) => member.id === id));
        const { name, desired, tags } = group ?? { name: '', desired: 0, tags: {} };
        const state = group?.members.find((member) => member.id === id)?.lifecycleState ?? '';
        const ending = MEMBER_STATES[state]?.act === 'ignore';
        return { id, vpcId, launchedAt, group: group === undefined ? null : { name, desired, tags }, ending };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async group(name: string): Promise<AutoScalingGroup | null> {
    await this.enter('group', name);
    return this.#look().groups[name] ?? null;
  }

  async state(instanceId: string): Promise<string> {
    await this.enter('state', instanceId);
    return this.#look().instances[instanceId]?.instance.state ?? 'terminated';
  }

  async launchCheck(group: AutoScalingGroup, now: Date): Promise<LaunchCheck> {
    await this.enter('launchCheck', group.name, now);
    return this.launch;
  }

  async ties({ id, traits }: Instance): Promise<Ties> {
    await this.enter('ties', id);
    const known = this.#look().instances[id] !== undefined;
    return {
      terminationProtection: known ? this.terminationProtected.has(id) : { unread: `${id} is not there` },
      instanceStore: this.storeTypes.has(traits?.type ?? ''),
    };
  }

  async launchedFrom(imageId: string | null, template: GroupMember['launchTemplate']): Promise<LaunchedFrom> {
    await this.enter('launchedFrom', imageId, template);
    const runs = Object.values(this.#look().instances).some(({ instance }) => instance.imageId === imageId);
    const known = this.images.get(imageId ?? '');
    const image = known === undefined && runs ? { name: 'golden', tags: {} } : (known ?? null);
    return {
      image: imageId === null ? null : image,
      template: template === null ? null : { name: 'web', tags: {} },
      unread: imageId !== null && image === null ? [`the image ${imageId} is not there (any more)`] : [],
    };
  }

  /** What the target groups say of an instance; of one that is not listed, that it is healthy. */
  readonly targets = new Map<string, TargetHealth>();

  async targetHealth(sources: readonly TrafficSource[], instanceIds: readonly string[]) {
    await this.enter('targetHealth', sources, instanceIds);
    return instanceIds.map((id): TargetHealth => (sources.length === 0 ? { kind: 'healthy' } : this.#healthOf(id)));
  }

  #healthOf(instanceId: string): TargetHealth {
    const initial = this.#clock.now().getTime() < (this.#inServiceAt.get(instanceId) ?? 0) + this.targetSeconds * 1000;
    const health = initial ? ({ kind: 'not-healthy', why: `${instanceId} is initial` } as const) : null;
    return this.targets.get(instanceId) ?? health ?? { kind: 'healthy' };
  }

  async replace(instanceId: string, how: ReplacementOrder): Promise<Sent> {
    await this.enter('replace', instanceId, how);
    this.#settle();
    const group = Object.values(this.#world.truth.groups).find(({ members }) =>
      members.some(({ id }) => id === instanceId),
    );
    const member = group?.members.find(({ id }) => id === instanceId);
    if (group === undefined || member === undefined) return { requestId: null };
    if (how === 'launch-first') return this.#markUnhealthy(group, instanceId);
    if (member.lifecycleState.startsWith('Terminating')) throw new Retryable('ScalingActivityInProgress');
    this.#terminate(instanceId);
    return { requestId: this.#requestId() };
  }

  /** An immediate change of the truth, after everything that was due before it. */
  change(act: (world: FleetWorld) => FleetWorld): void {
    this.#settle();
    this.#world.write(act(this.#world.truth));
    this.#settle();
  }

  #look(): FleetWorld {
    this.#settle();
    return this.#world.seen;
  }

  /** What is marked is replaced when Auto Scaling gets to it; while nothing replaces the unhealthy, it stays. */
  #markUnhealthy(group: AutoScalingGroup, instanceId: string): Sent {
    this.alterMember(instanceId, { healthy: false });
    this.#marked.add(instanceId);
    if (replacementOrder(group) === 'launch-first') this.#settle();
    return { requestId: this.#requestId() };
  }

  #terminate(instanceId: string, at = this.#clock.now().getTime()): void {
    const lifecycleState = this.terminationHangs ? 'Terminating:Wait' : 'Terminating';
    const world = withMember(this.#world.truth, instanceId, (member) => ({ ...member, lifecycleState }));
    const state = this.terminationHangs ? world : inState(world, instanceId, 'shutting-down');
    this.#world.write(state, at);
    if (!this.terminationHangs) {
      const gone = at + this.terminateSeconds * 1000;
      this.#plans.push({ at: gone, act: (next) => terminated(next, instanceId) });
      this.#plans.push({ at: gone + FORGOTTEN_AFTER * 1000, act: (next) => forgotten(next, instanceId) });
    }
    this.#settle();
  }

  /** Carries out what is due, in the order of its time, each at its own time. */
  #settle(): void {
    const now = this.#clock.now().getTime();
    for (let next = this.#nextPlan(now); next !== undefined; next = this.#nextPlan(now)) {
      this.#plans = this.#plans.filter((plan) => plan !== next);
      this.#world.write(next.act(this.#world.truth), next.at);
      this.#fill(next.at);
    }
    this.#fill(now);
  }

  #nextPlan(now: number) {
    const due = this.#plans.filter(({ at }) => at <= now);
    return due.sort((a, b) => a.at - b.at)[0];
  }

  /** Launches what a group lacks, unless Launch is suspended, and ends what is marked once others do its work. */
  #fill(at: number): void {
    for (const group of Object.values(this.#world.truth.groups)) {
      const { name, desired, members, suspendedProcesses } = group;
      const marked = members.filter(({ id, lifecycleState }) => this.#marked.has(id) && lifecycleState === 'InService');
      const moves = replacementOrder(group) === 'launch-first' ? marked : [];
      const healthy = members.filter(carriesLoad).length;
      for (const { id } of moves.slice(0, Math.max(0, healthy + moves.length - desired))) {
        this.#marked.delete(id);
        this.#terminate(id, at);
      }
      if (suspendedProcesses.includes('Launch')) continue;
      const counted = members.filter(({ lifecycleState }) => !lifecycleState.startsWith('Terminating'));
      for (let count = counted.length; count < desired + moves.length; count += 1) this.#start(name, 'Pending', at);
    }
  }

  #start(name: string, lifecycleState: string, at = this.#clock.now().getTime()): string {
    this.#instances += 1;
    const id = `i-${String(this.#instances).padStart(17, '0')}`;
    const launchedAt = new Date(at).toISOString();
    this.#world.write(launched(this.#world.truth, name, { id, lifecycleState, launchedAt }), at);
    if (lifecycleState === 'Pending') {
      this.#inServiceAt.set(id, at + this.launchSeconds * 1000);
      this.#plans.push({ at: at + this.launchSeconds * 1000, act: (world) => inService(world, id) });
    }
    return id;
  }

  #group(world: FleetWorld, name: string): AutoScalingGroup {
    const group = world.groups[name];
    if (group === undefined) throw new Error(`no group ${name}`);
    return group;
  }
}
