import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GUARDS, type GuardName } from '../../src/domain/decision.ts';
import type { AutoScalingGroup, Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { call, changeUserData, startSession } from './events.ts';
import { ACCOUNT, REGION, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const HOUR = 3600;

type Scene = { readonly at: World; readonly id: string; readonly peers: readonly string[] };
/** One guard that holds a replacement: what makes it, and what has it give way. */
type Row = {
  readonly policy?: Partial<Policy>;
  readonly group?: Partial<AutoScalingGroup>;
  /** Before the instance is altered. */
  readonly make?: (scene: Scene) => void | Promise<void>;
  /** In place of altering its user data. */
  readonly alter?: (scene: Scene) => void;
  readonly giveWay: (scene: Scene) => void;
};

function alter({ at }: Pick<Scene, 'at'>, id: string): void {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

/** As a deployment of another policy does. */
const deploy =
  (change: Partial<Policy>) =>
  ({ at }: Scene) => {
    at.policy = shippedPolicy('enforce', change);
  };
const regroup =
  (change: Partial<AutoScalingGroup>) =>
  ({ at }: Scene) =>
    at.fleet.alterGroup('web', change);

const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
const PIPELINE = { trustedActors: [{ id: 'pipeline', role: ROLE }] };
const DEPLOYER = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run-1`,
  accountId: ACCOUNT,
  sessionContext: { sessionIssuer: { type: 'Role', arn: ROLE } },
};

function publish({ at }: Scene, rest: Record<string, unknown> = {}): void {
  const launchTemplateId = 'lt-0123456789abcdef0';
  const version = { launchTemplateVersion: { launchTemplateId, versionNumber: 4 } };
  const event = call('CreateLaunchTemplateVersion', at.clock.iso(), {
    requestParameters: { CreateLaunchTemplateVersionRequest: { LaunchTemplateId: launchTemplateId } },
    responseElements: { CreateLaunchTemplateVersionResponse: version },
    ...rest,
  });
  at.send('instances', event);
}

const EXEMPTION = {
  ...{ id: 'drill', reason: 'A drill of the platform team.', owner: 'platform', ticket: null, rules: null },
  ...{ select: { autoScalingGroup: ['web'] }, notBefore: null, expires: '2027-01-01T00:00:00.000Z' },
};
const VERDICTS = [{ configRule: 'as-in-template', means: ['user-data-changed'] }] as Policy['configVerdicts'];

/** A verdict that says nothing has turned: the drift may be as old as the instance. */
function verdict({ at, id }: Scene): void {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  const url = new URL('../../events/config.ComplianceChange.instance.json', import.meta.url);
  const event = JSON.parse(readFileSync(url, 'utf8'));
  const place = { awsAccountId: ACCOUNT, awsRegion: REGION, resourceId: id, configRuleName: 'as-in-template' };
  const detail = { ...event.detail, ...place, oldEvaluationResult: undefined };
  at.send('instances', { ...event, account: ACCOUNT, region: REGION, detail });
}

const entered = shippedPolicy('enforce').instanceRules;
const ENTERED = { instanceRules: { ...entered, 'session-started': { mode: null } } };

/** A guard of the closed vocabulary that holds a replacement has a row here. */
const ROWS: Readonly<Record<Exclude<GuardName, 'not-ours' | 'shared'>, Row>> = {
  observe: { policy: { mode: 'observe' }, giveWay: deploy({}) },
  exempted: { policy: { exemptions: [EXEMPTION] }, giveWay: deploy({}) },
  'pre-existing': {
    policy: { when: 'new', configVerdicts: VERDICTS },
    alter: verdict,
    giveWay: deploy({ when: 'any', configVerdicts: VERDICTS }),
  },
  paused: {
    make: ({ at }) => at.pause.set({ until: '2026-03-02T12:00:00.000Z', reason: 'why', by: 'kim', at: at.clock.iso() }),
    giveWay: ({ at }) => at.pause.set(null),
  },
  'not-opted-in': { group: { tags: {} }, giveWay: regroup({ tags: { 'undrift:replace': 'allowed' } }) },
  budget: { policy: { budget: { perGroup: 0, perHour: 3 } }, giveWay: deploy({}) },
  'blast-radius': { policy: { budget: { perGroup: 1, perHour: 0 } }, giveWay: deploy({}) },
  'state-at-risk': {
    make: ({ at, id }) =>
      at.fleet.alter(id, { volumes: [{ id: 'vol-1', device: '/dev/sdf', deleteOnTermination: false }] }),
    giveWay: ({ at, id }) => at.fleet.alter(id, { volumes: [] }),
  },
  'baseline-changed': {
    policy: PIPELINE,
    make: async (scene) => {
      publish(scene);
      await scene.at.run(5);
    },
    giveWay: (scene) => publish(scene, { userIdentity: DEPLOYER }),
  },
  'refresh-running': { group: { refreshRunning: true }, giveWay: regroup({ refreshRunning: false }) },
  'launch-suspended': { group: { suspendedProcesses: ['Launch'] }, giveWay: regroup({ suspendedProcesses: [] }) },
  'unhealthy-peers': {
    make: ({ at, peers: [peer = ''] }) => at.fleet.alterMember(peer, { healthy: false }),
    giveWay: ({ at, peers: [peer = ''] }) => at.fleet.alterMember(peer, { healthy: true }),
  },
  'single-instance': { group: { desired: 1 }, giveWay: regroup({ desired: 2 }) },
  protected: {
    make: ({ at, id }) => at.fleet.alterMember(id, { protectedFromScaleIn: true }),
    giveWay: ({ at, id }) => at.fleet.alterMember(id, { protectedFromScaleIn: false }),
  },
  fight: {
    make: async ({ at, peers }) => {
      for (const peer of peers) {
        alter({ at }, peer);
        await at.run(600);
      }
    },
    giveWay: ({ at }) => at.clock.advance(24 * HOUR),
  },
  tainted: {
    policy: ENTERED,
    alter: ({ at, id }) => {
      at.sessions.begin('s-1', id);
      at.send('instances', startSession(at.clock.iso(), id, 's-1'));
    },
    giveWay: ({ at }) => at.sessions.end('s-1'),
  },
  unreadable: {
    make: ({ at }) => {
      at.fleet.launch = { kind: 'unread', why: 'access denied' };
    },
    giveWay: ({ at }) => {
      at.fleet.launch = { kind: 'ready' };
    },
  },
};

async function held(row: Row): Promise<Scene> {
  const at = new World(shippedPolicy('enforce', row.policy));
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 9, tags, ...row.group }, BASELINE);
  const [id = '', ...peers] = ids;
  const scene = { at, id, peers };
  await row.make?.(scene);
  if (row.alter === undefined) alter(scene, id);
  else row.alter(scene);
  await at.run(30);
  return scene;
}

function incidentOf({ at, id }: Scene) {
  const found = at.ledger.incidents.find(({ resource }) => resource.id === id);
  if (found === undefined) throw new Error(`no incident of ${id}`);
  return found;
}

const secondsTo = ({ at }: Scene, instant: string | null) =>
  Math.max(0, Date.parse(instant ?? '') - at.clock.now().getTime()) / 1000;

/** What waits in the line of its group is woken before it is due. */
const OF_A_LINE: readonly string[] = ['budget', 'launch-suspended', 'unhealthy-peers'];

describe('what a guard holds is not lost', () => {
  it('has a row for each guard of a replacement', () => {
    const others: readonly GuardName[] = ['not-ours', 'shared'];
    expect(Object.keys(ROWS).toSorted()).toEqual(GUARDS.filter((guard) => !others.includes(guard)).toSorted());
  });

  it.each(Object.entries(ROWS))('%s: looked at again until it gives way, and replaced then', async (guard, row) => {
    const scene = await held(row);
    const { at, id } = scene;
    const replaced = () => at.fleet.callsOf('replace').filter(({ args }) => args[0] === id).length;
    let last = incidentOf(scene);
    for (let look = 0; look < 3; look += 1) {
      expect(last).toMatchObject({ status: 'held', guard, closedAt: null });
      const due = secondsTo(scene, last.dueAt);
      expect(due).toBeGreaterThan(0);
      expect(due).toBeLessThanOrEqual(24 * HOUR);
      if (look === 2) break;
      // The recheck ticks once a minute. Who is next in a line is looked at before it is due.
      await at.run(due + 61);
      const looked = Date.parse(incidentOf(scene).updatedAt);
      expect(looked).toBeGreaterThanOrEqual(
        Date.parse((OF_A_LINE.includes(guard) ? last.updatedAt : last.dueAt) ?? ''),
      );
      last = incidentOf(scene);
    }
    expect(replaced()).toBe(0);
    row.giveWay(scene);
    // A session that has ended is followed by the grace.
    await at.run(secondsTo(scene, last.dueAt) + (guard === 'tainted' ? 1800 : 0) + 600);
    expect(replaced()).toBe(1);
    expect(incidentOf(scene)).toMatchObject({ status: 'closed', closedBy: 'undrift', dueAt: null });
  });
});
