/** Environment, policy and clients → what the flow needs, once per cold start. The only reader of process.env. */
import { build } from 'undrift:build';
import { CHANCE } from './aws/chance.ts';
import {
  autoScalingClient,
  cloudTrailClient,
  dynamoClient,
  ec2Client,
  iamClient,
  loadBalancingClient,
  snsClient,
  sqsClient,
  ssmClient,
} from './aws/clients.ts';
import { sqsDeadLetters } from './aws/dead-letters.ts';
import { Deadline } from './aws/deadline.ts';
import { cloudTrailHistory } from './aws/event-history.ts';
import { awsFleet } from './aws/fleet.ts';
import { dynamoHeartbeatReturns, ssmHeartbeat } from './aws/heartbeat.ts';
import { awsImages } from './aws/images.ts';
import { dynamoLedger } from './aws/ledger.ts';
import { powertoolsLog } from './aws/log.ts';
import { dynamoLookState } from './aws/look-state.ts';
import { dynamoMailBudget } from './aws/mail-budget.ts';
import { ssmManagedNodes } from './aws/managed-nodes.ts';
import { powertoolsMeter } from './aws/meter.ts';
import { ec2Networks } from './aws/networks.ts';
import { snsNotifier } from './aws/notifier.ts';
import { dynamoOutbox } from './aws/outbox.ts';
import { dynamoPauseCopy } from './aws/pause-copy.ts';
import { ssmPauseParameter } from './aws/pause-parameter.ts';
import { sqsQueue } from './aws/queue.ts';
import { ec2Region } from './aws/region.ts';
import { dynamoReportedMessages } from './aws/reported-messages.ts';
import { ec2SecurityGroups } from './aws/security-groups.ts';
import { ssmSessions } from './aws/sessions.ts';
import { snsSubscriptions } from './aws/subscriptions.ts';
import { dynamoPauseWatch, dynamoWatch } from './aws/watch.ts';
import { countedNotifier } from './counted-notifier.ts';
import { readBeats } from './domain/heartbeat.ts';
import type { Unit } from './domain/incident.ts';
import { readReminded } from './domain/reminder.ts';
import { pauseFlagReader } from './pause.ts';
import { pathText } from './policy/fault.ts';
import type { Policy } from './policy/policy.ts';
import { resolvePolicy } from './policy/resolve.ts';
import type { WakeDeps } from './wake.ts';
import type { Work } from './work.ts';
import type { Message, Postman, Worker } from './worker.ts';
import { instanceWork } from './works/instances.ts';
import { networkWork } from './works/networks.ts';
import { securityGroupWork } from './works/security-groups.ts';

/** A remediator, wired: what stays the same from one batch to the next, and the deadline that each batch sets. */
export type Remediator = Omit<Worker, 'remaining'> & {
  readonly deadline: Deadline;
  /** Of the unit's own queue. */
  readonly queueName: string;
};

export function wireSecurityGroups(): Remediator {
  const unit = 'security-groups';
  const policy = policyOfBuild();
  const shared = wireShared(unit);
  const securityGroups = ec2SecurityGroups(ec2Client(unit, shared.deadline), shared.clock.sleep);
  return wireRemediator(
    securityGroupWork({ ...shared, securityGroups, policy, policyDigest: build.policyDigest }),
    policy,
    shared,
  );
}

export function wireInstances(): Remediator {
  const unit = 'instances';
  const policy = policyOfBuild();
  const shared = wireShared(unit);
  const { deadline } = shared;
  const ec2 = ec2Client(unit, deadline);
  const [autoScaling, iam] = [autoScalingClient(unit, deadline), iamClient(unit, deadline)];
  const fleet = awsFleet({ ec2, autoScaling, iam, loadBalancing: loadBalancingClient(unit, deadline) });
  const ssm = ssmClient(unit, deadline);
  const images = awsImages(ec2, ssm);
  const [nodes, sessions] = [ssmManagedNodes(ssm), ssmSessions(ssm)];
  return wireRemediator(instanceWork({ ...shared, fleet, images, nodes, sessions, policy }), policy, shared);
}

export function wireNetworks(): Remediator {
  const unit = 'networks';
  const policy = policyOfBuild();
  const shared = wireShared(unit);
  const networks = ec2Networks(ec2Client(unit, shared.deadline));
  return wireRemediator(networkWork({ ...shared, networks, policy }), policy, shared);
}

export function wireRecheck(): WakeDeps & { readonly deadline: Deadline } {
  const policy = policyOfBuild();
  const shared = wireShared('recheck');
  const table = env('UNDRIFT_LEDGER_TABLE');
  const queue = sqsQueue(shared.sqs);
  const deadLetters = (of: string) => sqsDeadLetters(shared.sqs, env(`UNDRIFT_${of}_DEAD_LETTER_QUEUE_URL`));
  const queues: Readonly<Record<Unit, string>> = {
    'security-groups': env('UNDRIFT_SECURITY_GROUPS_QUEUE_URL'),
    instances: env('UNDRIFT_INSTANCES_QUEUE_URL'),
    networks: env('UNDRIFT_NETWORKS_QUEUE_URL'),
  };
  return {
    ...shared,
    watch: dynamoPauseWatch(shared.dynamo, table),
    reminded: dynamoWatch(shared.dynamo, table, { pk: 'reminded', read: readReminded }),
    heartbeat: {
      parameter: ssmHeartbeat(shared.ssm, env('UNDRIFT_HEARTBEAT_PARAMETER')),
      sent: dynamoWatch(shared.dynamo, table, { pk: 'heartbeat', read: readBeats }),
      returns: dynamoHeartbeatReturns(shared.dynamo, table),
    },
    deadLetters: {
      'security-groups': deadLetters('SECURITY_GROUPS'),
      instances: deadLetters('INSTANCES'),
      networks: deadLetters('NETWORKS'),
      scheduler: deadLetters('RECHECK'),
    },
    subscriptions: {
      notifications: snsSubscriptions(shared.sns, env('UNDRIFT_TOPIC_ARN')),
      alarms: snsSubscriptions(shared.sns, env('UNDRIFT_ALARM_TOPIC_ARN')),
    },
    mailsPerHour: policy.notifications.mailsPerHour,
    random: CHANCE.random,
    place: { account: env('UNDRIFT_ACCOUNT'), region: env('AWS_REGION'), stage: env('UNDRIFT_STAGE') },
    remaining: () => shared.deadline.left(),
    wake: (unit, keys) => queue.wake(queues[unit], keys),
    region: ec2Region(ec2Client('recheck', shared.deadline)),
    looks: dynamoLookState(shared.dynamo, table),
    policy,
    tell: (messages) => queue.send(queues['security-groups'], messages),
  };
}

function wireShared(unit: string) {
  const service = env('POWERTOOLS_SERVICE_NAME');
  const table = env('UNDRIFT_LEDGER_TABLE');
  const deadline = new Deadline();
  const clock = deadline.clock();
  const dynamo = dynamoClient(unit, deadline);
  const { commit, policyDigest } = build;
  const copy = dynamoPauseCopy(dynamo, table);
  const ssm = ssmClient(unit, deadline);
  const parameter = ssmPauseParameter(ssm, env('UNDRIFT_PAUSE_PARAMETER'));
  const sns = snsClient(unit, deadline);
  const telemetry = {
    clock,
    meter: powertoolsMeter(service),
    log: powertoolsLog(service, { unit, commit, policyDigest }),
  };
  return {
    deadline,
    dynamo,
    sns,
    ssm,
    sqs: sqsClient(unit, deadline),
    ledger: dynamoLedger(dynamo, table),
    outbox: dynamoOutbox(dynamo, table),
    mail: dynamoMailBudget(dynamo, table),
    notifier: countedNotifier(snsNotifier(sns, env('UNDRIFT_TOPIC_ARN')), telemetry.meter),
    copy,
    parameter,
    pause: pauseFlagReader({ copy, parameter, ...telemetry }),
    ...telemetry,
  };
}

function wireRemediator(work: Work, policy: Policy, shared: ReturnType<typeof wireShared>): Remediator {
  const { version, commit, policyDigest } = build;
  const deps: Worker['deps'] = {
    ...shared,
    work,
    policy,
    stamp: { version, commit, policyDigest },
    account: env('UNDRIFT_ACCOUNT'),
    stage: env('UNDRIFT_STAGE'),
    random: CHANCE.random,
    ownRoleArns: env('UNDRIFT_OWN_ROLE_ARNS').split(','),
    optInTag: tagOf(env('UNDRIFT_OPT_IN_TAG')),
  };
  const { deadline, sqs, dynamo } = shared;
  return {
    deadline,
    deps,
    postman: postmanOf(sqs, work.unit),
    reported: dynamoReportedMessages(dynamo, env('UNDRIFT_LEDGER_TABLE')),
    history: cloudTrailHistory(cloudTrailClient(work.unit, deadline)),
    heartbeat: {
      parameter: env('UNDRIFT_HEARTBEAT_PARAMETER'),
      role: env('UNDRIFT_SCHEDULER_ROLE_ARN'),
      returns: dynamoHeartbeatReturns(dynamo, env('UNDRIFT_LEDGER_TABLE')),
    },
    queueName: lastOf(env('UNDRIFT_QUEUE_URL'), '/'),
    region: env('AWS_REGION'),
  };
}

function postmanOf(sqs: ReturnType<typeof sqsClient>, unit: Unit): Postman {
  const queue = sqsQueue(sqs);
  const [own, deadLetters] = [env('UNDRIFT_QUEUE_URL'), env('UNDRIFT_DEAD_LETTER_QUEUE_URL')];
  const queueOf = ({ redriven }: Message) => (redriven ? deadLetters : own);
  return {
    hide: (message, seconds) => queue.later(queueOf(message), message.receiptHandle, seconds),
    later: (message, seconds) => queue.later(queueOf(message), message.receiptHandle, seconds),
    park: ({ id, body }, reason) =>
      queue.park(deadLetters, { body, reason, parkedBy: `undrift/${unit}`, originalMessageId: id }),
  };
}

/** The policy was validated when this was built; it is again, so that nothing else than a valid one ever decides. */
function policyOfBuild(): Policy {
  const result = resolvePolicy(build.policy);
  if ('policy' in result) return result.policy;
  const faults = result.faults.map(({ path, message }) => `${pathText(path)}: ${message}`);
  throw new Error(`the policy in this bundle is not valid: ${faults.join('; ')}`);
}

function tagOf(text: string): { key: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Error(`UNDRIFT_OPT_IN_TAG: found ${JSON.stringify(text)}, expected key=value`);
  return { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

const lastOf = (text: string, separator: string) => text.split(separator).at(-1) ?? '';

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}
