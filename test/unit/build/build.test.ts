import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const POLICY = join(ROOT, 'test', 'package', 'policy.yml');

/** A small project with the real build: two handlers and a command that say what they were built from. */
let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'undrift-build-'));
  for (const name of ['scripts/build', 'scripts/build.mjs', 'src', 'package.json', 'cli/undrift.mjs'])
    await cp(join(ROOT, name), join(project, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  await cp(POLICY, join(project, 'policy.yml'));
  await mkdir(join(project, 'handlers'));
  const say = "import { build } from 'undrift:build';\n";
  for (const name of ['one', 'two'])
    await writeFile(join(project, 'handlers', `${name}.ts`), `${say}export const handler = () => build;\n`);
  await writeFile(join(project, 'cli', 'main.ts'), `${say}console.log(JSON.stringify(build), process.argv[2]);\n`);
});
afterEach(() => rm(project, { recursive: true, force: true }));

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };
async function node(args: readonly string[], env: Record<string, string> = {}, cwd = project): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(process.execPath, [...args], { cwd, env: { ...process.env, ...env } });
    return { code: 0, stdout, stderr };
  } catch (fault) {
    return fault as Ran;
  }
}
const built = (...args: string[]) =>
  node([join(project, 'scripts', 'build.mjs'), ...args], { UNDRIFT_COMMIT: 'c0ffee' });
const stampIn = async (name: string) =>
  (await import(pathToFileURL(join(project, 'dist', name, 'index.mjs')).href)).handler();

describe('building the handlers', () => {
  // The digest is sha256sum's of the policy as JSON with its keys in order.
  it('makes one folder for each, stamped with what it was made from, and prints their sizes', async () => {
    const { code, stdout } = await built();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^one +\d+\.\d kB\ntwo +\d+\.\d kB\n$/);
    const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
    expect(await stampIn('two')).toEqual({
      version,
      commit: 'c0ffee',
      policyDigest: '3f36d812cb30',
      policy: {
        version: 1,
        rules: { internet: { mode: 'observe', protects: [{ name: 'ssh', protocols: [6], ports: [22] }] } },
      },
    });
    expect((await readdir(join(project, 'dist'))).sort()).toEqual(['one', 'two']);
  });

  it('leaves nothing of the build before', async () => {
    await built();
    await writeFile(join(project, 'dist', 'one', 'old.mjs'), '');
    await built();
    expect(await readdir(join(project, 'dist', 'one'))).toEqual(['index.mjs']);
  });

  it('says every fault of the policy with its line, exits with 2 and builds nothing', async () => {
    await writeFile(join(project, 'policy.yml'), 'version: 1\nmode: obsreve\nrules:\n  internet: {}\n');
    const { code, stderr } = await built();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^policy\.yml:2:1 mode: .*did you mean observe/m);
    expect(stderr).toMatch(/^policy\.yml:4:3 rules\.internet\.protects: is missing/m);
    expect(stderr).not.toContain('    at ');
    expect(await readdir(project)).not.toContain('dist');
  });

  it.each([
    ['no policy', ['--policy', 'none.yml'], /none\.yml cannot be read \(ENOENT\)/],
    ['an option that it does not know', ['--polcy', 'x'], /Unknown option '--polcy'/],
  ])('says what is wrong with %s', async (_case, args, message) => {
    const { code, stderr } = await built(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('survives another build at the same time', async () => {
    const results = await Promise.all([built(), built(), built()]);
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual([0, 0, 0].map((code) => [code, '']));
    expect((await readdir(join(project, 'dist'))).sort()).toEqual(['one', 'two']);
    expect((await stampIn('one')).commit).toBe('c0ffee');
  });
});

describe('the commit', () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: project, encoding: 'utf8' }).trim();
  const stamped = async () => {
    const { stdout } = await node([join(project, 'scripts', 'build.mjs'), '--out', 'out'], { UNDRIFT_COMMIT: '' });
    expect(stdout).toContain('one');
    return (await readFile(join(project, 'out', 'one', 'index.mjs'), 'utf8')).match(/commit:"([^"]*)"/)?.[1];
  };

  it('is unknown outside a work tree', async () => {
    expect(await stamped()).toBe('unknown');
  });

  it('is the one that is checked out, and dirty once a tracked file differs', async () => {
    git('init', '--quiet');
    git('add', 'package.json', 'policy.yml');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'one');
    const head = git('rev-parse', 'HEAD');
    expect(await stamped()).toBe(head);
    await writeFile(join(project, 'policy.yml'), `${await readFile(POLICY, 'utf8')}# a remark\n`);
    expect(await stamped()).toBe(`${head}-dirty`);
  });
});

describe('the command', () => {
  const command = (...args: string[]) => node([join(project, 'cli', 'undrift.mjs'), ...args], {}, tmpdir());
  const bundle = () => join(project, 'dist', 'cli', 'undrift.js');

  it('is built on first use, in silence, without a policy, from anywhere', async () => {
    const { code, stdout, stderr } = await command('explain');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/"policy":null} explain\n$/);
  });

  it('is built again once a source is newer, and not before', async () => {
    await command();
    const first = (await stat(bundle())).mtimeMs;
    await command();
    expect((await stat(bundle())).mtimeMs).toBe(first);
    const later = new Date(first + 5000);
    await utimes(join(project, 'src', 'roles.ts'), later, later);
    await command();
    expect((await stat(bundle())).mtimeMs).toBeGreaterThan(first);
  });

  it('runs as it is where there are no sources', async () => {
    await command();
    await rm(join(project, 'cli', 'main.ts'));
    await rm(join(project, 'src'), { recursive: true });
    expect((await command('x')).stdout).toContain(' x');
  });

  it('says why it cannot be built, and exits with 2', async () => {
    await writeFile(join(project, 'cli', 'main.ts'), 'const = 1;\n');
    const { code, stderr } = await command();
    expect(code).toBe(2);
    expect(stderr).toMatch(/could not be built:[\s\S]*cli\/main\.ts:1/);
  });

  it('asks for npm ci in a checkout without dependencies, and exits with 2', async () => {
    await rm(join(project, 'node_modules'));
    const { code, stderr } = await command();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^undrift: the dependencies in \S+ are not installed; run npm ci there\n$/);
  });

  it('can be asked twice at once', async () => {
    const both = await Promise.all([command('a'), command('b')]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
  });
});
