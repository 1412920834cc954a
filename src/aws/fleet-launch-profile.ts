/**
 * Whether the instance profiles are there that a group launches with. IAM: iam:GetInstanceProfile, on the profiles of the
 * account.
 *
 * IAM answers from one Region for the whole world. When that Region does not answer, undrift cannot know, and does not act;
 * but neither does it let the message go back to its queue until it is received too often: the act is held as
 * `unreadable`, which is told, and looked at again for as long as it takes.
 */
import { GetInstanceProfileCommand, type IAMClient } from '@aws-sdk/client-iam';
import { profileName } from '../domain/drift.ts';
import type { AutoScalingGroup } from '../domain/estate.ts';
import { Retryable } from '../roles.ts';
import { ask, isCode } from './errors.ts';
import { Missing, Unanswered } from './fleet-launch-needs.ts';

/** The second is what IAM says of a name that no profile can have. */
const GONE = ['NoSuchEntity', 'NoSuchEntityException', 'ValidationError'];

/** @throws Missing, Unanswered, AwsRefused */
export async function checkProfiles(
  iam: IAMClient,
  group: AutoScalingGroup,
  profiles: readonly string[],
): Promise<void> {
  await Promise.all(profiles.map((profile) => checkProfile(iam, group, profile)));
}

async function checkProfile(iam: IAMClient, group: AutoScalingGroup, profile: string): Promise<void> {
  const byArn = profile.startsWith('arn:');
  if (byArn && !profile.startsWith(ownProfiles(group))) {
    throw new Missing(`${profile} is no instance profile of this account`);
  }
  const found = await read(iam, profileName(profile));
  // EC2 takes an ARN only as it is, its path included; a name alone finds the profile under any path.
  if (found === undefined || (byArn && found.Arn !== profile)) {
    throw new Missing(`the instance profile ${profile} is not there (any more)`);
  }
  // EC2 refuses to launch with one that has none.
  if ((found.Roles ?? []).length === 0) throw new Missing(`the instance profile ${profile} has no role`);
}

async function read(iam: IAMClient, InstanceProfileName: string) {
  const command = new GetInstanceProfileCommand({ InstanceProfileName });
  try {
    return (await ask('iam', 'GetInstanceProfile', () => iam.send(command))).InstanceProfile;
  } catch (error) {
    if (isCode(error, ...GONE)) return undefined;
    if (error instanceof Retryable) throw new Unanswered(error.message);
    throw error;
  }
}

/** `arn:aws:autoscaling:eu-central-1:123456789012:…` → `arn:aws:iam::123456789012:instance-profile/` */
function ownProfiles({ arn }: AutoScalingGroup): string {
  const [, partition, , , account] = arn.split(':');
  return `arn:${partition}:iam::${account}:instance-profile/`;
}
