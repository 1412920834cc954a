/** How an exposure ended without undrift: who closed it, and how long it was open. */
import { actorName } from '../domain/actor.ts';
import { isExposure } from '../domain/exposure.ts';
import type { Incident } from '../domain/incident.ts';
import { isOpenedBy } from '../domain/opening.ts';
import { isPassed } from '../domain/passed.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { duration, secondsBetween, utc } from './time.ts';

/** No lines where undrift closed it, or where nobody has yet. */
export function howItEnded(incident: Incident): readonly Paragraph[] {
  const { closedBy, closing, finding } = incident;
  const ended = closedBy === 'actor' || closedBy === 'another' || closedBy === 'vanished';
  if (!ended || !isExposure(incident)) return [];
  const opened = finding.rule !== 'pipeline-only' && isOpenedBy(incident);
  return [
    closing === undefined ? unknownCloser(incident) : `Closed by ${plain(actorName(closing.actor), 300)}`,
    ...(closing === undefined ? [] : [`${plain(closing.name)} at ${utc(closing.at)}, event ${plain(closing.eventId)}`]),
    ...(opened ? openFor(incident) : []),
    ...(isPassed(incident) && finding.rule !== 'pipeline-only' ? [CONNECTIONS] : []),
  ];
}

function unknownCloser({ closedBy, resource, change }: Incident): string {
  const what = closedBy === 'vanished' ? 'deleted' : 'closed';
  const on = change.fact.kind === 'prefix-list-changed' ? change.resources[0] : resource;
  return `It is not on record who ${what} it: look in CloudTrail for calls on ${plain(on?.id ?? resource.id)}.`;
}

/** CloudTrail gives whole seconds. */
function openFor({ closing, change, since, closedAt }: Incident): readonly string[] {
  const from = since ?? change.at;
  const seconds = secondsBetween(from, closing?.at ?? closedAt ?? '');
  if (seconds === null || seconds < 0) return [];
  return [
    closing === undefined ? `It was open for at most ${duration(seconds)}.` : `It was open for ${duration(seconds)}.`,
  ];
}

/**
 * "Security groups are stateful": a tracked connection stays until it is idle for long, whatever becomes of the rule (EC2 User
 * Guide, "Security group connection tracking").
 */
const CONNECTIONS =
  'Connections that were made meanwhile may live on until they are idle for long (350 seconds to 5 days, by instance type). Look for them, and end them on the instance.';
