/** Sessions and commands of the local AWS: what is called, and that undrift reads the event of it. */
import { describe, expect, it } from 'vitest';
import { ACTS } from '../../../scripts/local/acts.mjs';
import type { Clients } from '../../../scripts/scene/clients.mjs';
import { PEOPLE } from '../../../scripts/scene/events.mjs';
import { closeSession, latestSession, openSession, runOnInstances, runOnTag } from '../../../scripts/scene/inside.mjs';
import { parseInbound } from '../../../src/inbound/index.ts';

const ID = 'i-0a1b2c3d4e5f60718';
const SESSION = 'kim-0a1b2c3d4e5f60718';
const COMMAND = '0b1c2d3e-4f50-4a6b-8c7d-8e9f0a1b2c3d';

type Sent = { readonly call: string; readonly input: Record<string, unknown> };

/** A service that gives the same answer to each call, and remembers the calls. */
function service(answer: unknown) {
  const sent: Sent[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Sent['input'] }) => {
    sent.push({ call: command.constructor.name, input: command.input });
    return answer;
  };
  return { sent, client: { send } };
}
const only = (ssm: unknown) => ({ ssm }) as Pick<Clients, 'ssm'>;

/** The event as it reaches a function. */
function read(event: object) {
  const place = { account: '123456789012', region: 'us-east-1', time: '2026-01-01T00:00:00Z' };
  return parseInbound({ version: '0', id: 'b0fd2773-3ab2-569c-b84d-829d39bfd2a8', resources: [], ...place, ...event });
}

describe('a session', () => {
  it('is opened on an instance, and told', async () => {
    const { sent, client } = service({ SessionId: SESSION });
    const { id, event } = await openSession(only(client), ID);
    expect(id).toBe(SESSION);
    expect(sent).toEqual([{ call: 'StartSessionCommand', input: { Target: ID } }]);
    expect(read(event)).toMatchObject({
      name: 'StartSession',
      fact: { kind: 'session-started', sessionId: SESSION },
      resources: [{ type: 'instance', id: ID }],
      actor: { arn: PEOPLE.role.arn },
    });
  });

  it('ends, and that is told', async () => {
    const { sent, client } = service({});
    const event = await closeSession(only(client), SESSION, { userIdentity: PEOPLE.user });
    expect(sent).toEqual([{ call: 'TerminateSessionCommand', input: { SessionId: SESSION } }]);
    expect(read(event)).toMatchObject({ name: 'TerminateSession', actor: { arn: PEOPLE.user.arn } });
  });

  it('is the one that was opened last, of those that are open', async () => {
    const ending = { SessionId: 'kim-3', Target: 'i-3', Status: 'Terminating' };
    const sessions = [ending, { SessionId: 'kim-2', Target: 'i-2', Status: 'Connected' }, { SessionId: 'kim-1' }];
    const { sent, client } = service({ Sessions: sessions });
    expect(await latestSession(only(client))).toEqual({ id: 'kim-2', target: 'i-2' });
    expect(sent).toEqual([{ call: 'DescribeSessionsCommand', input: { State: 'Active' } }]);
    expect(await latestSession(only(service({ Sessions: [ending] }).client))).toBeNull();
  });
});

describe('a command', () => {
  const answer = { Command: { CommandId: COMMAND } };

  it('is run on instances by their ids, and told', async () => {
    const { sent, client } = service(answer);
    const event = await runOnInstances(only(client), [ID]);
    expect(sent).toEqual([
      { call: 'SendCommandCommand', input: { DocumentName: 'AWS-RunShellScript', InstanceIds: [ID] } },
    ]);
    expect(read(event)).toMatchObject({ name: 'SendCommand', resources: [{ type: 'instance', id: ID }] });
  });

  it('is run on what carries a tag, and told with its id, by which undrift looks it up', async () => {
    const { sent, client } = service(answer);
    const event = await runOnTag(only(client), 'aws:autoscaling:groupName', 'web-1');
    const Targets = [{ Key: 'tag:aws:autoscaling:groupName', Values: ['web-1'] }];
    expect(sent).toEqual([{ call: 'SendCommandCommand', input: { DocumentName: 'AWS-RunShellScript', Targets } }]);
    expect(read(event)).toMatchObject({
      name: 'SendCommand',
      resources: [{ type: 'targets', id: 'tag:aws:autoscaling:groupName=web-1', lookUp: { commandId: COMMAND } }],
    });
  });
});

describe('local:event -- end-session', () => {
  const end = async (sessions: readonly object[]) => {
    const events = service({ FailedEntryCount: 0 });
    const clients = { ssm: service({ Sessions: sessions }).client, events: events.client } as unknown as Clients;
    const told = await ACTS.get('end-session')?.({ clients, endpoint: undefined });
    return { told, sent: events.sent };
  };

  it('says what ended, and where to look', async () => {
    const { told, sent } = await end([{ SessionId: SESSION, Target: ID, Status: 'Connected' }]);
    expect(told).toEqual({ said: [`Ended the session ${SESSION} on ${ID}.`], resource: ID });
    expect(sent.map(({ call }) => call)).toEqual(['PutEventsCommand']);
    expect(JSON.stringify(sent[0]?.input)).toContain('TerminateSession');
  });

  it('says what to do where none is open', async () => {
    await expect(end([])).rejects.toThrow(
      'No session is open, so that none can end. Open one with `npm run local:event -- open-session`.',
    );
  });
});
