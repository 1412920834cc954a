import { parseArgs } from 'node:util';
import type { IncidentStatus } from '../../src/domain/incident.ts';
import { type Io, UsageError, usage } from '../command.ts';
import { DEFAULT_STAGE, stageFrom } from '../stack.ts';

const STATUSES = ['held', 'acting', 'waiting', 'unverified', 'closed'] as const satisfies IncidentStatus[];

export const HELP = `undrift incidents [--held] [--status <status>] [--resource <id>] [--limit <n>] [--json] [--stage <stage>]
undrift incidents show <id> [--resource <id>] [--json] [--stage <stage>]

Lists what undrift found and what came of it, the one written last first; or what it holds; or shows one incident with its whole life.

  --held            all that a guard or a failure holds, the worst first: why, and when it is looked at next; of more than
                    three alike on one resource, three
  --status <s>      ${STATUSES.join(', ')}
  --resource <id>   only one security group, interface, prefix list or instance; with --held, also an Auto Scaling group:
                    what waits for a slot in it
  --limit <n>       how many, at most (default 20; with --held, all)
  --json            the incidents as JSON
  --stage <stage>   which deployment (default: UNDRIFT_STAGE of the environment, else ${DEFAULT_STAGE})

The id of an incident may be cut short, as long as it is the only one that begins so.`;

export type ListArguments = {
  readonly held: boolean;
  readonly status: IncidentStatus | null;
  readonly resource: string | null;
  /** null: all. */
  readonly limit: number | null;
  readonly json: boolean;
  readonly stage: string;
};
export type ShowArguments = {
  readonly id: string;
  readonly resource: string | null;
  readonly json: boolean;
  readonly stage: string;
};

const COMMON = { resource: { type: 'string' }, json: { type: 'boolean' }, stage: { type: 'string' } } as const;
const DEFAULT_LIMIT = 20;
const MOST = 1000;

/** @throws UsageError */
export function listArguments(args: readonly string[], env: Io['env']): ListArguments {
  const { values } = usage('incidents', () =>
    parseArgs({
      args: [...args],
      options: { ...COMMON, held: { type: 'boolean' }, status: { type: 'string' }, limit: { type: 'string' } },
    }),
  );
  if (values.held && values.status !== undefined && values.status !== 'held') {
    throw new UsageError('--held and --status contradict each other');
  }
  const { held = false } = values;
  return { held, status: statusOf(values.status), limit: limitOf(values.limit, held), ...common(values, env) };
}

/** @throws UsageError */
export function showArguments(args: readonly string[], env: Io['env']): ShowArguments {
  const { values, positionals } = usage('incidents show', () =>
    parseArgs({ args: [...args], options: COMMON, allowPositionals: true, strict: true }),
  );
  const [id, ...rest] = positionals;
  if (id === undefined || rest.length > 0) throw new UsageError('incidents show needs the id of one incident');
  if (!/^[0-9a-zA-Z-]+$/.test(id)) throw new UsageError('an id has letters, digits and dashes only');
  return { id, ...common(values, env) };
}

type Common = { resource?: string | undefined; json?: boolean | undefined; stage?: string | undefined };

function common({ resource, json = false, stage }: Common, env: Io['env']) {
  return { resource: resource ?? null, json, stage: stageFrom(stage, env) };
}

function statusOf(text: string | undefined): IncidentStatus | null {
  if (text === undefined) return null;
  const status = STATUSES.find((known) => known === text);
  if (status === undefined) throw new UsageError(`--status ${text}: one of ${STATUSES.join(', ')}`);
  return status;
}

function limitOf(text: string | undefined, held: boolean): number | null {
  if (text === undefined) return held ? null : DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new UsageError(`--limit: a number from 1 to ${MOST}`);
  return limit;
}
