/** What was there before a change is never lost silently: neither when a whole rule goes for it, nor when somebody else removes it. */
import { describe, expect, it } from 'vitest';
import type { RuleSource, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { rule } from '../unit/rules/perfect.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const ID = 'sgr-000000000000001c0';
const OTHER = 'sgr-000000000000001c1';
const WORLD: RuleSource = { kind: 'ipv4', cidr: '0.0.0.0/0' };

const BASTIONS = rule(ID, { groupId: GROUP, source: { kind: 'ipv4', cidr: '10.20.0.0/16' }, description: 'bastions' });
const PEER: SecurityGroupRule = {
  ...BASTIONS,
  id: OTHER,
  source: { kind: 'security-group', id: 'sg-0bbbbbbbbbbbbbb13', ownerId: '210987654321', peeringId: 'pcx-1' },
  description: 'peers',
  tags: { team: 'web' },
};

const PIPELINE: Partial<Policy> = { pipelineOnly: { mode: null } };
const PIPELINE_ROLE = 'arn:aws:iam::123456789012:role/deploy';

/** A group that was read once, when the pipeline changed it. */
async function known(
  rules: readonly SecurityGroupRule[],
  change: Partial<Policy> = {},
  mode: 'observe' | 'enforce' = 'enforce',
) {
  const at = unknown(rules, change, mode);
  const deployed = authorize(at.clock.iso(), {
    id: ID,
    groupId: GROUP,
    fromPort: 22,
    toPort: 22,
    cidr: '10.20.0.0/16',
  });
  const issuer = { type: 'Role', arn: PIPELINE_ROLE, accountId: ACCOUNT };
  const userIdentity = {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run`,
    accountId: ACCOUNT,
    sessionContext: { sessionIssuer: issuer },
  };
  at.send('security-groups', { ...deployed, detail: { ...deployed.detail, userIdentity } });
  await at.run(120);
  return at;
}

function unknown(
  rules: readonly SecurityGroupRule[],
  change: Partial<Policy> = {},
  mode: 'observe' | 'enforce' = 'enforce',
) {
  const trustedActors = [{ id: 'pipeline', role: PIPELINE_ROLE }];
  const at = new World(shippedPolicy(mode, { trustedActors, ...change }));
  at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.securityGroups.open(...rules);
  return at;
}

/** Somebody changes rules in place, by one call. */
async function modify(at: World, ...rules: readonly SecurityGroupRule[]): Promise<void> {
  at.securityGroups.open(...rules);
  const listed = rules.map(({ id }, index) => ({ SecurityGroupRuleId: id, tag: index + 1 }));
  const SecurityGroupRule = listed.length === 1 ? listed[0] : listed;
  const requestParameters = { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule } };
  at.send('security-groups', call('ModifySecurityGroupRules', at.clock.iso(), { requestParameters }));
  await at.run(120);
}

/** Somebody removes rules; `answer` and `request` as the record has them. */
async function remove(at: World, ids: readonly string[], request: object, answer: object): Promise<void> {
  at.securityGroups.close(...ids);
  const requestParameters = { groupId: GROUP, ...request };
  const responseElements = { _return: true, ...answer };
  at.send(
    'security-groups',
    call('RevokeSecurityGroupIngress', at.clock.iso(), { requestParameters, responseElements }),
  );
  await at.run(120);
}

type Command = { readonly command: string } | null;
type Json = { readonly undo: Command; readonly putBack: Command; readonly restore: Command };
function notices(at: World, rule: string) {
  return at.notifier.notices
    .map(({ notice }) => ({
      text: notice.text.replace(/\s+/gu, ' '),
      json: notice.json as unknown as Json,
      attributes: notice.attributes,
    }))
    .filter(({ json }) => (json as unknown as { incident: { rule: string } }).incident?.rule === rule);
}
const permissions = (command: Command | undefined) =>
  JSON.parse(/--ip-permissions '(.*)'$/mu.exec(command?.command ?? '')?.[1] ?? 'null');

const RESTORED = [
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.20.0.0/16', Description: 'bastions' }] },
];

describe('a rule that is widened in place', () => {
  it('is revoked, and the notification says what it was and has the command that restores that', async () => {
    const at = await known([BASTIONS]);
    await modify(at, { ...BASTIONS, source: WORLD });
    expect(at.securityGroups.rulesOf(GROUP)).toEqual([]);
    const [told] = notices(at, 'internet');
    expect(told?.text).toContain(
      'Before a change in place, this was let through: tcp 22 from 10.20.0.0/16 (bastions). undrift revokes whole rules, so that access goes with the rule.',
    );
    expect(permissions(told?.json.restore)).toEqual(RESTORED);
    expect(permissions(told?.json.undo)).toMatchObject([{ IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
    expect(told?.text.indexOf('10.20.0.0/16')).toBeLessThan(told?.text.indexOf('as undrift found them') ?? 0);
  });

  it.each<[string, SecurityGroupRule, Partial<SecurityGroupRule>]>([
    ['by its ports', { ...BASTIONS, source: WORLD, fromPort: 443, toPort: 443 }, { fromPort: 0, toPort: 65_535 }],
    [
      'by its protocol',
      { ...BASTIONS, source: WORLD, fromPort: 443, toPort: 443 },
      { protocol: '-1', fromPort: -1, toPort: -1 },
    ],
    [
      'from IPv6',
      { ...BASTIONS, source: { kind: 'ipv6', cidr: 'fd00::/64' } },
      { source: { kind: 'ipv6', cidr: '::/0' } },
    ],
    ['from a referenced group', { ...PEER, id: ID }, { source: WORLD }],
  ])('%s is restored as it was', async (_how, before, after) => {
    const at = await known([before]);
    await modify(at, { ...before, ...after });
    const { inverse } = at.incident();
    expect(at.incident().outcome).toMatchObject({ kind: 'done' });
    expect(inverse?.former).toEqual({ action: 'authorize-rules', rules: [before] });
  });

  it('twice before the first look is compared with what undrift had read', async () => {
    const at = await known([BASTIONS]);
    at.securityGroups.open({ ...BASTIONS, source: { kind: 'ipv4', cidr: '10.30.0.0/16' } });
    await modify(at, { ...BASTIONS, source: WORLD });
    expect(permissions(notices(at, 'internet')[0]?.json.restore)).toEqual(RESTORED);
  });

  it('is looked at with the others of the same call', async () => {
    const rdp = { ...BASTIONS, id: OTHER, fromPort: 3389, toPort: 3389 };
    const at = await known([BASTIONS, rdp]);
    await modify(at, { ...BASTIONS, source: WORLD }, { ...rdp, source: WORLD });
    expect(permissions(notices(at, 'internet')[0]?.json.restore)).toHaveLength(2);
  });

  it('is not lost silently where undrift had not read it: the notification says so, and where to look', async () => {
    const at = unknown([BASTIONS]);
    await modify(at, { ...BASTIONS, source: WORLD });
    const [told] = notices(at, 'internet');
    expect(told?.text).toContain(`What ${ID} let through before the change in place is not on record`);
    expect(told?.text).toContain(
      `aws configservice get-resource-config-history --resource-type AWS::EC2::SecurityGroup --resource-id ${GROUP}`,
    );
    expect(told?.json.restore).toBeNull();
  });

  it('can be changed back by its id while undrift only observes', async () => {
    const at = await known([BASTIONS], {}, 'observe');
    await modify(at, { ...BASTIONS, source: WORLD });
    const [told] = notices(at, 'internet');
    expect(told?.json.undo).toBeNull();
    expect(told?.json.restore?.command).toContain('modify-security-group-rules');
    expect(told?.json.restore?.command).toContain('10.20.0.0/16');
  });

  it('is told once more under pipeline-only, by no id that undrift revoked', async () => {
    const at = await known([BASTIONS], PIPELINE);
    await modify(at, { ...BASTIONS, source: WORLD });
    const [told, ...more] = notices(at, 'pipeline-only');
    expect(more).toEqual([]);
    expect(told?.text).toContain(
      'tcp 22 from 10.20.0.0/16 (bastions) became tcp 22 from 0.0.0.0/0 (bastions), which undrift revokes',
    );
    expect(JSON.stringify([told?.text, told?.json.putBack])).not.toContain(ID);
    expect(permissions(told?.json.putBack)).toEqual(RESTORED);
    // A later look at it says the same.
    await at.run(2 * 86_400);
    const later = at.ledger.incidents.filter(({ finding }) => finding.rule === 'pipeline-only');
    expect(later).toMatchObject([
      { status: 'held', rounds: 1, finding: { summary: expect.stringContaining('which undrift revoked') } },
    ]);
    expect(notices(at, 'pipeline-only')).toHaveLength(1);
  });
});

describe('a rule that somebody else removed', () => {
  const group = { groupId: 'sg-0bbbbbbbbbbbbbb13', userId: '210987654321', description: 'peers' };
  const request = {
    ipPermissions: {
      items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: { items: [group] } }],
    },
  };
  const answer = {
    revokedSecurityGroupRuleSet: {
      items: [
        {
          groupId: GROUP,
          securityGroupRuleId: OTHER,
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          referencedGroupId: 'sg-0bbbbbbbbbbbbbb13',
          description: 'peers',
        },
      ],
    },
  };
  const BACK = [
    {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      UserIdGroupPairs: [{ GroupId: 'sg-0bbbbbbbbbbbbbb13', UserId: '210987654321', Description: 'peers' }],
    },
  ];

  it('that undrift had read comes back with its account, its peering, its words and its tags', async () => {
    const at = await known([BASTIONS, PEER], PIPELINE);
    await remove(at, [OTHER], request, answer);
    const [told] = notices(at, 'pipeline-only');
    expect(told?.text).toContain('tcp 22 from sg-0bbbbbbbbbbbbbb13 of account 210987654321');
    expect(told?.json.putBack?.command).toContain('"Tags":[{"Key":"team","Value":"web"}]');
    expect(permissions(told?.json.putBack)).toMatchObject([
      { UserIdGroupPairs: [{ ...BACK[0]?.UserIdGroupPairs[0], VpcPeeringConnectionId: 'pcx-1' }] },
    ]);
  });

  it('that undrift had not read comes back as the answer of the call lists it', async () => {
    const at = unknown([PEER], PIPELINE);
    await remove(at, [OTHER], request, answer);
    const [told] = notices(at, 'pipeline-only');
    expect(permissions(told?.json.putBack)).toEqual(BACK);
    expect(told?.json.putBack).toMatchObject({ from: 'answer' });
    await at.run(2 * 86_400);
    expect(notices(at, 'pipeline-only')).toHaveLength(1);
  });

  it('that no answer lists comes back as the request names it, and the notification says so', async () => {
    const at = unknown([PEER], PIPELINE);
    await remove(at, [OTHER], request, {});
    const [told] = notices(at, 'pipeline-only');
    expect(permissions(told?.json.putBack)).toEqual(BACK);
    expect(told?.json.putBack).toMatchObject({ from: 'request' });
    expect(told?.text).toContain('Make sure that the rules were there before you run this.');
  });

  it('that EC2 did not find is reported by nobody', async () => {
    const at = unknown([], PIPELINE);
    await remove(at, [], request, { unknownIpPermissionSet: request.ipPermissions });
    expect(notices(at, 'pipeline-only')).toEqual([]);
  });

  it('by its values is not mistaken for others that are missing', async () => {
    const at = await known([BASTIONS, PEER], PIPELINE);
    at.securityGroups.close(ID);
    await remove(at, [OTHER], request, {});
    expect(permissions(notices(at, 'pipeline-only')[0]?.json.putBack)).toHaveLength(1);
  });
});
