import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cleanEnvironment } from './environment.mjs';
import { projectRoot } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Builds with a policy and deploys serverless.yml with `serverless deploy`, as one would to AWS: same template, same zips.
 * @param {object} options
 * @param {string} options.dir a folder of this run; the staging folder is made in it
 * @param {Record<string, string>} options.env of the cloud
 * @param {(line: string) => void} [options.log]
 * @param {string} [options.policy] relative to the project
 * @param {'observe' | 'enforce'} [options.mode] deploys a copy of the policy with this mode
 * @param {Record<string, string | number>} [options.params] values for ${param:…}
 * @param {string} [options.stage]
 * @param {string} [options.project] the folder of serverless.yml
 * @returns {Promise<Record<string, string>>} the stack's outputs by key
 */
export async function deployStack(options) {
  const {
    dir,
    env,
    log = () => {},
    policy = 'policy.yml',
    mode,
    params = {},
    stage = 'dev',
    project = projectRoot,
  } = options;
  const staging = join(dir, 'stage');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const policyFile = mode ? await policyWithMode(resolve(project, policy), mode, dir) : resolve(project, policy);
  log('Building the functions…');
  await run(process.execPath, ['scripts/build.mjs', '--policy', policyFile, '--out', join(staging, 'dist')], {
    cwd: project,
    log,
  });
  await stageFiles(project, staging);
  log('Deploying the stack…');
  const given = Object.entries({ policy: policyFile, ...params }).flatMap(([name, value]) => [
    '--param',
    `${name}=${value}`,
  ]);
  const serverless = join(projectRoot, 'node_modules', '.bin', 'serverless');
  await run(serverless, ['deploy', '--stage', stage, '--region', env.AWS_REGION, ...given], {
    cwd: staging,
    log,
    // Quiet about itself, and asking nothing.
    env: {
      ...cleanEnvironment(),
      ...env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // It looks every five seconds otherwise, and this cloud is done in less.
      SLS_AWS_MONITORING_FREQUENCY: '500',
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
      SLS_INTERACTIVE_SETUP_ENABLE: '0',
      CI: '1',
    },
  });
  return outputsOf(await serviceName(staging), stage, env);
}

/**
 * The document stays as it was written, comments and all; only its mode differs.
 * @param {string} file @param {string} mode @param {string} dir
 */
async function policyWithMode(file, mode, dir) {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  document.set('mode', mode);
  // Files that it names are looked for beside it.
  for (const list of document.toJS().rangeLists ?? []) {
    if (list.file === undefined) continue;
    await mkdir(dirname(join(dir, list.file)), { recursive: true });
    await cp(join(dirname(file), list.file), join(dir, list.file));
  }
  const copy = join(dir, 'policy.yml');
  await writeFile(copy, document.toString({ lineWidth: 0 }));
  return copy;
}

/**
 * serverless.yml and what it refers to. The folder of dependencies is linked.
 * @param {string} project @param {string} staging
 */
async function stageFiles(project, staging) {
  for (const name of ['serverless.yml', 'package.json', 'infra']) {
    if (existsSync(join(project, name))) await cp(join(project, name), join(staging, name), { recursive: true });
  }
  await symlink(join(projectRoot, 'node_modules'), join(staging, 'node_modules'), 'dir');
}

/** @param {string} staging */
async function serviceName(staging) {
  const { parse } = await import('yaml');
  const document = parse(await readFile(join(staging, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  return String(document.service);
}

/** @param {string} service @param {string} stage @param {Record<string, string>} env */
async function outputsOf(service, stage, env) {
  // The SDK's releases of 2027 need a newer Node; this pinned one does not.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  client.destroy();
  const stack = Stacks.find(({ StackName }) => StackName === `${service}-${stage}`) ?? Stacks[0];
  if (!stack) throw new Error('The deploy left no stack behind');
  return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}
