/**
 * The parameter of SSM that the pause flag is in: the source of truth. What its value means is in `domain/pause.ts`.
 *
 * IAM: ssm:GetParameter; the operator's commands: ssm:PutParameter.
 */
import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Pause } from '../domain/pause.ts';
import type { Clock, PauseParameter } from '../roles.ts';
import { systemClock } from './clock.ts';
import { ask } from './errors.ts';

export function ssmPauseParameter(client: SSMClient, name: string, clock: Clock = systemClock): PauseParameter {
  return {
    read: async () => {
      const readAt = clock.now().toISOString();
      const command = new GetParameterCommand({ Name: name });
      const { Parameter } = await ask('ssm', 'GetParameter', () => client.send(command));
      return { value: Parameter?.Value ?? '', version: Parameter?.Version ?? 0, readAt };
    },
    write: async (pause) => {
      const value = pauseText(pause);
      const command = new PutParameterCommand({ Name: name, Type: 'String', Overwrite: true, Value: value });
      const { Version } = await ask('ssm', 'PutParameter', () => client.send(command));
      return { value, version: Version ?? 0, readAt: clock.now().toISOString() };
    },
  };
}

function pauseText(pause: Pause | null): string {
  return JSON.stringify(pause === null ? { paused: false } : { paused: true, ...pause });
}
