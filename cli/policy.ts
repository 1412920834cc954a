import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { policySchemaText } from '../src/policy/json-schema.ts';
import { loadPolicy, PolicyFaults } from '../src/policy/load.ts';
import type { Policy } from '../src/policy/policy.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { summary } from './policy/summary.ts';

const HELP = `undrift policy: check policy.yml before it is deployed

  undrift policy check [FILE] [--json]
                            Check the policy (policy.yml if no file is given) and print what it will do.
                            Every fault is one line: file:line:column path: what was found, what is allowed.
                            A warning is one line too (file:line:column warning: what), and no fault.
                            --json: print the policy instead, with every default filled in.
  undrift policy schema     Print the JSON Schema of the policy, for editors.

Exit codes: 0 the policy is valid, 2 it is not, or can't be read.`;

/** `undrift policy …`: needs no AWS access. */
export const policyCommand: Command = {
  name: 'policy',
  summary: 'Check policy.yml, or print its JSON Schema',
  help: HELP,
  async run(args, io) {
    if (args.includes('--help') || args.includes('-h')) return said(io, [HELP]);
    const [verb, ...options] = args;
    const json = verb === 'check' && options.includes('--json');
    const rest = json ? options.filter((arg) => arg !== '--json') : options;
    const surplus = rest.find((arg, index) => arg.startsWith('-') || index > (verb === 'check' ? 0 : -1));
    if (verb === 'check' && surplus === '--policy')
      throw new UsageError(
        'policy check: unknown option --policy; give the file as an argument: undrift policy check FILE',
      );
    if (surplus !== undefined) {
      const what = surplus.startsWith('-') ? 'unknown option' : 'unexpected argument';
      throw new UsageError(`policy ${verb}: ${what} ${surplus}; see undrift policy --help`);
    }
    if (verb === 'check') return check(rest[0] ?? 'policy.yml', json, io);
    if (verb === 'schema') return said(io, [policySchemaText().trimEnd()]);
    throw new UsageError(
      `policy: ${verb === undefined ? 'say' : `found ${verb}, not`} check or schema; see undrift policy --help`,
    );
  },
};

async function check(file: string, json: boolean, io: Io): Promise<number> {
  const text = await readText(file);
  try {
    const loaded = loadPolicy(text, file, io.now(), (path) => readFileSync(path, 'utf8'));
    for (const warning of loaded.warnings) io.err(warning);
    return said(io, json ? [jsonText(loaded.policy)] : [`${file} is valid`, ...summary(loaded.policy)]);
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    for (const line of error.lines) io.err(line);
    io.err(`${file}: ${error.lines.length === 1 ? 'one fault' : `${error.lines.length} faults`}`);
    return 2;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(code === 'ENOENT' ? `${file}: there is no such file` : `${file} can't be read (${code})`);
  }
}

/** Numbers of addresses are text: they can be larger than readers of JSON take. */
function jsonText(policy: Policy): string {
  return JSON.stringify(policy, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2);
}

function said(io: Io, lines: readonly string[]): number {
  for (const line of lines) io.out(line);
  return 0;
}
