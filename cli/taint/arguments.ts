import { parseArgs } from 'node:util';
import { type Io, UsageError, usage } from '../command.ts';
import { pauseSeconds } from '../pause.ts';
import { DEFAULT_STAGE, stageFrom } from '../stack.ts';

export const HELP = `undrift taint list [--json] [--stage <stage>]
undrift taint prolong <id> --for <time> --reason <words> [--resource <id>] [--stage <stage>]
undrift taint clear <id> --reason <words> [--resource <id>] [--stage <stage>]

An instance that somebody entered is tainted: it is replaced some time after they left. So is one that was altered under
a rule with a grace. This lists such instances; leaves one alone for longer; or clears it, so that it is not replaced for
this. What was done stays in the incident.

  --for <time>      compulsory for prolong: 30m, 2h, at most 24h from now, and never beyond taint.maxHours of the policy that is deployed
  --reason <words>  compulsory for prolong and clear: a sentence for those who ask later
  --resource <id>   the instance; finds older incidents, too
  --json            the incidents as JSON
  --stage <stage>   which deployment (default: UNDRIFT_STAGE of the environment, else ${DEFAULT_STAGE})

The id of an incident may be cut short, as long as it is the only one that begins so.`;

type Wanted = { readonly stage: string };
export type ListArguments = Wanted & { readonly verb: 'list'; readonly json: boolean };
export type ChangeArguments = Wanted & {
  readonly id: string;
  readonly resource: string | null;
  readonly json: false;
  readonly reason: string;
} & ({ readonly verb: 'clear' } | { readonly verb: 'prolong'; readonly seconds: number });

const STAGE = { stage: { type: 'string' } } as const;
const CHANGE = { ...STAGE, reason: { type: 'string' }, resource: { type: 'string' } } as const;
const PROLONG = { ...CHANGE, for: { type: 'string' } } as const;

/** @throws UsageError */
export function taintArguments([verb, ...rest]: readonly string[], env: Io['env']): ListArguments | ChangeArguments {
  switch (verb) {
    case 'list': {
      const { values } = usage(`taint ${verb}`, () =>
        parseArgs({ args: rest, options: { ...STAGE, json: { type: 'boolean' } } }),
      );
      return { verb, json: values.json ?? false, stage: stageFrom(values.stage, env) };
    }
    case 'clear': {
      const { values, positionals } = usage(`taint ${verb}`, () =>
        parseArgs({ args: rest, options: CHANGE, allowPositionals: true }),
      );
      return { verb, ...changeOf(verb, positionals, values, env) };
    }
    case 'prolong': {
      const { values, positionals } = usage(`taint ${verb}`, () =>
        parseArgs({ args: rest, options: PROLONG, allowPositionals: true }),
      );
      const change = changeOf(verb, positionals, values, env);
      if (values.for === undefined) throw new UsageError('taint prolong needs --for, for example --for 2h');
      return { verb, ...change, seconds: pauseSeconds(values.for) };
    }
    default:
      throw new UsageError(`taint: ${verb === undefined ? 'say' : `found ${verb}, not`} list, prolong or clear`);
  }
}

type Values = { readonly stage?: string; readonly reason?: string; readonly resource?: string };

function changeOf(verb: string, positionals: readonly string[], values: Values, env: Io['env']) {
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) throw new UsageError(`taint ${verb} needs the id of one incident`);
  if (!/^[0-9a-zA-Z-]+$/.test(id)) throw new UsageError('an id has letters, digits and dashes only');
  const reason = values.reason?.trim() ?? '';
  if (reason === '') throw new UsageError(`taint ${verb} needs --reason, a sentence for those who ask later`);
  const { resource = null, stage } = values;
  return { id, resource, json: false as const, reason: reason.slice(0, 300), stage: stageFrom(stage, env) };
}
