import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../..', import.meta.url));

const LOCK = { packages: { '': { name: 'undrift' }, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };

/** An npm that installs what the lock says and counts how often it was asked. It takes a while, as the real one does. */
const NPM = `#!/bin/sh
echo "$@" >> npm-calls
/bin/sleep 0.5
/bin/mkdir -p node_modules
/bin/cp package-lock.json node_modules/.package-lock.json
`;

export type Said = { readonly code: number | null; readonly out: string; readonly err: string };
export type Clone = ReturnType<typeof makeClone>;

/** As much of a fresh clone as the commands need before anything is installed, and a PATH with nothing but what is put there. */
export function makeClone() {
  const dir = mkdtempSync(join(tmpdir(), 'undrift-clone-'));
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  cpSync(join(project, 'scripts'), join(dir, 'scripts'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(LOCK));

  const put = (name: string, script: string) => {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  };
  const install = (packages: object = LOCK.packages) => {
    mkdirSync(join(dir, 'node_modules'), { recursive: true });
    writeFileSync(join(dir, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  };
  return {
    install,
    putNpm: (script = NPM) => put('npm', script),
    /** A Python that knows nothing but its version. */
    putPython: (version: string) => put('python3', `#!/bin/sh\necho "${version}"\n`),
    node: (...args: string[]) => node(dir, bin, args),
    npmCalls: () => {
      const file = join(dir, 'npm-calls');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    },
    exists: (name: string) => existsSync(join(dir, name)),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function node(cwd: string, bin: string, args: string[]): Promise<Said> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: bin, HOME: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Node's arguments to pass for another version. */
export function asNode(version: string): string[] {
  const source = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
}
