#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The command itself is TypeScript: this finds its bundle, and makes it first where it is missing or out of date. */
const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'dist', 'cli', 'undrift.js');
const script = join(root, 'scripts', 'build.mjs');

/** Whatever goes into the bundle: the version is in package.json, the versions of the libraries in the lock file. */
const SOURCES = ['src', 'cli', 'scripts/build', 'scripts/build.mjs', 'package.json', 'package-lock.json'];

/** When the newest file below a path was written, in milliseconds; 0 when there is none. */
function newest(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

function isStale() {
  if (!existsSync(join(root, 'cli', 'main.ts')) || !existsSync(script)) return false;
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  return built === undefined || SOURCES.some((path) => newest(join(root, path)) > built);
}

/** Silent unless it fails. True when the bundle is there. */
function build() {
  if (!existsSync(join(root, 'node_modules'))) {
    console.error(`undrift: the dependencies in ${root} are not installed; run npm ci there`);
    return false;
  }
  const made = spawnSync(process.execPath, [script, '--cli'], { cwd: root, encoding: 'utf8' });
  if (made.status === 0) return true;
  console.error(`The command could not be built:\n${(made.stderr || made.error?.message || '').trim()}`);
  return false;
}

// The SDK warns of a Node version that is older than it likes, in six lines before each answer. It reads this as it loads.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

if (isStale() && !build()) {
  process.exitCode = 2;
} else if (!existsSync(bundle)) {
  console.error('The command is not built, and its sources are not here to build it from.');
  process.exitCode = 2;
} else {
  await import(pathToFileURL(bundle).href);
}
