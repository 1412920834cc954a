/** Which version ran, who replaced it: for people, and for machines. */
import type { Incident } from '../domain/incident.ts';
import type { Ran, Told } from '../domain/ran.ts';
import { clean, plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { utc } from './time.ts';
import { replacementNow } from './verdict.ts';

/** Nothing where it is not about an instance. */
export function whatRan(incident: Incident): readonly Paragraph[] {
  const { ran } = incident;
  const successor = replacementNow(incident)?.successorRan;
  return [
    ...(ran === undefined ? [] : machine(ran, '')),
    ...(successor === undefined ? [] : machine(successor, 'successor ')),
  ];
}

function machine(ran: Ran, what: string): readonly Paragraph[] {
  const { image, template } = ran;
  return [
    `${what}${plain(ran.instanceId)}${ran.launchedAt === null ? '' : `, launched ${utc(ran.launchedAt)}`}`,
    image === null ? 'image: not known' : `image ${plain(image.id)}${named(image.name)}`,
    template === null
      ? 'launch template: none, or not known'
      : `launch template ${plain(template.id)}${named(template.name)} version ${plain(template.version)}`,
    tagged('build', ran.build),
    tagged('commit', ran.commit),
    ...ran.unread.map((why) => `not read: ${plain(why, 300)}`),
  ];
}

function named(name: string | null): string {
  return name === null ? ' (its name is not known)' : ` (${plain(name)})`;
}

function tagged(what: string, found: Told | null): string {
  if (found === null) return `${what}: no tag of the image or the template says`;
  return `${what} ${plain(found.value)} (tag ${plain(found.tag)} of the ${found.on})`;
}

/** The same object for the altered instance and for its successor. */
export function ranJson(ran: Ran | undefined): Record<string, unknown> | null {
  if (ran === undefined) return null;
  const { image, template } = ran;
  return {
    instanceId: clean(ran.instanceId, 200),
    launchedAt: ran.launchedAt,
    image: image === null ? null : { id: clean(image.id, 200), name: text(image.name) },
    template:
      template === null
        ? null
        : { id: clean(template.id, 200), name: text(template.name), version: clean(template.version, 200) },
    build: toldJson(ran.build),
    commit: toldJson(ran.commit),
    unread: ran.unread.map((why) => clean(why, 300)),
  };
}

function toldJson(found: Told | null): Record<string, unknown> | null {
  return found === null ? null : { tag: clean(found.tag, 256), value: clean(found.value, 256), on: found.on };
}

function text(value: string | null): string | null {
  return value === null ? null : clean(value, 256);
}
