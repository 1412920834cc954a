/** Signals through the whole flow: calls that name several instances, and calls that name none. */
import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../src/domain/estate.ts';
import type { InstanceRuleId, Policy } from '../../../src/policy/policy.ts';
import { call } from '../../simulation/events.ts';
import { ACCOUNT, REGION, shippedPolicy, World } from '../../simulation/world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };

/** The shipped policy, in which this rule acts. */
function acting(rule: InstanceRuleId): Policy {
  const policy = shippedPolicy('enforce');
  return { ...policy, instanceRules: { ...policy.instanceRules, [rule]: { mode: null } } };
}

function world(policy: Policy) {
  const at = new World(policy);
  const group = { name: 'web', desired: 3, max: 6, tags: { 'undrift:replace': 'allowed' } };
  return { at, ids: at.fleet.addGroup(group, BASELINE) };
}

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);
const set = (ids: readonly string[]) => ({ instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } });

describe('a call that names several instances', () => {
  it('is an incident for each, and they are replaced one after the other', async () => {
    const { at, ids } = world(acting('instance-rebooted'));
    at.send('instances', call('RebootInstances', at.clock.iso(), { requestParameters: set(ids.slice(0, 2)) }));
    await at.run(3600);
    expect([...replaced(at)].sort()).toEqual(ids.slice(0, 2).sort());
    expect(at.ledger.incidents.map(({ status }) => status)).toEqual(['closed', 'closed']);
    expect(at.waiting).toBe(0);
  });

  it('is told for each where the rule only tells', async () => {
    const { at, ids } = world(shippedPolicy('enforce'));
    at.send('instances', call('RebootInstances', at.clock.iso(), { requestParameters: set(ids) }));
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
    expect(at.ledger.incidents.map(({ resource, guard }) => [resource.id, guard]).sort()).toEqual(
      ids.map((id) => [id, 'observe']).sort(),
    );
  });
});

describe('a tunnel to an address', () => {
  const tunnel = (at: World) =>
    call('OpenTunnel', at.clock.iso(), {
      eventSource: 'ec2-instance-connect.amazonaws.com',
      requestParameters: { privateIpAddress: '10.0.1.77', remotePort: '22' },
    });

  it('has the machine replaced that had it then, and not the one that has it later', async () => {
    const { at, ids } = world(acting('tunnel-opened'));
    const [entered = '', other = ''] = ids;
    at.fleet.has.set('address=10.0.1.77', entered);
    const event = tunnel(at);
    // CloudTrail takes its time, so that the successor is younger than the call.
    await at.run(60);
    at.send('instances', event);
    // Entered: it is left alone for the grace.
    await at.run(2400);
    expect(replaced(at)).toEqual([entered]);
    const successor = at.incident().replacement?.successor ?? '';
    expect(successor).not.toBe('');
    at.fleet.has.set('address=10.0.1.77', successor);
    at.send('instances', event);
    await at.run(7200);
    expect(replaced(at)).toEqual([entered]);
    expect(replaced(at)).not.toContain(other);
  });

  it('stays with its machine while that is held, although the address moves to a neighbour', async () => {
    const { at, ids } = world(acting('tunnel-opened'));
    const [entered = '', other = ''] = ids;
    at.fleet.has.set('address=10.0.1.77', entered);
    at.fleet.alterGroup('web', { suspendedProcesses: ['Launch'] });
    at.send('instances', tunnel(at));
    await at.run(60);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'launch-suspended', resource: { id: entered } });
    at.fleet.has.set('address=10.0.1.77', 'i-gone');
    at.fleet.alterGroup('web', { suspendedProcesses: [] });
    await at.run(7200);
    expect(replaced(at)).toEqual([entered]);
    expect(replaced(at)).not.toContain(other);
  });

  it('of no machine is told once, and nothing is replaced', async () => {
    const { at } = world(acting('tunnel-opened'));
    at.send('instances', tunnel(at));
    await at.run(7200);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({
      status: 'held',
      guard: 'observe',
      resource: { type: 'targets', id: 'address=10.0.1.77' },
    });
    expect(at.notifier.notices).toHaveLength(1);
  });
});

describe('a command whose machines nobody can look up', () => {
  it('is one incident and one notice, whatever it hits, and a round more when it is run again', async () => {
    const { at } = world(acting('command-run'));
    const run = () =>
      call('SendCommand', at.clock.iso(), {
        eventSource: 'ssm.amazonaws.com',
        requestParameters: {
          documentName: 'AWS-RunShellScript',
          targets: [{ key: 'resource-groups:Name', values: ['web'] }],
          parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
      });
    const first = run();
    at.send('instances', first);
    at.send('instances', first);
    await at.run(600);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe', rounds: 1 });
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.notifier.notices[0]?.notice.subject).toContain('a command was run (AWS-RunShellScript)');
    expect(at.notifier.notices[0]?.notice.subject).toContain('resource-groups:Name=web');
    at.send('instances', run());
    await at.run(600);
    expect(at.incident().rounds).toBe(2);
    expect(at.waiting).toBe(0);
  });
});

describe('a change of a volume', () => {
  it('that is attached is that of its machine, and one that is not is nobody’s', async () => {
    const { at, ids } = world(acting('volume-modified'));
    const [first = ''] = ids;
    const resize = (volume: string) =>
      call('ModifyVolume', at.clock.iso(), { requestParameters: { ModifyVolumeRequest: { VolumeId: volume } } });
    at.send('instances', resize('vol-0ffffffffffffffff'));
    at.send('instances', resize(first.replace('i-', 'vol-')));
    await at.run(600);
    expect(replaced(at)).toEqual([first]);
    expect(at.incident()).toMatchObject({ status: 'closed', resource: { id: first } });
  });
});

describe('a finding of Security Hub', () => {
  const INSPECTOR = 'product/aws/inspector';
  const finding = (at: World, ids: readonly string[], ProductArn: string, more: Record<string, unknown> = {}) => ({
    ...call('none', at.clock.iso(), {}),
    source: 'aws.securityhub',
    'detail-type': 'Security Hub Findings - Imported',
    detail: {
      findings: [
        {
          Id: `finding-about-${ids.join('-')}`,
          ProductArn: `arn:aws:securityhub:${REGION}:${ProductArn}`,
          AwsAccountId: ACCOUNT,
          Title: `CVE-2024-3094 on ${ids[0]}`,
          Severity: { Label: 'CRITICAL' },
          LastObservedAt: at.clock.iso(),
          Resources: ids.map((id) => ({
            Type: 'AwsEc2Instance',
            Id: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`,
          })),
          ...more,
        },
      ],
    },
  });
  const ofAws = (at: World, ids: readonly string[], more = {}) => finding(at, ids, `:${INSPECTOR}`, more);

  it('is told once as shipped, however often it is sent with updates, and nothing is replaced', async () => {
    const { at, ids } = world(shippedPolicy('enforce'));
    at.send('instances', ofAws(at, ids.slice(0, 1)));
    at.send(
      'instances',
      ofAws(at, ids.slice(0, 1), { UpdatedAt: '2026-03-01T12:00:00Z', Workflow: { Status: 'NOTIFIED' } }),
    );
    await at.run(7200);
    expect(replaced(at)).toEqual([]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe', rounds: 1 });
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.notifier.notices[0]?.notice.text).toContain('Security Hub finding CVE-2024-3094 on ');
  });

  it('has a machine replaced where the rule acts, and not again and again for the same', async () => {
    const { at, ids } = world(acting('security-hub-finding'));
    let [affected = ''] = ids;
    for (let round = 0; round < 4; round += 1) {
      at.send('instances', ofAws(at, [affected]));
      await at.run(7200);
      affected = at.ledger.incidents.at(-1)?.replacement?.successor ?? affected;
    }
    expect(replaced(at)).toHaveLength(2);
    expect(at.ledger.incidents.map(({ status, guard }) => guard ?? status)).toEqual(['closed', 'closed', 'fight']);
  });

  it('under the product that anybody may feed costs no reading and is told to nobody', async () => {
    const { at, ids } = world(acting('security-hub-finding'));
    for (let sent = 0; sent < 50; sent += 1) {
      at.send('instances', finding(at, ids, `${ACCOUNT}:product/${ACCOUNT}/default`, { Id: `forged-${sent}` }));
    }
    await at.run(600);
    expect(at.calls.filter((name) => name.startsWith('fleet'))).toEqual([]);
    expect([at.ledger.incidents, at.notifier.notices, at.parked, at.waiting]).toEqual([[], [], [], 0]);
  });

  it('whose product the policy does not count any more is closed as not counted, and not as gone', async () => {
    const { at, ids } = world(shippedPolicy('enforce'));
    at.send('instances', ofAws(at, ids.slice(0, 1)));
    await at.run(60);
    expect(at.incident().status).toBe('held');
    Object.assign(at.policy.findings.securityHub, { products: ['arn:*:securityhub:*::product/aws/macie'] });
    await at.run(24 * 3600);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'policy' });
  });
});
