/**
 * How the time of an invocation is divided. Every call to AWS has a cap for all its attempts together. It leaves time for what
 * may have to follow: the record, the notification, giving the message back, and Lambda's answer.
 */

/** The services that undrift calls. */
export type Service =
  | 'ec2'
  | 'auto-scaling'
  | 'load-balancing'
  | 'iam'
  | 'ssm'
  | 'cloudtrail'
  | 'dynamodb'
  | 'sns'
  | 'sqs';

/** Milliseconds for one call with all its attempts, the SDK's waits between them included. */
export const CALL_CAP: Readonly<Record<Service, number>> = {
  // Reads of EC2 and Auto Scaling over many resources take seconds on a bad day.
  ec2: 10_000,
  'auto-scaling': 10_000,
  // Without an answer the replacement counts as not healthy, and is asked about again.
  'load-balancing': 3_000,
  // Global; no act waits for it.
  iam: 3_000,
  ssm: 3_000,
  // For a message out of the dead-letter queue only.
  cloudtrail: 3_000,
  dynamodb: 5_000,
  // No act waits for a notification.
  sns: 5_000,
  sqs: 3_000,
};

/** Lambda must have the answer before the function is stopped. */
const ANSWER = 1_000;
const GIVE_BACK = ANSWER + CALL_CAP.sqs;
const RECORD = GIVE_BACK + CALL_CAP.dynamodb;
/** What reads or changes a resource leaves time to record it, to notify, and to give the message back. */
export const SETTLE = RECORD + CALL_CAP.sns;

/** Milliseconds that must be left of the invocation when the call ends. */
const KEPT: Readonly<Record<Service, number>> = {
  ec2: SETTLE,
  'auto-scaling': SETTLE,
  'load-balancing': SETTLE,
  iam: SETTLE,
  ssm: SETTLE,
  cloudtrail: SETTLE,
  sns: RECORD,
  dynamodb: GIVE_BACK,
  sqs: ANSWER,
};

/** Milliseconds that a call begun with so many left may take; none are left when the result is not positive. */
export function timeFor(service: Service, left: number): number {
  return Math.min(CALL_CAP[service], left - KEPT[service]);
}

/** A message, or a further resource of one, is begun only if a whole call to EC2 still fits. */
export const ENOUGH_TO_BEGIN = SETTLE + CALL_CAP.ec2;
