/** What a command may use of the world it runs in. */
export type Io = {
  out(line: string): void;
  err(line: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** True when `out` may be coloured: a terminal, and NO_COLOR is not set. */
  readonly colour?: boolean;
  /** All of standard input; absent where there is none. */
  input?(): string;
};

/** One subcommand. `run` returns the exit code: 0 clean or done, 1 findings (where the command is a check), 2 error. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], io: Io): Promise<number>;
};

/** Input that the user can mend: printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads arguments. @param command as it is typed: `taint list`
 * @throws UsageError in one line, as `command: what is wrong; what to do`
 */
export function usage<T>(command: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${command}: ${faultOf(first)}; see undrift ${command.split(' ')[0]} --help`);
  }
}

/** Of the sentences of node's `parseArgs`, what is wrong. */
function faultOf(message: string): string {
  const [, unknown] = /^Unknown option '([^']+)'/u.exec(message) ?? [];
  if (unknown !== undefined) return `unknown option ${unknown}`;
  const [, valueless] =
    /^Option '(?:-\w, )?(--[a-z-]+)(?: <value>)?' argument (?:missing|is ambiguous)/u.exec(message) ?? [];
  if (valueless !== undefined) return `${valueless} needs a value`;
  const [, surplus] = /^Unexpected argument '([^']*)'/u.exec(message) ?? [];
  return surplus === undefined ? message.replace(/\.$/u, '') : `unexpected argument ${surplus}`;
}
