import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { perfectIncident } from '../contract/incident.ts';
import { call, changeUserData } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
/** What the groups of the fake fleet launch from. */
const TEMPLATE = 'lt-0123456789abcdef0';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
const DEPLOYER = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run-1`,
  accountId: ACCOUNT,
  sessionContext: { sessionIssuer: { type: 'Role', arn: ROLE } },
};

const CLOSED = { status: 'closed', closedBy: 'another', closedAt: '2026-03-01T12:00:00.000Z', dueAt: null } as const;

function world(change: Partial<Policy> = {}) {
  const trustedActors = [{ id: 'pipeline', role: ROLE }];
  const at = new World(shippedPolicy('enforce', { trustedActors, ...change }));
  const tags = { 'undrift:replace': 'allowed' };
  const [altered = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  return { at, altered };
}

function publish(at: World, rest: Record<string, unknown> = {}, id = TEMPLATE) {
  const event = call('CreateLaunchTemplateVersion', at.clock.iso(), {
    requestParameters: { CreateLaunchTemplateVersionRequest: { LaunchTemplateId: id } },
    responseElements: {
      CreateLaunchTemplateVersionResponse: { launchTemplateVersion: { launchTemplateId: id, versionNumber: 4 } },
    },
    ...rest,
  });
  at.send('instances', event);
}

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}
const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);
const guards = (at: World) => at.ledger.incidents.map(({ guard, status }) => `${status} ${guard ?? '-'}`).sort();

describe('a template version by somebody who is not trusted', () => {
  it('holds the replacements that would launch from it, until the pipeline publishes one', async () => {
    const { at, altered } = world();
    publish(at);
    await at.run(60);
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
    expect(guards(at)).toEqual(['held baseline-changed', 'held baseline-changed']);
    expect(at.notifier.notices.map(({ notice }) => notice.json.kind)).toEqual(['held', 'held', 'digest']);
    publish(at, { userIdentity: DEPLOYER });
    await at.run(3600);
    expect(replaced(at)).toEqual([altered]);
    expect(guards(at)).toEqual(['closed -', 'closed -']);
  });

  it.each([
    ['an hour after', 3600],
    ['at the same moment, which no index shows yet', 0],
  ])('holds them although 120 later incidents fill the list of the template, %s', async (_when, seconds) => {
    const { at, altered } = world();
    publish(at);
    await at.run(0);
    await at.run(seconds);
    const resource = { type: 'launch-template', id: TEMPLATE } as const;
    const later = new Date(at.clock.now().getTime() + 1000).toISOString();
    for (let n = 0; n < 120; n += 1) {
      const finding = {
        ...perfectIncident().finding,
        key: `launch-template/${TEMPLATE}/other/${n}`,
        rule: 'pipeline-only',
      };
      at.ledger.seed(perfectIncident({ ...{ key: finding.key, finding, resource, updatedAt: later }, ...CLOSED }));
    }
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
  });

  it('holds them again when the version that put it right is deleted, whatever the pipeline deletes itself', async () => {
    const { at, altered } = world();
    const remove = (rest: Record<string, unknown> = {}) => {
      const request = { LaunchTemplateId: TEMPLATE, LaunchTemplateVersion: { tag: 1, content: 5 } };
      const event = call('DeleteLaunchTemplateVersions', at.clock.iso(), {
        requestParameters: { DeleteLaunchTemplateVersionsRequest: request },
        ...rest,
      });
      at.send('instances', event);
    };
    publish(at);
    await at.run(60);
    publish(at, { userIdentity: DEPLOYER });
    await at.run(3600);
    expect(guards(at)).toEqual(['closed -']);
    // What `$Latest` means from now on is what was published first.
    remove();
    await at.run(60);
    remove({ userIdentity: DEPLOYER });
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
    publish(at, { userIdentity: DEPLOYER });
    await at.run(3600);
    expect(replaced(at)).toEqual([altered]);
  });

  it('holds nothing in a group that launches from another template', async () => {
    const { at, altered } = world();
    publish(at, {}, 'lt-0fedcba9876543210');
    await at.run(60);
    alter(at, altered);
    await at.run(600);
    expect(replaced(at)).toEqual([altered]);
  });

  it('is not accepted by a version that the pipeline had published before', async () => {
    const { at, altered } = world();
    publish(at, { userIdentity: DEPLOYER });
    await at.run(60);
    publish(at);
    await at.run(1);
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
  });

  it('is accepted by another default version for that kind of change only', async () => {
    const { at, altered } = world();
    publish(at);
    await at.run(60);
    const answer = { ModifyLaunchTemplateResponse: { launchTemplate: { launchTemplateId: TEMPLATE } } };
    at.send(
      'instances',
      call('ModifyLaunchTemplate', at.clock.iso(), {
        requestParameters: { ModifyLaunchTemplateRequest: { LaunchTemplateId: TEMPLATE } },
        responseElements: answer,
        userIdentity: DEPLOYER,
      }),
    );
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([]);
  });

  it('holds nothing in a fleet that the policy exempts from this rule', async () => {
    const exemption = {
      id: 'handmade',
      reason: 'This fleet is kept by hand.',
      owner: 'web',
      ticket: null,
      rules: ['baseline-changed'],
      select: { autoScalingGroup: ['web'] },
      notBefore: null,
      expires: '2026-06-30T23:59:59.999Z',
    };
    const { at, altered } = world({ exemptions: [exemption] });
    publish(at);
    await at.run(60);
    alter(at, altered);
    await at.run(600);
    expect(replaced(at)).toEqual([altered]);
  });

  it('holds them where only the person who modified the instance is exempted from it', async () => {
    const exemption = {
      id: 'kim',
      reason: 'Kim publishes templates by hand.',
      owner: 'web',
      ticket: null,
      rules: ['baseline-changed'],
      select: { actor: ['arn:aws:iam::*:user/kim'] },
      notBefore: null,
      expires: '2026-06-30T23:59:59.999Z',
    };
    const { at, altered } = world({ exemptions: [exemption] });
    const ada = `arn:aws:iam::${ACCOUNT}:user/ada`;
    publish(at, { userIdentity: { type: 'IAMUser', arn: ada, accountId: ACCOUNT, userName: 'ada' } });
    await at.run(60);
    alter(at, altered);
    await at.run(600);
    expect(replaced(at)).toEqual([]);
  });
});

describe('a group that is made to launch from something else', () => {
  const update = (at: World, request: object) =>
    at.send(
      'instances',
      call('UpdateAutoScalingGroup', at.clock.iso(), {
        eventSource: 'autoscaling.amazonaws.com',
        requestParameters: { autoScalingGroupName: 'web', ...request },
      }),
    );

  it.each([
    ['another template', { launchTemplate: { launchTemplateId: 'lt-0fedcba9876543210' } }, []],
    ['another size', { desiredCapacity: 3 }, ['replaced']],
  ])('%s', async (_what, request, expected) => {
    const { at, altered } = world();
    update(at, request);
    await at.run(60);
    alter(at, altered);
    await at.run(600);
    expect(replaced(at).map(() => 'replaced')).toEqual(expected);
  });
});

describe('a template version of which CloudTrail left everything out', () => {
  const OMITTED = { omitted: true, originalSize: 131_072, reason: 'too large' };
  const unread = { requestParameters: OMITTED, responseElements: OMITTED };

  it('is reported, and for a day nothing is launched that it may have changed', async () => {
    const { at, altered } = world();
    publish(at, unread);
    await at.run(60);
    alter(at, altered);
    await at.run(23 * 3600);
    expect(replaced(at)).toEqual([]);
    expect(guards(at)).toEqual(['held baseline-changed', 'held observe']);
    await at.run(2 * 3600);
    expect(replaced(at)).toEqual([altered]);
    expect(at.parked).toEqual([]);
  });

  it('holds nothing where a trusted actor made it', async () => {
    const { at, altered } = world();
    publish(at, { ...unread, userIdentity: DEPLOYER });
    await at.run(60);
    alter(at, altered);
    await at.run(3600);
    expect(replaced(at)).toEqual([altered]);
  });
});
