/** Without an inventory: what was assumed about each resource, in words. The state itself is made in `assume.ts`. */
import { type Change, nameOfGroup, type ResourceRef } from '../../src/domain/change.ts';
import type { Estate, InstanceEstate, SecurityGroupEstate } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { holderOf, type Implied } from './assume.ts';
import { ASSUMED_MEMBERS, type OptInTag } from './assumed-fleet.ts';
import { type Assumption, PLACEHOLDERS } from './assumption.ts';

type Assumed = {
  readonly change: Change;
  readonly resource: ResourceRef;
  readonly estate: Estate;
  readonly implied: Implied;
  readonly policy: Policy;
  readonly optInTag: OptInTag;
};

export function assumptionsOf(assumed: Assumed): readonly Assumption[] {
  const { estate, resource, implied, change } = assumed;
  const reported = implied.kind === 'recording' ? [complianceOf(resource)] : [];
  switch (estate.kind) {
    case 'security-group':
      return [...reported, ...ofSecurityGroup(estate, assumed)];
    case 'instance':
      return [...reported, ...ofInstance(estate, assumed)];
    case 'targets':
      return estate.meant === undefined ? [] : [ofTargets(assumed)];
    case 'baseline':
      return [acceptedOf(resource, change)];
    default:
      return [];
  }
}

const complianceOf = ({ id }: ResourceRef): Assumption => ({
  about: 'compliance',
  text: `An AWS Config rule has just reported ${id} as noncompliant, and configVerdicts maps it to every rule. undrift never acts on a recording by itself.`,
});

/** Of a launch template or a group: also where an inventory is given, as only the ledger knows. */
export const acceptedOf = ({ id }: Pick<ResourceRef, 'id'>, { at }: Change): Assumption => ({
  about: 'history',
  text: `No trusted actor has changed ${id} since ${at}.`,
});

function ofSecurityGroup({ group }: SecurityGroupEstate, { change, implied }: Assumed): readonly Assumption[] {
  const byConfig = implied.kind === 'recording';
  // Rules that were just added have no past.
  const hasPast = byConfig || change.fact.kind !== 'rules-added';
  const name = nameOfGroup(group.id);
  const label = name === null ? group.id : `The group named ${name}`;
  const where = byConfig ? '' : `belongs to account ${group.ownerId}, has no tags, and `;
  return [
    { about: 'rules', text: rulesText(label, change, byConfig) },
    { about: 'security-group', text: `${label} ${where}is used by no load balancer and no AWS service.` },
    ...(hasPast ? [UNREAD_BEFORE] : []),
  ];
}

/** Also where an inventory is given, as only the ledger knows. */
export const UNREAD_BEFORE: Assumption = {
  about: 'history',
  text: 'undrift has not read the rules before: it does not know which are new, or what they were.',
};

function rulesText(id: string, { fact, at, name }: Change, byConfig: boolean): string {
  if (byConfig) return `${id} still has the rules that AWS Config recorded at ${at}.`;
  if (name === 'CreateSecurityGroup') return `${id} has only the outbound rule that AWS gives a new group.`;
  return fact.kind === 'rules-removed' ? `${id} has no rules left.` : `${id} has no rules but those in the event.`;
}

/** One that AWS Config recorded without a group has no group: that is no assumption. */
function ofInstance({ instance, group }: InstanceEstate, assumed: Assumed): readonly Assumption[] {
  const { resource, change, implied, policy, optInTag } = assumed;
  const byConfig = implied.kind === 'recording';
  const attached = resource.type === 'instance' ? [] : [holderText(resource, change)];
  const still: Assumption[] = byConfig ? [{ about: 'instance', text: recordedText(resource, change) }] : [];
  if (group === null) return still;
  const image = policy.images === null ? [] : ['its image is approved'];
  const age = policy.maxInstanceAgeDays === null || byConfig ? [] : ['it is not too old'];
  const placeholders = [...instance.volumes, ...instance.interfaces].map(({ id }) => id).filter(isPlaceholder);
  const more = instance.volumes.length + instance.interfaces.length > 0 ? 'else ' : '';
  const text = [`is ${instance.state}`, `nothing ${more}on it would be lost`, ...image, ...age].join(', and ');
  return [
    ...attached,
    ...still,
    { about: 'auto-scaling-group', ...groupText(instance.id, group.name, optInTag) },
    {
      about: 'instance',
      text: `${instance.id} ${text}.${placeholders.map((id) => ` ${id} is a placeholder.`).join('')}`,
      ...(placeholders.length > 0 && { placeholders }),
    },
  ];
}

const isPlaceholder = (id: string) => id === PLACEHOLDERS.interface || id === PLACEHOLDERS.volume;

function holderText(resource: ResourceRef, change: Change): Assumption {
  const holder = holderOf(resource, change);
  const placeholder = holder === PLACEHOLDERS.instance;
  if (placeholder && resource.type === 'targets') {
    const text = `undrift looks up which instance ${resource.id} means, and finds one: ${holder} is a placeholder for it. If it finds none or several, it replaces none.`;
    return { about: 'targets', text, placeholders: [holder] };
  }
  const why = placeholder ? `The event does not say which: ${holder} is a placeholder.` : 'Its role made the call.';
  const face = resource.type === 'targets' ? `The interface of ${resource.id}` : resource.id;
  return {
    about: 'interface',
    text: `${face} is attached to the instance ${holder}. ${why}`,
    ...(placeholder && { placeholders: [holder] }),
  };
}

const recordedText = ({ id }: ResourceRef, { at }: Change) => `${id} is still as AWS Config recorded it at ${at}.`;

function groupText(instanceId: string, name: string, tag: OptInTag): Omit<Assumption, 'about'> {
  const known = name !== PLACEHOLDERS.autoScalingGroup;
  const which = known ? `the Auto Scaling group ${name}, which` : 'an Auto Scaling group that';
  const text = `${instanceId} belongs to ${which} ${healthyText(tag)}.`;
  return known ? { text } : { text: `${text} ${name} is a placeholder for its name.`, placeholders: [name] };
}

const healthyText = ({ key, value }: OptInTag) =>
  `opted in (tag ${key} = ${value}) and has ${ASSUMED_MEMBERS} healthy instances`;

const ofTargets = ({ resource: { id }, optInTag }: Assumed): Assumption => ({
  about: 'targets',
  text: `The instances that ${id} means are those of one Auto Scaling group that ${healthyText(optInTag)}.`,
});

/** By the stack, roles of undrift have such names; anyone may give a role one. Which roles are its own, only a deployment knows. */
const LIKE_OURS = /:role\/(?:.*\/)?undrift-[^/]*$/u;

/** Live, undrift knows its own calls by the role and the request id. */
export function callerOf({ actor: { issuerArn } }: Change): readonly Assumption[] {
  if (issuerArn === null || !LIKE_OURS.test(issuerArn)) return [];
  const text =
    'The caller is no role of undrift. Live, undrift ignores its own calls, and reports calls by its roles that it did not make.';
  return [{ about: 'caller', text }];
}
