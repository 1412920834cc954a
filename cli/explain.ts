/** `undrift explain`: what the policy makes of an event, and why. Needs no AWS account. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseJson } from '../src/inbound/json.ts';
import { MalformedEvent } from '../src/inbound/malformed.ts';
import { clean } from '../src/notice/plain.ts';
import { type LoadedPolicy, loadPolicy, PolicyFaults } from '../src/policy/load.ts';
import { type Command, type Io, UsageError, usage } from './command.ts';
import { type Answer, answer, type Setting } from './explain/answer.ts';
import { HELP, OPTIONS, readNow, readTag } from './explain/arguments.ts';
import { type EstateFile, readEstate } from './explain/estate-file.ts';
import { readInputs, readText } from './explain/input.ts';
import { exitCode, summaryOf } from './explain/outcome.ts';
import { painter } from './explain/paint.ts';
import { toJson } from './explain/record.ts';
import { summaryWords } from './explain/summary.ts';
import { explained } from './explain/text.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'what the policy makes of an event, and why',
  help: HELP,
  async run(args, io) {
    const { values, positionals } = usage('explain', () =>
      parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    );
    if (positionals.length === 0)
      throw new UsageError('explain: name at least one file with an event, or - for standard input');
    const setting: Setting = {
      ...readPolicy(values.policy, io),
      estate: values.estate === undefined ? null : readEstateFile(values.estate, io),
      now: values.now === undefined ? io.now() : readNow(values.now),
      optInTag: readTag(values['opt-in-tag']),
    };
    const inputs = positionals.flatMap((file) => readInputs(file, io));
    const answers = await Promise.all(inputs.map((input) => answer(input, setting)));
    print(answers, values.json, io);
    return exitCode(answers);
  },
};

const DEFAULT_POLICY = OPTIONS.policy.default;

function readPolicy(file: string, io: Io): Pick<LoadedPolicy, 'policy' | 'placeOf'> {
  if (file === DEFAULT_POLICY && !existsSync(file)) {
    throw new UsageError(`explain: there is no ${file} here; name the policy with --policy FILE`);
  }
  try {
    return loadPolicy(readText(file, io), file, io.now(), (path) => readFileSync(path, 'utf8'));
  } catch (error) {
    throw error instanceof PolicyFaults ? new UsageError(error.message) : error;
  }
}

function readEstateFile(file: string, io: Io): EstateFile {
  try {
    return readEstate(parseJson(readText(file, io)));
  } catch (error) {
    throw error instanceof MalformedEvent ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

function print(answers: readonly Answer[], json: boolean, io: Io): void {
  for (const one of answers) for (const line of faultLines(one)) io.err(`explain: ${line}`);
  const summary = answers.length > 1 ? summaryOf(answers) : null;
  if (json) {
    for (const one of answers) io.out(JSON.stringify(toJson(one)));
    if (summary !== null) io.out(JSON.stringify({ summary }));
    return;
  }
  const several = new Set(answers.filter(({ index }) => index > 0).map(({ input }) => input));
  const paint = painter(io.colour === true);
  // What could not be read at all is on standard error; of what was read in part, the rest is decided.
  const told = answers.filter(({ error, change }) => error === null || change !== null);
  const blocks = told.map((one) => explained(one, several.has(one.input), paint));
  const all = summary === null ? blocks : [...blocks, summaryWords(summary, several, paint)];
  all.forEach((lines, position) => {
    if (position > 0) io.out('');
    for (const line of lines) io.out(line);
  });
}

/** What could not be read or decided: the exit code is 2 unless something would be remediated. */
function faultLines(one: Answer): readonly string[] {
  const fault = one.error === null ? [] : [faultText(one)];
  const [first, ...more] = one.undecided;
  if (first === undefined) return fault;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  const words = `${clean(first.id, LONGEST)} is undecided: ${clean(first.reason, LONGEST)}${others}`;
  return [...fault, `${one.input} [${one.index}]: ${words}`];
}

const LONGEST = 400;

/** A file's own fault names the file already. */
function faultText({ input, index, error }: Answer): string {
  const message = error?.message ?? '';
  return message.startsWith(`${input}: `) ? message : `${input} [${index}]: ${message}`;
}
