import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const AT = '2026-02-03T04:05:06Z';
const attached = (InstanceId: string, since = '2026-02-01T00:00:00Z') => ({ InstanceId, AttachTime: new Date(since) });

function find(expression: string, attachments: readonly object[] = [attached('i-1')]) {
  const { client, asked } = stub({
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: attachments.map((Attachment) => ({ Attachment })) }),
    DescribeVolumes: () => ({ Volumes: [{ Attachments: attachments }] }),
  });
  return {
    found: awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).find(expression, AT),
    asked,
  };
}

test.each([
  ['address=10.0.1.77', 'addresses.private-ip-address', '10.0.1.77'],
  ['address=2001:db8::77', 'ipv6-addresses.ipv6-address', '2001:db8::77'],
  ['attachment=eni-attach-1', 'attachment.attachment-id', 'eni-attach-1'],
])('%s is looked for among the interfaces', async (expression, name, value) => {
  const { found, asked } = find(expression);
  expect(await found).toEqual(['i-1']);
  const input = { Filters: [{ Name: name, Values: [value] }] };
  expect(asked).toEqual([{ action: 'DescribeNetworkInterfaces', input }]);
});

test.each([
  ['10.0.1.77', { PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.77', Primary: true }] }, ['i-1']],
  ['10.0.1.77', { PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.77', Primary: false }] }, []],
  ['2001:db8::77', { Ipv6Addresses: [{ Ipv6Address: '2001:db8::77', IsPrimaryIpv6: false }] }, []],
])('%s counts where it cannot have come from another interface since: %j', async (address, face, expected) => {
  const { client } = stub({
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [{ Attachment: attached('i-1'), ...face }] }),
  });
  const fleet = awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client });
  expect(await fleet.find(`address=${address}`, AT)).toEqual(expected);
});

test('a volume is asked for by its id', async () => {
  const { found, asked } = find('volume=vol-1');
  expect(await found).toEqual(['i-1']);
  expect(asked).toEqual([{ action: 'DescribeVolumes', input: { VolumeIds: ['vol-1'] } }]);
});

test.each(['*', 'tag:Env=prod', 'session=ada-1', 'association=b7c3', 'resource-groups:Name=web', 'volume', '=vol-1'])(
  '%s finds nobody, and nobody is asked',
  async (expression) => {
    const { found, asked } = find(expression);
    expect(await found).toEqual([]);
    expect(asked).toEqual([]);
  },
);

describe.each(['address=10.0.1.77', 'volume=vol-1'])('of those that have %s', (expression) => {
  test('one to which it was attached after the change has only inherited it', async () => {
    const both = [attached('i-1', '2026-02-03T04:05:06Z'), attached('i-2', '2026-02-03T04:05:07Z')];
    expect(await find(expression, both).found).toEqual(['i-1']);
  });

  test('all are told, each once', async () => {
    const three = [attached('i-1'), attached('i-2'), attached('i-1')];
    expect(await find(expression, three).found).toEqual(['i-1', 'i-2']);
  });

  test('what no instance has is nobody', async () => {
    expect(await find(expression, [{ AttachTime: new Date('2026-02-01T00:00:00Z') }]).found).toEqual([]);
    expect(await find(expression, []).found).toEqual([]);
  });
});

test('a volume that is gone is nobody’s', async () => {
  const { client } = stub({ DescribeVolumes: () => awsError('InvalidVolume.NotFound') });
  expect(
    await awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).find('volume=vol-1', AT),
  ).toEqual([]);
});

test.each([
  ['volume=vol-1', 'DescribeVolumes'],
  ['address=10.0.1.77', 'DescribeNetworkInterfaces'],
])('%s: a call that EC2 refuses for now goes back to the queue', async (expression, action) => {
  const { client } = stub({ [action]: () => awsError('RequestLimitExceeded') });
  await expect(
    awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).find(expression, AT),
  ).rejects.toThrow(Retryable);
});
