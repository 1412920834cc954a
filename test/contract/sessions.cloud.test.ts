import { StartSessionCommand, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { describe } from 'vitest';
import { ssmClient } from '../../src/aws/clients.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { ssmSessions } from '../../src/aws/sessions.ts';
import { localCloud } from './cloud.ts';
import { sessionsSuite } from './sessions.suite.ts';

const cloud = localCloud();
let nodes = 0;

describe('sessions, on Systems Manager', () =>
  sessionsSuite(async () => {
    const ssm = ssmClient('contract', new Deadline());
    return {
      log: ssmSessions(ssm),
      now: () => new Date(),
      node: async (prefix = 'i-') => {
        nodes += 1;
        const id = `${prefix}${String(nodes).padStart(17, '0')}`;
        const body = JSON.stringify({ instances: [{ id }] });
        await fetch(`${cloud().endpoints.main}/_undrift/managed`, { method: 'POST', body });
        return id;
      },
      begin: async (Target) => String((await ssm.send(new StartSessionCommand({ Target }))).SessionId),
      end: async (SessionId) => void (await ssm.send(new TerminateSessionCommand({ SessionId }))),
    };
  }));
