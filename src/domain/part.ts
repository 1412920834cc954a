import type { ResourceRef } from './change.ts';
import type { Incident } from './incident.ts';

/**
 * The expression by which a call named the machine of this incident, among others; null where the incident stands by itself.
 * People are told of the expression as a whole, once.
 */
export function partOf({ resource, change }: Pick<Incident, 'resource' | 'change'>): ResourceRef | null {
  if (resource.type !== 'instance' || change.resources.some(({ id }) => id === resource.id)) return null;
  return change.resources.find(({ lookUp }) => lookUp !== undefined) ?? null;
}

/** An incident on an expression that names many machines. */
export function isWhole({ resource }: Pick<Incident, 'resource'>): boolean {
  return resource.type === 'targets';
}
