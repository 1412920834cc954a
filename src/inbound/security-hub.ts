/**
 * Findings of Security Hub (EventBridge `Security Hub Findings - Imported`), in ASFF: `detail.findings`, a list of one, as
 * "each event sends a single finding" (Security Hub User Guide, "EventBridge event formats"). It is sent again with each update,
 * by its product or by a customer, under the same `Id` and `ProductArn`: that is the same occurrence.
 *
 * Who it is from (`ProductArn`) is kept and not judged here: under the account's own product anybody who may call
 * BatchImportFindings can write every field.
 */
import { createHash } from 'node:crypto';
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { Change, Irrelevant } from '../domain/change.ts';
import { clean } from '../notice/plain.ts';
import { hubSeverity } from './hub-severity.ts';
import { type Envelope, vouched } from './origin.ts';
import { attempt, field, isTrue, items, malformed, type Place, soft, text } from './reader.ts';
import { accountId, eventId, firstInstant, instantOf, region } from './values.ts';

/** "Title is limited to 256 characters" (Security Hub Partner Guide). */
const LONGEST_TITLE = 256;

/** @throws MalformedEvent */
export function parseSecurityHub(detail: Place, envelope: Envelope): Change | Irrelevant {
  const finding = onlyFinding(field(detail, 'findings'));
  const here: Here = {
    account: vouched(accountId, field(finding, 'AwsAccountId'), envelope.account),
    region: vouched(region, field(finding, 'Region'), envelope.region),
  };
  const aside = whyNot(finding) ?? whyElsewhere(finding, here);
  if (aside !== null) return { irrelevant: aside };
  const ids = instancesHere(finding, here);
  if (ids.length === 0)
    return { irrelevant: `${FINDING} that names no instance of this account and Region by its ARN` };
  const product = productArn(field(finding, 'ProductArn'));
  const name = titleOf(field(finding, 'Title'));
  return {
    source: 'security-hub',
    name,
    fact: { kind: 'alert', by: 'security-hub', product, what: name, severity: hubSeverity(finding) },
    resources: ids.map((id) => ({ type: 'instance', id })),
    actor: UNKNOWN_ACTOR,
    // When Security Hub sent it. The times inside (`LastObservedAt`, …) are whatever its sender wrote: one of 1970 would be
    // before all that waits, one of 2099 not have happened yet.
    at: firstInstant(instantOf, envelope.time),
    eventId: identityOf(product, field(finding, 'Id'), envelope),
    requestId: null,
    ...here,
  };
}

const words = (value: unknown) => (typeof value === 'string' ? value : '');

type Here = { readonly account: string; readonly region: string };
const FINDING = 'a finding of Security Hub';

/** Several in one event would have to become several changes, and none may get lost on the way: somebody has to look. */
function onlyFinding(findings: Place): Place {
  const [first, ...more] = items(findings);
  if (first === undefined || more.length > 0) throw malformed(findings, 'one finding, as AWS sends them');
  return first;
}

/** No part of it holds a colon or a slash, so that a pattern's star cannot take `::product/aws/` from elsewhere in it. */
function productArn(place: Place): string {
  const value = text(place);
  if (!/^arn:[a-z-]+:securityhub:[a-z0-9-]*:(?:\d{12})?:product\/[^:/]+\/[^:/]+$/.test(value)) {
    throw malformed(place, 'the ARN of a product, such as arn:aws:securityhub:eu-west-1::product/aws/inspector');
  }
  return value;
}

/** Samples exist to try out receivers, and what GuardDuty finds is heard from itself. */
function whyNot(finding: Place): string | null {
  const { value: title } = field(finding, 'Title');
  const marked = typeof title === 'string' && title.startsWith('[SAMPLE]');
  if (marked || isTrue(field(finding, 'Sample'))) return 'a sample finding of Security Hub';
  if (field(finding, 'RecordState').value === 'ARCHIVED') return 'an archived finding of Security Hub';
  const { value: workflow } = soft(finding, 'Workflow.Status');
  if (workflow === 'SUPPRESSED' || workflow === 'RESOLVED') return `${FINDING} that is ${workflow.toLowerCase()}`;
  const { value: compliance } = soft(finding, 'Compliance.Status');
  if (compliance === 'PASSED' || compliance === 'NOT_AVAILABLE') {
    return `${FINDING} about a control that found nothing (${compliance})`;
  }
  const types = items(field(finding, 'Resources')).map((resource) => soft(resource, 'Type').value);
  if (!types.includes(INSTANCE))
    return `findings of Security Hub about ${clean(words(types[0]) || 'nothing', 100)} are not watched`;
  const byGuardDuty = /::product\/aws\/guardduty$/.test(words(field(finding, 'ProductArn').value));
  return byGuardDuty ? `${FINDING} that GuardDuty itself has sent` : null;
}

/**
 * An administrator's account is sent the findings of its members, and a home Region those of the Regions that are linked to it.
 * What is neither an account nor a Region places it nowhere: the ARNs of its instances do.
 */
function whyElsewhere(finding: Place, here: Here): string | null {
  const account = attempt(() => accountId(field(finding, 'AwsAccountId')));
  if (account !== null && account !== here.account) return `${FINDING} of another account`;
  const from = attempt(() => region(field(finding, 'Region')));
  return from !== null && from !== here.region ? `${FINDING} of another Region` : null;
}

const INSTANCE = 'AwsEc2Instance';
const INSTANCE_ARN = /^arn:aws[a-z-]*:ec2:(?<region>[a-z0-9-]+):(?<account>\d{12}):instance\/(?<id>i-[0-9a-f]{1,40})$/i;

/** Those of this account and Region. What a product calls an instance and names in another way cannot be placed, and is none. */
function instancesHere(finding: Place, here: Here): readonly string[] {
  const arns = items(field(finding, 'Resources'))
    .filter((resource) => soft(resource, 'Type').value === INSTANCE)
    .map((resource) => INSTANCE_ARN.exec(words(soft(resource, 'Id').value))?.groups ?? {});
  const ids = arns.flatMap(({ region, account, id = '' }) =>
    region === here.region && account === here.account ? [id] : [],
  );
  return [...new Set(ids)];
}

/** Cleaned and not refused: whoever may write titles should not be able to fill the dead-letter queue with them. */
function titleOf(place: Place): string {
  return clean(words(place.value), LONGEST_TITLE) || 'without a title';
}

/** Ids are ARNs or whatever else a product takes for one: only whether two are the same counts. Without one, it is that event's. */
function identityOf(product: string, { value }: Place, envelope: Envelope): string {
  if (typeof value !== 'string' || value === '') return eventId(envelope.id);
  return `securityhub-${createHash('sha256').update(`${product}\n${value}`).digest('hex')}`;
}
