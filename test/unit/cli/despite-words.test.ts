import { expect, test } from 'vitest';
import { call, INSTANCE } from '../inbound/perfect.ts';
import { estate, machine } from './estate.ts';
import { run } from './fake-io.ts';
import { file } from './files.ts';

const POLICY = `version: 1
mode: enforce
rules:
  internet:
    protects: [{ name: SSH, ports: [22] }]
  user-data-changed: {}
replaceDespite:
  - what: [single-instance]
    select: { autoScalingGroup: [db] }
    reason: The database may be out at night.
  - what: [elastic-ip, further-volumes]
    select: { autoScalingGroup: [web] }
    reason: Its address moves by itself.
`;
const CHANGED = call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: '<sensitiveDataRemoved>' });
const WITH_ADDRESS = machine(INSTANCE, {
  NetworkInterfaces: [
    { NetworkInterfaceId: 'eni-1', Attachment: { DeviceIndex: 0 }, Association: { IpOwnerId: '123456789012' } },
  ],
});

async function explained(policy: string, event: unknown = CHANGED): Promise<string> {
  const known = estate({ Reservations: [{ Instances: [WITH_ADDRESS] }] });
  const options = ['--policy', file('despite.yml', policy), '--estate', file('estate.json', known)];
  const { code, out, err } = await run(['explain', file('event.json', event), ...options]);
  expect({ code, err }).toEqual({ code: out.includes('REMEDIATE') ? 1 : 0, err: '' });
  return out.replace(/\s+/g, ' ');
}

test('explain names the entry that lets an instance be replaced despite of its address, with its line', async () => {
  const text = await explained(POLICY);
  expect(text).toContain('REMEDIATE rule user-data-changed');
  const words = `${INSTANCE} is not held for further-volumes, elastic-ip, by replaceDespite[1]`;
  expect(text).toMatch(
    new RegExp(`${words.replace(/[[\]]/g, '\\$&')} \\(.*despite\\.yml:11\\): Its address moves by itself\\.`),
  );
  expect(text).not.toContain('replaceDespite[0]');
});

test('explain says nothing of it where no entry is about the instance, or nothing is found', async () => {
  const elsewhere = await explained(POLICY.replace('[web]', '[api]'));
  expect(elsewhere).toContain('HOLD rule user-data-changed guard state-at-risk');
  expect(elsewhere).not.toContain('replaceDespite');
  const looked = call('DescribeInstances', null);
  expect(await explained(POLICY, looked)).not.toContain('replaceDespite');
});
