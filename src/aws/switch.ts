/**
 * The pause switch, a parameter of SSM: `{"paused":false}` or
 * `{"paused":true,"until":"…","reason":"…","by":"…","at":"…"}`. What cannot be read or understood is an error, so that
 * nothing is done behind the back of somebody who paused.
 *
 * IAM: ssm:GetParameter; the operator's command: ssm:PutParameter.
 */
import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, type Pause, Retryable, type Switch } from '../roles.ts';
import { systemClock } from './clock.ts';
import { ask } from './errors.ts';
import { parsePause } from './pause.ts';

/** Milliseconds that an answer is good for: a batch of messages asks once. */
const FRESH = 5_000;

export function ssmSwitch(client: SSMClient, name: string, clock: Clock = systemClock, fresh = FRESH): Switch {
  let last: { readonly text: string; readonly at: number } | null = null;
  const text = async (): Promise<string> => {
    const at = clock.now().getTime();
    if (last !== null && at - last.at < fresh) return last.text;
    last = null;
    const value = await parameter(client, name);
    last = { text: value, at };
    return value;
  };
  return {
    read: async (now) => {
      try {
        return parsePause(await text(), now);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Retryable(`the pause switch ${name} cannot be read: ${why}`);
      }
    },
  };
}

async function parameter(client: SSMClient, name: string): Promise<string> {
  const command = new GetParameterCommand({ Name: name });
  const { Parameter } = await ask('ssm', 'GetParameter', () => client.send(command));
  return Parameter?.Value ?? '';
}

/** Pauses, or with null lets undrift act again. @throws AwsRefused, Retryable */
export async function writeSwitch(client: SSMClient, name: string, pause: Pause | null): Promise<void> {
  const value = pause === null ? { paused: false } : { paused: true, ...pause };
  const command = new PutParameterCommand({
    Name: name,
    Type: 'String',
    Overwrite: true,
    Value: JSON.stringify(value),
  });
  await ask('ssm', 'PutParameter', () => client.send(command));
}
