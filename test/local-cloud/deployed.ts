import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deployStack, startCloud } from '../../scripts/local/cloud.mjs';
import { clientsOf } from '../../scripts/scene/clients.mjs';
import { openInbox } from '../../scripts/scene/inbox.mjs';
import { until } from '../../scripts/scene/until.mjs';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

export type Outputs = Readonly<Record<string, string>>;

/** A deployed stack on a local AWS of its own, with somebody who hears what its topic says. */
export type Deployed = Awaited<ReturnType<typeof deploy>>;

/**
 * @param policy relative to the project
 * @param faults what the functions' calls meet: `{}` for a cloud whose faults are set later
 */
export async function deploy(mode: 'observe' | 'enforce', policy = 'policy.yml', faults?: unknown) {
  const home = new URL('../../.local/', import.meta.url).pathname;
  await mkdir(home, { recursive: true });
  const dir = await mkdtemp(join(home, `test-${mode}-`));
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const cloud = await startCloud({ dir, log, launchSeconds: 2, ...(faults === undefined ? {} : { faults }) });
  try {
    const params = { email: 'platform@example.com' };
    const outputs: Outputs = await deployStack({ dir, env: cloud.env, log, mode, policy, params });
    const clients = clientsOf(cloud.env);
    const inbox = await openInbox(clients, output(outputs, 'TopicArn'), 'inbox');
    const stop = async () => {
      await cloud.stop();
      await rm(dir, { recursive: true, force: true });
    };
    return { dir, cloud, outputs, clients, inbox, stop };
  } catch (error) {
    await cloud.stop();
    throw new Error(`the stack was not deployed (${dir}):\n${lines.slice(-30).join('\n')}`, { cause: error });
  }
}

export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
}

/** The command line, on the deployed stack. */
export async function undrift({ cloud }: Deployed, ...args: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...cloud.env };
  return run(process.execPath, ['cli/undrift.mjs', ...args], { cwd: root, env });
}

/** The notices about one resource, once there are so many of them. */
export async function noticesAbout({ inbox }: Deployed, resourceId: string, count: number, seconds = 120) {
  const mine = async () => (await inbox.read()).filter(({ message }) => message.resource?.id === resourceId);
  await until(`${count} notices about ${resourceId}`, async () => (await mine()).length >= count, { seconds });
  return mine();
}
