/** The options of `explain`, and what its help says. */
import { instantOf } from '../../src/inbound/values.ts';
import { UsageError } from '../command.ts';
import type { OptInTag } from './assumed-fleet.ts';

export const HELP = `undrift explain FILE... [options]

What the policy makes of an event, and why: the decision; for groups and
interfaces also who gets through to which port, by which rules, how many
addresses that is, and why these rules go and the others stay; for instances
how they differ from the launch template version that they were launched from,
what of it the policy leaves alone, and by which line; for a command that names
machines by tag or *, what becomes of each. User data is never shown, only its
digest and length. Needs no AWS account.

Without --estate, the state is assumed from the event: a security group has only
the rules in the event, and an instance belongs to a healthy Auto Scaling group
that opted in. Each answer lists what it assumes, the decision for a group that
did not opt in, and the guards that it could not check. Ids that the event does
not hold are placeholders: sgr-assumed-1, i-assumed, asg-assumed. If an event
does not hold enough to decide on, the answer is UNDECIDED.

FILE is an EventBridge event, a CloudTrail record, a Config item or the
invocation of a Config rule; or many of them, as an array, one a line, under
"Records" (a log file of a trail, gzipped or not), or as aws cloudtrail
lookup-events prints them. - reads standard input. More than one event is
followed by a summary. Each event is decided by itself, as if undrift had not
acted on the others.

  --policy FILE       the policy (default: policy.yml)
  --estate FILE       decide on this state: one JSON object with what the AWS
                      CLI prints, under the keys SecurityGroups,
                      SecurityGroupRules, ManagedPrefixLists,
                      PrefixListEntries (list id: [{Cidr, Description}]),
                      NetworkInterfaces, Reservations, AutoScalingGroups,
                      LaunchTemplateVersions, Volumes, Images, Parameters,
                      InstanceAttributes, CommandInvocations and
                      InstanceInformationList. The Groups of interfaces tell
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
  --json              one JSON object a line, for each event: assumed lists
                      what was assumed, with placeholders; otherwise has the
                      decision if that does not hold; machines are there
                      where a call names many, and the estate tells which.
                      More than one event is followed by {"summary": ...}
  --now TIME          judge as of this time (ISO 8601; default: now)
  --opt-in-tag K=V    tag of Auto Scaling groups whose instances may be
                      replaced (default: undrift:replace=allowed)

Exit code: 1 something would be remediated, on the given or assumed state, now
or later (on hold as tainted), even if another event could not be read or
decided; 2 nothing is known to be remediated, but an event could not be read or
decided, or not all of it; also 2 if the command could not run; 0 otherwise.
Other holds count as not remediated.

Examples:
  undrift explain event.json
  undrift explain event.json --estate state.json --policy policy.yml
  undrift explain logs/*.json.gz --json | tail -n 1
  aws cloudtrail lookup-events | undrift explain -`;

export const OPTIONS = {
  policy: { type: 'string', default: 'policy.yml' },
  estate: { type: 'string' },
  json: { type: 'boolean', default: false },
  now: { type: 'string' },
  'opt-in-tag': { type: 'string', default: 'undrift:replace=allowed' },
} as const;

export function readNow(text: string): Date {
  const instant = instantOf(text);
  if (instant === null) throw new UsageError(`--now: expected a time such as 2026-02-03T04:05:06Z, found ${text}`);
  return new Date(instant);
}

export function readTag(text: string): OptInTag {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new UsageError(`--opt-in-tag: expected KEY=VALUE, found ${text}`);
  return { key, value };
}
