import { describe, expect, test } from 'vitest';
import { ec2Client } from '../../src/aws/clients.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { ec2Region } from '../../src/aws/region.ts';
import { localCloud } from './cloud.ts';
import { cloudScene } from './network-scene.cloud.ts';
import { RDP, SSH } from './network-scene.ts';
import { regionSuite } from './region.suite.ts';
import { securityGroupsSuite } from './security-groups.suite.ts';
import { interfacesSuite, surroundingsSuite } from './surroundings.suite.ts';

const cloud = localCloud();
const make = () => cloudScene(cloud());

describe('security groups', () => securityGroupsSuite(make));
describe('surroundings', () => surroundingsSuite(make));
describe('the Region', () =>
  regionSuite(async () => ({ ...(await make()), region: ec2Region(ec2Client('contract', new Deadline())) })));
describe('interfaces', () => interfacesSuite(make, 'groups'));

test('a rule that EC2 still lists after it was closed does not keep another one open', async () => {
  const { groups, newGroup, open, close, staleReads, wait } = await make();
  const groupId = await newGroup();
  const [ssh = '', rdp = ''] = await open(groupId, [SSH, RDP]);
  await staleReads(3);
  await close(groupId, [ssh]);
  expect((await groups.revoke(groupId, [ssh, rdp], false)).requestId).toEqual(expect.stringMatching(/./));
  await wait(3);
  const estate = await groups.read(groupId);
  expect(estate).toMatchObject({ rules: [{ egress: true }] });
});
