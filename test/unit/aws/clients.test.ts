import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { expect, test, vi } from 'vitest';
import { ec2Client } from '../../../src/aws/clients.ts';
import { Deadline } from '../../../src/aws/deadline.ts';

test('every call names its unit in the user agent', async () => {
  const agents: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    agents.push(request.headers['user-agent']);
    response.end('<DescribeSecurityGroupsResponse/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  try {
    const client = ec2Client('security-groups', new Deadline());
    await client.send(new DescribeSecurityGroupsCommand({}));
    client.destroy();
  } finally {
    vi.unstubAllEnvs();
    await new Promise((resolve) => server.close(resolve));
  }
  expect(agents).toEqual([expect.stringMatching(/(^| )undrift\/security-groups( |$)/)]);
});
