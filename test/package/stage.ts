/** `sls package` in a folder of its own, without network and without credentials. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Template } from './template.ts';

const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OSLS = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
/** `policy.yml`, which is packaged unless a parameter names another, `remove-entries.yml` and `approved-images.yml`. */
const POLICIES = fileURLToPath(new URL('.', import.meta.url));
export const REMOVING = { policy: 'remove-entries.yml' };
export const APPROVING = { policy: 'approved-images.yml' };

/** No AWS_ variable, no home with credentials in it, and a proxy that answers nobody. */
const nowhere = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
});

export type Packaged = {
  readonly template: Template;
  /** The template as osls wrote it. */
  readonly text: string;
  /** What was said meanwhile, on standard error. */
  readonly said: string;
  zip(name: string): Promise<Buffer>;
  readonly folder: string;
};

/** The real thing: every handler bundled, then packaged. */
export async function packageAll(): Promise<Packaged> {
  const stage = await newStage();
  const args = [
    join(ROOT, 'scripts', 'build.mjs'),
    '--policy',
    join(stage, 'policy.yml'),
    '--out',
    join(stage, 'dist'),
  ];
  await run(process.execPath, args, { cwd: stage });
  return packageIn(stage);
}

/** What the template says does not depend on what is in the bundles: a placeholder is enough, and much faster. */
export async function packageTemplate(params: Readonly<Record<string, string>> = {}): Promise<Packaged> {
  const stage = await newStage();
  for (const name of ['security-groups', 'instances', 'networks', 'recheck']) {
    await mkdir(join(stage, 'dist', name), { recursive: true });
    await writeFile(join(stage, 'dist', name, 'index.mjs'), 'export const handler = () => {};\n');
  }
  return packageIn(stage, params);
}

async function newStage(): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'undrift-package-'));
  await cp(join(ROOT, 'serverless.yml'), join(stage, 'serverless.yml'));
  await cp(join(ROOT, 'infra'), join(stage, 'infra'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(stage, 'package.json'));
  for (const name of ['policy.yml', REMOVING.policy, APPROVING.policy])
    await cp(join(POLICIES, name), join(stage, name));
  await symlink(join(ROOT, 'node_modules'), join(stage, 'node_modules'));
  return stage;
}

async function packageIn(stage: string, params: Readonly<Record<string, string>> = {}): Promise<Packaged> {
  const folder = join(stage, 'packaged');
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const args = [OSLS, 'package', '--package', folder, ...given];
  const { stderr } = await run(process.execPath, args, { cwd: stage, env: nowhere(stage) });
  const text = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return {
    template: JSON.parse(text),
    text,
    said: stderr,
    folder,
    zip: (name) => readFile(join(folder, `${name}.zip`)),
  };
}

export const remove = ({ folder }: Packaged): Promise<void> => rm(join(folder, '..'), { recursive: true, force: true });
