import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'undrift-cli-'));

export function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
export const POLICY = fromRoot('policy.yml');

/** The policy of this repository, but it acts: everywhere, and for every rule. */
export const ENFORCING = file(
  'enforcing.yml',
  readFileSync(POLICY, 'utf8')
    .replace(/^mode: observe$/m, 'mode: enforce')
    .replaceAll(': { mode: observe }', ': {}'),
);
