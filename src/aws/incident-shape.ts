/** Whether what lies in the table is an incident. A record of another shape is never taken for one that says nothing. */
import { UNITS } from '../domain/incident.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const resource = shaped({ type: isText, id: isText });
const finding = shaped({
  key: isText,
  round: isText,
  resource,
  rule: isText,
  severity: oneOf('critical', 'high', 'medium', 'low'),
  summary: isText,
  evidence: isTexts,
});
const actor = shaped({ arn: orNull(isText), type: orNull(isText), issuerArn: orNull(isText) });
const change = shaped({
  source: isText,
  name: isText,
  fact: shaped({ kind: isText }),
  resources: listOf(resource),
  actor,
  at: isText,
  eventId: isText,
  account: isText,
  region: isText,
});
const attempt = shaped({ at: isText, round: isText, requestId: orNull(isText), error: orNull(isText) });
const replacement = shaped({
  group: isText,
  membersBefore: isTexts,
  startedAt: isText,
  successor: orNull(isText),
});

const INCIDENT: Shape = {
  key: isText,
  id: isText,
  unit: oneOf(...UNITS),
  finding,
  resource,
  about: shaped({ name: orNull(isText), owner: orNull(isText), madeBy: orNull(isText) }),
  change,
  decision: shaped({ kind: isText, reason: isText, remediation: orNull(shaped({ action: isText })) }),
  outcome: orNull(shaped({ kind: isText })),
  status: oneOf('held', 'acting', 'waiting', 'unverified', 'closed'),
  guard: orNull(isText),
  round: isText,
  rounds: isNumber,
  seenRounds: isTexts,
  attempts: listOf(attempt),
  replacement: orNull(replacement),
  openedAt: isText,
  updatedAt: isText,
  closedAt: orNull(isText),
  dueAt: orNull(isText),
  failures: isNumber,
  leaseUntil: orNull(isText),
  noticesSent: isTexts,
};

/** The first field that is not as it should be; null when all are. */
export function oddField(document: unknown): string | null {
  if (typeof document !== 'object' || document === null) return 'incident';
  const fields = document as Readonly<Record<string, unknown>>;
  return Object.entries(INCIDENT).find(([name, check]) => !check(fields[name]))?.[0] ?? null;
}
