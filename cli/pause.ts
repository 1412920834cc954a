import { parseArgs } from 'node:util';
import { SSMClient } from '@aws-sdk/client-ssm';
import { ssmSwitch, writeSwitch } from '../src/aws/switch.ts';
import { plain } from '../src/notice/plain.ts';
import { duration, utc } from '../src/notice/time.ts';
import type { Pause } from '../src/roles.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { clientSettings, DEFAULT_STAGE, findStack, inOneLine, stackName, stageFrom } from './stack.ts';
import { whoAmI } from './who.ts';

/** What the commands need of the world: the switch of a stage, and who is at the keyboard. */
export type PauseWorld = {
  /** Returns the pause that was in force and is no more; null where there was none, or nobody could tell. */
  pause(stage: string, env: Io['env'], pause: Pause): Promise<Pause | null>;
  /** Ends a pause. False when it is sure that there was none. */
  resume(stage: string, env: Io['env'], now: string): Promise<boolean>;
  user(): string;
};

const realWorld: PauseWorld = {
  pause: async (stage, env, pause) => {
    const { name, client, parameter } = await switchOf(stage, env);
    const before = await ssmSwitch(client, parameter)
      .read(pause.at)
      .catch(() => null);
    await inOneLine(name, () => writeSwitch(client, parameter, pause));
    return before;
  },
  resume: async (stage, env, now) => {
    const { name, client, parameter } = await switchOf(stage, env);
    // A switch that cannot be read holds everything, as a pause does. A read may lag behind, so it is written anyhow.
    const before = await ssmSwitch(client, parameter)
      .read(now)
      .catch(() => 'unreadable');
    await inOneLine(name, () => writeSwitch(client, parameter, null));
    return before !== null;
  },
  user: whoAmI,
};

async function switchOf(stage: string, env: Io['env']) {
  const { name, region, pauseParameter } = await findStack(stage, env);
  return { name, client: new SSMClient({ ...clientSettings(env), region }), parameter: pauseParameter };
}

const PAUSE_HELP = `undrift pause --for <time> --reason <words> [--stage <stage>]

Stops undrift from acting, for a time. Changes are still seen, decided, recorded and told; they are held as "paused".
A further pause takes the place of the one before, whether it lasts longer or not.

  --for <time>      compulsory: 30m, 2h, at most 24h (or 1d)
  --reason <words>  compulsory: a sentence for those who are told of it
  --stage <stage>   which deployment (else UNDRIFT_STAGE, else ${DEFAULT_STAGE})`;

const RESUME_HELP = `undrift resume [--stage <stage>]

Ends a pause before its time. What was held as "paused" is looked at again within minutes.

  --stage <stage>   which deployment (else UNDRIFT_STAGE, else ${DEFAULT_STAGE})`;

const TOLD = 'You will be told of it by a notice within some minutes: the recheck watches the switch.';

export function pauseWith(world: PauseWorld): Command {
  return {
    name: 'pause',
    summary: 'stop acting for a time; changes are still seen and told',
    help: PAUSE_HELP,
    run: async (args, io) => {
      const { stage, seconds, reason } = pauseArguments(args, io.env);
      const now = io.now();
      const until = new Date(now.getTime() + seconds * 1000).toISOString();
      const by = world.user();
      const before = await world.pause(stage, io.env, { until, reason, by, at: now.toISOString() });
      io.out(`${stackName(stage)} is paused until ${utc(until)} (${duration(seconds)}).`);
      if (before !== null) {
        const sooner = before.until > until ? ', which would have lasted longer' : '';
        const words = `"${plain(before.reason, 300)}", until ${utc(before.until)}`;
        io.out(`It takes the place of the pause by ${plain(before.by)} (${words})${sooner}.`);
      }
      io.out(`Signed ${by}, the user of this machine; CloudTrail has the ARN behind it (PutParameter).`);
      io.out(TOLD);
      io.out(`To end it before its time: npx undrift resume --stage ${stage}`);
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
      const stage = stageFrom(parsed(args, { stage: { type: 'string' } }).stage, io.env);
      const name = stackName(stage);
      const ended = await world.resume(stage, io.env, io.now().toISOString());
      if (!ended) {
        io.out(`${name} was not paused: nothing has changed.`);
        return 0;
      }
      io.out(`${name} acts again. What was held as "paused" is looked at again within minutes.`);
      io.out(TOLD);
      return 0;
    },
  };
}

export const pauseCommand = pauseWith(realWorld);
export const resumeCommand = resumeWith(realWorld);

function pauseArguments(args: readonly string[], env: Io['env']): { stage: string; seconds: number; reason: string } {
  const values = parsed(args, { for: { type: 'string' }, reason: { type: 'string' }, stage: { type: 'string' } });
  if (values.for === undefined) throw new UsageError('pause needs --for, for example --for 2h (at most 24h)');
  const reason = values.reason?.trim() ?? '';
  if (reason === '') throw new UsageError('pause needs --reason, a sentence for those who are told of it');
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
function parsed<T extends Options>(args: readonly string[], options: T): { [key in keyof T]?: string } {
  try {
    return parseArgs({ args: [...args], options }).values as { [key in keyof T]?: string };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
