import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { dynamoPauseCopy } from '../src/aws/pause-copy.ts';
import { ssmPauseParameter } from '../src/aws/pause-parameter.ts';
import { type Pause, type PauseValue, pauseValue } from '../src/domain/pause.ts';
import { shown } from '../src/notice/plain.ts';
import { duration, utc } from '../src/notice/time.ts';
import type { PauseCopy, PauseParameter } from '../src/roles.ts';
import { type Command, type Io, UsageError, usage } from './command.ts';
import { clientSettings, DEFAULT_STAGE, findStack, inOneLine, stackName, stageFrom } from './stack.ts';
import { whoAmI } from './who.ts';

/** The pause flag of a stage: the parameter, and the copy that its workers read. */
type Flag = { readonly parameter: PauseParameter; readonly copy: Pick<PauseCopy, 'write'> };

/** What the commands need of the world: the pause flag of a stage, and who is at the keyboard. */
export type PauseWorld = {
  flagOf(stage: string, env: Io['env']): Promise<Flag>;
  user(): string;
};

const realWorld: PauseWorld = {
  flagOf: async (stage, env) => {
    const { region, pauseParameter, ledgerTable } = await findStack(stage, env);
    const settings = { ...clientSettings(env), region };
    return {
      parameter: ssmPauseParameter(new SSMClient(settings), pauseParameter),
      copy: dynamoPauseCopy(new DynamoDBClient(settings), ledgerTable),
    };
  },
  user: whoAmI,
};

const PAUSE_HELP = `undrift pause --for DURATION --reason TEXT [--stage STAGE]

Stops undrift from acting, for a limited time. Changes are still seen, decided,
recorded and reported; they are placed on hold as "paused". A new pause replaces
the current one, whether it ends earlier or later. The command returns when the
pause is in force.

  --for DURATION   How long to pause (required), at most 24h. Examples: 30m, 2h, 1d.
  --reason TEXT    A sentence for the people who are notified (required).
  --stage STAGE    Deployment to pause (default: UNDRIFT_STAGE, else ${DEFAULT_STAGE}).

Exit codes: 0 paused; 2 error, also when the pause comes into force only within a
minute, as the copy that the workers read could not be written.

Examples:
  undrift pause --for 2h --reason "moving the database" --stage prod
  undrift pause --for 24h --reason "undrift does harm, see chat"`;

const RESUME_HELP = `undrift resume [--stage STAGE]

Ends a pause, and any other value of the pause parameter that stops undrift. The
scheduler checks what is on hold as "paused" again within minutes.

  --stage STAGE    Deployment to resume (default: UNDRIFT_STAGE, else ${DEFAULT_STAGE}).

Exit codes: 0 done; 2 error, also when the resume comes into force only within a
minute, as the copy that the workers read could not be written.

Examples:
  undrift resume --stage prod`;

const NOTIFIED = 'Subscribers are notified within a few minutes.';

export function pauseWith(world: PauseWorld): Command {
  return {
    name: 'pause',
    summary: 'stop acting for a time; changes are still seen and reported',
    help: PAUSE_HELP,
    run: async (args, io) => {
      const { stage, seconds, reason } = pauseArguments(args, io.env);
      const now = io.now();
      const until = new Date(now.getTime() + seconds * 1000).toISOString();
      const by = world.user();
      const flag = await world.flagOf(stage, io.env);
      const before = await valueBefore(flag, now);
      const uncopied = await write(flag, stage, { until, reason, by, at: now.toISOString() });
      refuseUncopied(uncopied, `the pause until ${utc(until)} comes into force`);
      io.out(`${stackName(stage)} is paused until ${utc(until)} (${duration(seconds)}).`);
      for (const line of replaced(before, until)) io.out(line);
      io.out(`Recorded as ${by} (local user). CloudTrail names the ARN (PutParameter).`);
      io.out(NOTIFIED);
      io.out(`To end it sooner: undrift resume --stage ${stage}`);
      return 0;
    },
  };
}

export function resumeWith(world: PauseWorld): Command {
  return {
    name: 'resume',
    summary: 'end a pause',
    help: RESUME_HELP,
    run: async (args, io) => {
      const stage = stageFrom(parsed('resume', args, { stage: { type: 'string' } }).stage, io.env);
      const name = stackName(stage);
      const flag = await world.flagOf(stage, io.env);
      const before = await valueBefore(flag, io.now());
      // A read may lag behind a write, so it is written anyhow.
      refuseUncopied(await write(flag, stage, null), `${name} acts again`);
      if (before?.kind === 'running') io.out(`${name} was not paused: nothing has changed.`);
      else {
        io.out(`${name} acts again. What is on hold as "paused" is checked again within minutes.`);
        io.out(NOTIFIED);
      }
      return 0;
    },
  };
}

/** Null where the parameter cannot be read: it is about to be written all the same. */
async function valueBefore({ parameter }: Flag, now: Date): Promise<PauseValue | null> {
  try {
    return pauseValue((await parameter.read()).value, now.toISOString());
  } catch {
    return null;
  }
}

/** The parameter, then the copy. @returns why the copy could not be written; null when it was. @throws UsageError */
async function write({ parameter, copy }: Flag, stage: string, pause: Pause | null): Promise<string | null> {
  const reading = await inOneLine(stackName(stage), () => parameter.write(pause));
  try {
    await copy.write(reading);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Nothing else is printed then, as it would read like success. @throws UsageError where it is not in force yet */
function refuseUncopied(uncopied: string | null, what: string): void {
  if (uncopied === null) return;
  throw new UsageError(
    `${what} within a minute: the copy that the workers read could not be written (${uncopied}); the scheduler writes it`,
  );
}

function replaced(before: PauseValue | null, until: string): readonly string[] {
  if (before === null || before.kind === 'running') return [];
  if (before.kind === 'stopped')
    return [`It replaces a value that had stopped undrift without an end (${before.why}).`];
  const longer = before.until > until ? ', which would have lasted longer' : '';
  const words = `"${shown(before.reason, 300)}", until ${utc(before.until)}`;
  return [`It replaces the pause by ${shown(before.by)} (${words})${longer}.`];
}

export const pauseCommand = pauseWith(realWorld);
export const resumeCommand = resumeWith(realWorld);

function pauseArguments(args: readonly string[], env: Io['env']): { stage: string; seconds: number; reason: string } {
  const values = parsed('pause', args, {
    for: { type: 'string' },
    reason: { type: 'string' },
    stage: { type: 'string' },
  });
  if (values.for === undefined) throw new UsageError('pause needs --for, for example --for 2h (at most 24h)');
  const reason = values.reason?.trim() ?? '';
  if (reason === '') throw new UsageError('pause needs --reason, a sentence for the people who are notified');
  const stage = stageFrom(values.stage, env);
  return { stage, seconds: pauseSeconds(values.for), reason: reason.slice(0, 300) };
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** `30m`, `2h`, `1d` in seconds: more than none, at most a day, as nobody remembers a longer pause. @throws UsageError */
export function pauseSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(seconds) || seconds === 0) throw new UsageError(`--for ${text}: give a time such as 30m, 2h or 1d`);
  if (seconds > 86_400) throw new UsageError(`--for ${text}: at most 24h`);
  return seconds;
}

type Options = Readonly<Record<string, { readonly type: 'string' }>>;

/** @throws UsageError for an unknown option, an option without its value, or a stray word */
function parsed<T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
): { [key in keyof T]?: string } {
  return usage(command, () => parseArgs({ args: [...args], options }).values as { [key in keyof T]?: string });
}
