import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';

/** @typedef {import('./clients.mjs').Clients} Clients */

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** An instance profile with a role, both of this name. @param {Clients} clients @param {string} name */
export async function makeProfile(clients, name) {
  const role = { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(TRUST) };
  await clients.iam.send(new CreateRoleCommand(role));
  await restoreProfile(clients, name);
}

/** The role stays. @param {Clients} clients @param {string} name */
export async function deleteProfile({ iam }, name) {
  await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: name }));
}

/** Of the role that is there. @param {Clients} clients @param {string} name */
export async function restoreProfile({ iam }, name) {
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
}
