import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { UNKNOWN_ACTOR } from '../src/domain/actor.ts';
import { policySchemaText } from '../src/policy/json-schema.ts';
import { type LoadedPolicy, loadPolicy, PolicyFaults } from '../src/policy/load.ts';
import { modeFor } from '../src/policy/mode.ts';
import { type Policy, RULES, type RuleId } from '../src/policy/policy.ts';
import { type Command, type Io, UsageError } from './command.ts';

const HELP = `undrift policy: check policy.yml before it is deployed

  undrift policy check [FILE]   Check the policy (policy.yml if no file is given) and print what it says.
                                Every fault is one line: file:line:column path: what was found, what is allowed.
                                A warning is one line too (file:line:column warning: what), and no fault.
  undrift policy schema         Print the JSON Schema of the policy, for editors.

Exit codes: 0 the policy is valid, 2 it is not, or can't be read.`;

/** `undrift policy …`: needs no AWS access. */
export const policyCommand: Command = {
  name: 'policy',
  summary: 'Check policy.yml, or print its JSON Schema',
  help: HELP,
  async run(args, io) {
    if (args.includes('--help') || args.includes('-h')) return said(io, [HELP]);
    const [verb, ...rest] = args;
    const surplus = rest.find((arg, index) => arg.startsWith('-') || index > (verb === 'check' ? 0 : -1));
    if (verb === 'check' && surplus === '--policy')
      throw new UsageError('policy check: the file stands by itself: undrift policy check FILE');
    if (surplus !== undefined) throw new UsageError(`policy ${verb}: unexpected argument ${surplus}`);
    if (verb === 'check') return check(rest[0] ?? 'policy.yml', io);
    if (verb === 'schema') return said(io, [policySchemaText().trimEnd()]);
    throw new UsageError(
      `policy: ${verb === undefined ? 'say' : `found ${verb}, not`} check or schema; see undrift policy --help`,
    );
  },
};

async function check(file: string, io: Io): Promise<number> {
  const text = await readText(file);
  try {
    const loaded = loadPolicy(text, file, io.now(), (path) => readFileSync(path, 'utf8'));
    for (const warning of loaded.warnings) io.err(warning);
    return said(io, [`${file} is valid`, ...summary(loaded)]);
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

/** Mode, rules with their modes, exemptions with their ends: what somebody asks before a deployment. */
function summary({ policy }: LoadedPolicy): readonly string[] {
  const width = Math.max(...RULES.map((rule) => rule.length)) + 2;
  const modes = RULES.map((rule) => `  ${rule.padEnd(width)}${ruleLine(rule, policy)}`);
  const exemptions = policy.exemptions.map(
    ({ id, expires, owner, rules }) => `  ${id}  until ${expires}  ${owner}  ${rules?.join(', ') ?? 'every rule'}`,
  );
  return [
    `mode: ${policy.mode ?? 'none (observe)'}, when: ${policy.when}`,
    `budget: ${policy.budget.perGroup ?? 'see budgets'} per group, ${policy.budget.perHour} per hour`,
    'rules:',
    ...modes,
    exemptions.length === 0 ? 'exemptions: none' : 'exemptions:',
    ...exemptions,
  ];
}

function ruleLine(rule: RuleId, policy: Policy): string {
  // A place that no selector names: what applies there applies everywhere; the entries that select are counted.
  const everywhere: Policy = { ...policy, modes: policy.modes.filter(({ select }) => select === null) };
  const { mode, because } = modeFor(rule, { account: '', region: '', actor: UNKNOWN_ACTOR }, everywhere);
  const places = policy.modes.filter(({ rules, select }) => select !== null && (rules?.includes(rule) ?? true)).length;
  const elsewhere = places === 0 ? '' : `, and other modes in ${places === 1 ? 'one place' : `${places} places`}`;
  return `${mode} (${because})${elsewhere}`;
}

function said(io: Io, lines: readonly string[]): number {
  for (const line of lines) io.out(line);
  return 0;
}
