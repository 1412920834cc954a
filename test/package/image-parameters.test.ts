import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowed, FUNCTIONS, type FunctionName, listOf, roleOf } from './iam.ts';
import { APPROVING, type Packaged, packageTemplate, remove } from './stage.ts';

let usual: Packaged;
let approving: Packaged;
beforeAll(async () => {
  usual = await packageTemplate();
  approving = await packageTemplate(APPROVING);
});
afterAll(async () => {
  await remove(usual);
  await remove(approving);
});

const without = (name: FunctionName) => roleOf(name, usual.template).statements;
const withIt = (name: FunctionName) => roleOf(name, approving.template).statements;
const read = (parameter: string, owner = '123456789012', region = 'us-east-1') => ({
  action: 'ssm:GetParameter',
  resource: `arn:aws:ssm:${region}:${owner}:parameter/${parameter}`,
});
const PUBLIC = 'aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';

describe('reading the parameters that images are approved by', () => {
  it('is for instances: those that the policy names', async () => {
    for (const request of [read('golden/ami'), read('plain')]) {
      expect(await allowed(withIt('instances'), request), request.resource).toBe(true);
      expect(await allowed(without('instances'), request), request.resource).toBe(false);
    }
  });

  it('takes the form that parameters of AWS have, which belong to no account', () => {
    const resources = withIt('instances').flatMap(({ Sid, Resource }) =>
      Sid === 'ImageParameters' ? listOf(Resource) : [],
    );
    expect(resources).toContain(`arn:aws:ssm:us-east-1::parameter/${PUBLIC}`);
    expect(resources).toHaveLength(3);
  });

  it('is for no other parameter, account or Region', async () => {
    const others = [
      read('golden/other'),
      read('golden/ami', '210987654321'),
      read('golden/ami', '123456789012', 'eu-west-1'),
    ];
    for (const request of others) expect(await allowed(withIt('instances'), request), request.resource).toBe(false);
  });

  it.each(['securityGroups', 'networks', 'recheck'] as const)('is never for %s', async (name) => {
    expect(await allowed(withIt(name), read('golden/ami'))).toBe(false);
  });

  it.each(FUNCTIONS)('is the one right of all of %s that the policy moves', (name) => {
    const before = without(name).map((statement) => JSON.stringify(statement));
    const moved = withIt(name).filter((statement) => !before.includes(JSON.stringify(statement)));
    expect(moved.flatMap(({ Action }) => listOf(Action))).toEqual(name === 'instances' ? ['ssm:GetParameter'] : []);
  });
});
