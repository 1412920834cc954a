import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { SecurityGroupEstate } from '../../../src/domain/estate.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { SELECTOR_KEYS } from '../../../src/policy/selector-keys.ts';
import { WHO_CHOOSES, whoChoosesRow } from '../../../src/policy/who-chooses.ts';
import { CONTEXT, HISTORY } from '../decide/perfect.ts';
import { call, record } from '../inbound/perfect.ts';
import { estateOf, GROUP, rule } from '../rules/perfect.ts';
import { MINIMAL, NOW } from './documents.ts';

const VPC = 'vpc-0a1b2c3d4e5f60718';
const BUILDER = 'arn:aws:iam::123456789012:role/ami-builder';
const packer = (select: string) => `${MINIMAL.replace('version: 1', 'version: 1\nmode: enforce\nwhen: any')}exemptions:
  - id: packer
    reason: Packer builds images through a temporary group.
    owner: team-images@example.com
    rules: [internet]
    select: ${select}
    expires: 2026-06-30
`;
const AUTHORIZE = call('AuthorizeSecurityGroupIngress', { groupId: GROUP });
const session = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::123456789012:assumed-role/ami-builder/ci',
  sessionContext: { sessionIssuer: { type: 'Role', arn: BUILDER } },
};
const mallory = { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/mallory' };
const ESTATE = { ...estateOf([rule('sgr-1')]) } as SecurityGroupEstate;
const named: SecurityGroupEstate = { ...ESTATE, group: { ...ESTATE.group, name: 'packer_64f5a0b1', vpcId: VPC } };

function decided(select: string, userIdentity: object) {
  const { policy } = loadPolicy(packer(select), 'policy.yml', NOW);
  const change = parseInbound(record({ ...AUTHORIZE, userIdentity })) as Change;
  return decide(change, named, policy, HISTORY, CONTEXT).map(({ kind, guard }) => [kind, guard]);
}

describe('a security group that is named like the temporary group of an image builder', () => {
  it('cannot be exempt by its name', () => {
    expect(() => loadPolicy(packer('{ securityGroup: ["packer_*"], port: [22] }'), 'policy.yml', NOW)).toThrow(
      'a name, but anyone who creates a group chooses its name',
    );
  });

  it('cannot be exempt by its name and a name that its creator chose for itself', () => {
    const federated = 'arn:aws:sts::123456789012:federated-user/ami-builder';
    const select = `{ securityGroup: ["packer_*"], vpc: [${VPC}], actor: ["${federated}"] }`;
    expect(() => loadPolicy(packer(select), 'policy.yml', NOW)).toThrow('a name, but anyone who creates a group');
  });

  const fenced = `{ securityGroup: ["packer_*"], vpc: [${VPC}], actor: ["${BUILDER}"], port: [22] }`;
  it('is exempt in the network of the builder, and for what the builder did', () => {
    expect(decided(fenced, session)).toEqual([['hold', 'exempted']]);
  });

  it('is closed for everybody else', () => {
    expect(decided(fenced, mallory)).toEqual([['remediate', null]]);
  });
});

describe('the table of who can choose a value', () => {
  it('has every key of a selector', () => {
    expect(new Set(WHO_CHOOSES.map(({ key }) => key))).toEqual(new Set(SELECTOR_KEYS));
  });

  const lines = readFileSync('docs/policy.md', 'utf8').split('\n');
  it.each(WHO_CHOOSES.map(whoChoosesRow))('docs/policy.md has the row %s', (row) => {
    expect(lines).toContain(row);
  });
});
