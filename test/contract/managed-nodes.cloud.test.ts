import { SendCommandCommand } from '@aws-sdk/client-ssm';
import { describe } from 'vitest';
import { ssmClient } from '../../src/aws/clients.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { ssmManagedNodes } from '../../src/aws/managed-nodes.ts';
import { localCloud } from './cloud.ts';
import { managedNodesSuite } from './managed-nodes.suite.ts';

const cloud = localCloud();
let count = 0;

async function post(path: string, body: object): Promise<void> {
  await fetch(`${cloud().endpoints.main}/_undrift/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

describe('managed nodes, on Systems Manager', () =>
  managedNodesSuite(async () => {
    const ssm = ssmClient('contract', new Deadline());
    return {
      nodes: ssmManagedNodes(ssm),
      node: async (tags, prefix = 'i-') => {
        count += 1;
        const id = `${prefix}${String(count).padStart(17, '0')}`;
        await post('managed', { instances: [{ id, tags }] });
        return id;
      },
      run: async (ids, first) => {
        const command = new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', InstanceIds: [...ids] });
        const id = String((await ssm.send(command)).Command?.CommandId);
        if (first !== undefined) await post('commands', { id, first });
        return id;
      },
      finish: (id) => post('commands', { id, first: null }),
    };
  }));
