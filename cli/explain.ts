/** `undrift explain`: what the policy makes of an event, and why. Needs no AWS account. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseJson } from '../src/inbound/json.ts';
import { MalformedEvent } from '../src/inbound/malformed.ts';
import { instantOf } from '../src/inbound/values.ts';
import { type LoadedPolicy, loadPolicy, PolicyFaults } from '../src/policy/load.ts';
import { type Command, type Io, UsageError, usage } from './command.ts';
import { type Answer, answer, type Setting, toJson } from './explain/answer.ts';
import { type EstateFile, readEstate } from './explain/estate-file.ts';
import { readInputs, readText } from './explain/input.ts';
import { explained, painter } from './explain/text.ts';

const HELP = `undrift explain FILE... [options]

What the policy makes of an event, and why: the decision; for groups and
interfaces also who gets through to which port, by which rules, how many
addresses that is, and why these rules go and the others stay; for instances
how they differ from the launch template version that they were launched from,
what of it the policy leaves alone, and by which line; for a command that names
machines by tag or *, what becomes of each. User data is never shown, only its
digest and length. Needs no AWS account.

FILE is an EventBridge event, a CloudTrail record, a Config item or the
invocation of a Config rule; or many of them, as an array, one a line, under
"Records" (a log file of a trail, gzipped or not), or as aws cloudtrail
lookup-events prints them. - reads standard input.

  --policy FILE       the policy (default: policy.yml)
  --estate FILE       decide on this state: one JSON object with what the AWS
                      CLI prints, under the keys SecurityGroups,
                      SecurityGroupRules, ManagedPrefixLists,
                      PrefixListEntries (list id: [{Cidr, Description}]),
                      NetworkInterfaces, Reservations, AutoScalingGroups,
                      LaunchTemplateVersions, Volumes, Images, Parameters,
                      InstanceAttributes, CommandInvocations and
                      InstanceInformationList; without it the state that the
                      event implies is assumed. The Groups of interfaces tell
                      which groups are judged together and who shares them.
                      Instances are compared with LaunchTemplateVersions;
                      sizes and types of volumes need Volumes, volumes that the
                      template does not name need Images, and user data needs
                      InstanceAttributes, a list of what aws ec2
                      describe-instance-attribute --attribute userData prints.
                      Whether an image is approved needs Images, and Parameters
                      where the policy names any (aws ssm get-parameters).
                      Which machines a tag or * means needs Reservations and
                      AutoScalingGroups; of a command also CommandInvocations
                      (aws ssm list-command-invocations --command-id ID), of
                      an association, or a command without an id,
                      InstanceInformationList (aws ssm
                      describe-instance-information)
  --json              one JSON object a line, for each event; with machines
                      where it names many, and the estate tells which
  --now TIME          judge as of this time (ISO 8601; default: now)
  --opt-in-tag K=V    tag of Auto Scaling groups whose instances may be
                      replaced (default: undrift:replace=allowed)

Exit code: 0 when every event was answered, 2 when one could not be read.`;

const OPTIONS = {
  policy: { type: 'string', default: 'policy.yml' },
  estate: { type: 'string' },
  json: { type: 'boolean', default: false },
  now: { type: 'string' },
  'opt-in-tag': { type: 'string', default: 'undrift:replace=allowed' },
} as const;

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
    return answers.some(({ error }) => error !== null) ? 2 : 0;
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

function readNow(text: string): Date {
  const instant = instantOf(text);
  if (instant === null) throw new UsageError(`--now: expected a time such as 2026-02-03T04:05:06Z, found ${text}`);
  return new Date(instant);
}

function readTag(text: string): { readonly key: string; readonly value: string } {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new UsageError(`--opt-in-tag: expected KEY=VALUE, found ${text}`);
  return { key, value };
}

function print(answers: readonly Answer[], json: boolean, io: Io): void {
  for (const one of answers) {
    if (one.error !== null) io.err(`explain: ${faultText(one)}`);
  }
  if (json) {
    for (const one of answers) io.out(JSON.stringify(toJson(one)));
    return;
  }
  const several = new Set(answers.filter(({ index }) => index > 0).map(({ input }) => input));
  const paint = painter(io.colour === true);
  const told = answers.filter(({ error }) => error === null);
  told.forEach((one, position) => {
    if (position > 0) io.out('');
    for (const line of explained(one, several.has(one.input), paint)) io.out(line);
  });
}

/** A file's own fault names the file already. */
function faultText({ input, index, error }: Answer): string {
  const message = error?.message ?? '';
  return message.startsWith(`${input}: `) ? message : `${input} [${index}]: ${message}`;
}
