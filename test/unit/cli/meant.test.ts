/** What `explain` says of the machines behind a tag, `*` or a command. */
import { describe, expect, test } from 'vitest';
import { machineWords } from '../../../cli/explain/meant.ts';
import { MINIMAL } from '../policy/documents.ts';
import { machine, scaling } from './estate.ts';
import { run } from './fake-io.ts';
import { file, fromRoot } from './files.ts';

const BY_TAG = fromRoot('events/cloudtrail.StartAutomationExecution.by-tag.json');
const BY_COMMAND = fromRoot('events/cloudtrail.SendCommand.by-tag.json');

const POLICY = `${MINIMAL}  command-run: {}
  automation-started: {}
mode: enforce
modes:
  - { select: { autoScalingGroup: [watched] }, mode: observe }
  - { select: { autoScalingGroup: [ignored] }, mode: "off" }
exemptions:
  - id: drill
    reason: A drill of the platform team.
    owner: web@example.com
    rules: [automation-started]
    select: { autoScalingGroup: [drilled] }
    expires: 2026-12-31
`;

/** One machine in each of these groups, in this order, and one in none. */
const GROUPS = ['web', 'watched', 'ignored', 'drilled', 'closed', 'leaving'];
const idOf = (index: number) => `i-0${String(index).padStart(16, '0')}`;
const member = (index: number, LifecycleState = 'InService') => ({ InstanceId: idOf(index), LifecycleState });
const tagged = (index: number) => machine(idOf(index), { Tags: [{ Key: 'Env', Value: 'prod' }] });

const WORLD = {
  Reservations: [{ Instances: [...GROUPS, 'none'].map((_, index) => tagged(index)) }],
  AutoScalingGroups: GROUPS.map((name, index) =>
    scaling({
      AutoScalingGroupName: name,
      Instances: [member(index, name === 'leaving' ? 'Terminating:Wait' : 'InService')],
      ...(name === 'closed' && { Tags: [] }),
    }),
  ),
  CommandInvocations: [],
};

async function explained(event: string, world: object, ...options: readonly string[]) {
  const files = ['--policy', file('meant.yml', POLICY), '--estate', file('meant.json', world)];
  return run(['explain', event, ...files, ...options]);
}

/** Exit code 1 where one of them is replaced in its turn. */
async function explain(event: string, world: object, ...options: readonly string[]) {
  const { code, out, err } = await explained(event, world, ...options);
  expect({ code, err }).toEqual({ code: /guard tainted|"guard":"tainted"/u.test(out) ? 1 : 0, err: '' });
  return out;
}

const json = async (event: string, world: object = WORLD) => JSON.parse(await explain(event, world, '--json'));

describe('the machines that a call means', () => {
  test('are told to people with what becomes of each, after the decision', async () => {
    const lines = (await explain(BY_TAG, WORLD)).split('\n');
    expect(lines.slice(lines.indexOf('  HOLD  rule automation-started  guard tainted'))).toEqual([
      '  HOLD  rule automation-started  guard tainted',
      '    held: 1 of the 6 machines that it means is tainted: each is replaced',
      '      when it was left alone for its time, as many at once as the budgets',
      '      allow',
      '    finding: an automation was started (AWS-RestartEC2Instance): the',
      '      machines named by tag:Env=prod',
      '    each tainted machine is replaced by an incident of its own, within the',
      '      budgets',
      '',
      '  Not checked here; each can also put this on hold: paused, budget,',
      '    blast-radius, state-at-risk, baseline-changed, refresh-running,',
      '    launch-suspended, unhealthy-peers, protected, fight, unreadable.',
      '',
      '  The machines named by tag:Env=prod, rule automation-started',
      '    i-00000000000000000  in web                    goes: replaced in its turn',
      '    i-00000000000000001  in watched                stays: the policy observes here',
      '    i-00000000000000002  in ignored                stays: the rule is off here',
      '    i-00000000000000003  in drilled                stays: exempted by drill',
      '    i-00000000000000004  in closed                 stays: its group has not opted in',
      '    i-00000000000000005  in leaving                goes: it is on its way out already',
      '    i-00000000000000006  in no Auto Scaling group  stays: nothing would replace it',
      '    Each is judged once more by itself when its turn comes: its sessions,',
      '      its state, its group and the budgets may hold it then.',
    ]);
  });

  test('are told to machines', async () => {
    const { assumedEstate, decisions, machines } = await json(BY_TAG);
    expect(assumedEstate).toBe(false);
    expect(decisions).toMatchObject([{ kind: 'hold', guard: 'tainted', remediation: null }]);
    expect(machines.map(({ fate }: { fate: string }) => fate)).toEqual([
      'replace',
      'observe',
      'off',
      'exempted',
      'not-opted-in',
      'ending',
      'not-opted-in',
    ]);
    const named = { targets: 'tag:Env=prod', rule: 'automation-started' };
    expect(machines[3]).toEqual({ ...named, id: idOf(3), group: 'drilled', fate: 'exempted', exemptions: ['drill'] });
    expect(machines[6]).toEqual({ ...named, id: idOf(6), group: null, fate: 'not-opted-in', exemptions: [] });
  });

  test('are not promised to be replaced where none of them is', async () => {
    const out = await explain(BY_TAG, { ...WORLD, AutoScalingGroups: [] });
    expect(out).toContain('  HOLD  rule automation-started  guard not-opted-in');
    expect(out).toContain('    no machine is replaced for it\n');
    expect(out).not.toContain('in its turn');
    expect(out).not.toContain('none possible');
  });

  test('may be exempted by what cannot be told of them', () => {
    const night = { id: 'night', reason: 'x', owner: 'x', ticket: null, rules: [], select: {}, notBefore: null };
    const one = {
      targets: 'tag:Env=prod',
      rule: 'command-run' as const,
      machine: { id: 'i-1', vpcId: null, launchedAt: null, group: null, ending: false },
      fate: 'unreadable' as const,
      exemptions: [{ ...night, expires: '2026-12-31T00:00:00.000Z' }],
    };
    expect(machineWords([one]).at(-1)).toContain('stays: night may exempt it, which cannot be told');
  });

  test('are listed up to twenty', async () => {
    const many = { Reservations: [{ Instances: Array.from({ length: 23 }, (_, index) => tagged(index)) }] };
    const out = await explain(BY_TAG, { ...WORLD, ...many });
    expect(out).toContain(idOf(19));
    expect(out).not.toContain(idOf(20));
    expect(out).toContain('    and 3 more\n');
  });

  test('are none of whom anything is said where nobody is left', async () => {
    const nobody = { ...WORLD, Reservations: [] };
    expect(await explain(BY_TAG, nobody)).toContain('no machine that tag:Env=prod meant is there (any more)');
    const { decisions, machines } = await json(BY_TAG, nobody);
    expect(decisions).toMatchObject([{ kind: 'ignore' }]);
    expect(machines).toBeUndefined();
  });

  test('are unknown where the file does not tell, and it says what would', async () => {
    const { CommandInvocations: _, ...without } = WORLD;
    const { code, out } = await explained(BY_COMMAND, without, '--json');
    const { decisions, undecided, machines } = JSON.parse(out);
    expect({ code, decisions }).toEqual({ code: 2, decisions: [] });
    expect(undecided[0].reason).toContain(
      'does not tell whom the command reached: it has no CommandInvocations, which',
    );
    expect(undecided[0].reason).toContain(
      'aws ssm list-command-invocations --command-id f6887251-cdde-4251-a026-f50a25f521f7 prints',
    );
    expect(machines).toBeUndefined();
    expect((await explained(BY_COMMAND, without)).out).not.toContain('no machine is replaced for it');
  });
});
