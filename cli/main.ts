/** The `undrift` command: picks the subcommand and turns whatever it throws into one line and an exit code. */
import { build } from 'undrift:build';
import { clean } from '../src/notice/plain.ts';
import { didYouMean } from '../src/policy/fault.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { processIo } from './process-io.ts';

type Entry = { readonly name: string; load(): Promise<Command> };

/** Loaded when it is called, so that `explain` and `policy` start without the clients of AWS. */
const COMMANDS: readonly Entry[] = [
  { name: 'explain', load: async () => (await import('./explain.ts')).explainCommand },
  { name: 'policy', load: async () => (await import('./policy.ts')).policyCommand },
  { name: 'incidents', load: async () => (await import('./incidents.ts')).incidentsCommand },
  { name: 'pause', load: async () => (await import('./pause.ts')).pauseCommand },
  { name: 'resume', load: async () => (await import('./pause.ts')).resumeCommand },
  { name: 'taint', load: async () => (await import('./taint.ts')).taintCommand },
];

/** 0 clean or done, 1 findings (where the command is a check), 2 error. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await run(argv, io);
  } catch (error) {
    io.err(`undrift: ${messageOf(error)}`);
    return 2;
  }
}

async function run([first, ...rest]: readonly string[], io: Io): Promise<number> {
  if (first === undefined) return said(await overview(), io.err, 2);
  if (first === '--version') return said(`undrift ${build.version} (${build.commit})`, io.out, 0);
  if (first === '--help' || first === '-h') return said(await overview(), io.out, 0);
  if (first === 'help') return help(rest, io);
  const command = await find(first);
  if (asksForHelp(rest)) return said(command.help, io.out, 0);
  return command.run(rest, io);
}

async function help([name]: readonly string[], io: Io): Promise<number> {
  return said(name === undefined ? await overview() : (await find(name)).help, io.out, 0);
}

async function find(name: string): Promise<Command> {
  const entry = COMMANDS.find((one) => one.name === name);
  if (entry !== undefined) return entry.load();
  const names = [...COMMANDS.map((one) => one.name), 'help'];
  const meant = didYouMean(name, names);
  const hint = meant === null ? `the commands are ${names.join(', ')}` : `did you mean ${meant}?`;
  const kind = name.startsWith('-') ? 'option' : 'command';
  throw new UsageError(`unknown ${kind} ${clean(name, 60)}: ${hint}`);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

async function overview(): Promise<string> {
  const commands = await Promise.all(COMMANDS.map((one) => one.load()));
  return [
    'undrift puts an AWS account back the way its code says.',
    '',
    'undrift COMMAND [options]',
    '',
    ...commands.map(
      ({ name, summary }) => `  ${name.padEnd(10)} ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    ),
    '',
    '  help COMMAND, --help, --version',
    '',
    'Exit code: 0 clean or done, 1 findings (where the command is a check), 2 error.',
  ].join('\n');
}

function said(text: string, print: (line: string) => void, code: number): number {
  print(text);
  return code;
}

/** A fault of ours is told by its message too: a stack trace helps nobody at a prompt. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected: ${String(error)}`;
  return error instanceof UsageError ? error.message : `unexpected: ${error.message}`;
}

// Bundled, this file is the program; as a source it is only imported.
if (!import.meta.url.endsWith('.ts')) process.exitCode = await main(process.argv.slice(2), processIo());
