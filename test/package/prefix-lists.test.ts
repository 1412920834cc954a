import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowed, FUNCTIONS, type FunctionName, listOf, type Request, roleOf } from './iam.ts';
import { type Packaged, packageTemplate, REMOVING, remove } from './stage.ts';

let usual: Packaged;
let removing: Packaged;
beforeAll(async () => {
  usual = await packageTemplate();
  removing = await packageTemplate(REMOVING);
});
afterAll(async () => {
  await remove(usual);
  await remove(removing);
});

/** What a function may do where the policy says `prefixLists: revoke-rules`, or nothing. */
const without = (name: FunctionName) => roleOf(name, usual.template).statements;
/** What it may do where the policy says `prefixLists: remove-entries`. */
const withIt = (name: FunctionName) => roleOf(name, removing.template).statements;

const list = (owner = '123456789012') => `arn:aws:ec2:us-east-1:${owner}:prefix-list/pl-0aaa1111bbb22223c`;
const changeList: Request = {
  action: 'ec2:ModifyManagedPrefixList',
  resource: list(),
  context: { 'aws:RequestedRegion': 'us-east-1' },
};

describe('changing a prefix list', () => {
  it.each(FUNCTIONS)('is not for %s while the policy has rules revoked instead', async (name) => {
    expect(await allowed(without(name), changeList)).toBe(false);
    expect(JSON.stringify(without(name))).not.toMatch(/ModifyManagedPrefixList/i);
  });

  it('is for networks where the policy has entries removed: in lists of this account and Region', async () => {
    expect(await allowed(withIt('networks'), changeList)).toBe(true);
    for (const owner of ['210987654321', 'aws'])
      expect(await allowed(withIt('networks'), { ...changeList, resource: list(owner) }), owner).toBe(false);
    const elsewhere = list().replace('us-east-1', 'eu-west-1');
    expect(await allowed(withIt('networks'), { ...changeList, resource: elsewhere })).toBe(false);
  });

  it.each(['securityGroups', 'instances', 'recheck'] as const)('is never for %s', async (name) => {
    expect(await allowed(withIt(name), changeList)).toBe(false);
  });

  it.each(FUNCTIONS)('is the one right of all of %s that the policy moves', (name) => {
    const moved = withIt(name).filter(
      (statement) => !without(name).some((before) => JSON.stringify(before) === JSON.stringify(statement)),
    );
    expect(moved.flatMap(({ Action }) => listOf(Action))).toEqual(
      name === 'networks' ? ['ec2:ModifyManagedPrefixList'] : [],
    );
  });
});
