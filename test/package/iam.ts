/** IAM's answer, worked out offline, on the roles and queue policies of a packaged template. */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import {
  ACCOUNT,
  isObject,
  type Json,
  type JsonObject,
  type Place,
  resolveTemplate,
  type Template,
} from './template.ts';

export type Statement = JsonObject & { readonly Effect: 'Allow' | 'Deny' };
export const FUNCTIONS = ['securityGroups', 'instances', 'networks', 'recheck'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
export type Role = { readonly arn: string; readonly statements: readonly Statement[] };
export type Request = {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
};

/** The role that a function runs with, every ARN in it as in one account. */
export function roleOf(name: FunctionName, template: Template, place: Partial<Place> = {}): Role {
  const resources = resolveTemplate(template, place);
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const arn = String(resources[`${id}LambdaFunction`]?.Properties.Role);
  const policies = resources[`${id}Role`]?.Properties.Policies;
  if (!Array.isArray(policies)) throw new Error(`${name} has no role of its own`);
  return { arn, statements: policies.flatMap((policy: JsonObject) => statementsOf(policy.PolicyDocument)) };
}

function statementsOf(document: Json | undefined): readonly Statement[] {
  if (!isObject(document) || !Array.isArray(document.Statement)) throw new Error('This is no policy document');
  return document.Statement as unknown as readonly Statement[];
}

export const listOf = (value: Json | undefined): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/** With KMS, IAM has a say only where the key's policy leaves it to the account, as ours does. */
const LEFT_TO_IAM = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** Whether a role with these statements may do this. Throws where the question itself makes no sense to IAM. */
export async function allowed(statements: readonly Statement[], request: Request): Promise<boolean> {
  const resource = request.action.startsWith('kms:') ? LEFT_TO_IAM : undefined;
  return simulate(request, { identity: statements, principal: `arn:aws:iam::${ACCOUNT}:role/somebody`, resource });
}

/** Whether a principal of this account, with every right that IAM can give, gets past the policy of a resource. */
export async function admitted(policy: Json | undefined, principal: string, request: Request): Promise<boolean> {
  const identity: readonly Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  return simulate(request, { identity, principal, resource: policy });
}

type Policies = {
  readonly identity: readonly Statement[];
  readonly principal: string;
  readonly resource?: Json | undefined;
};

async function simulate({ action, resource, context }: Request, policies: Policies): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: policies.principal,
        action,
        // Also for what others share by RAM: no policy of theirs is asked, so the ARN alone decides.
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:SecureTransport': 'true', ...context },
      },
      identityPolicies: policies.identity.map((statement, index) => ({
        name: `statement-${index}`,
        policy: { Version: '2012-10-17', Statement: [statement] },
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policies.resource,
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}
