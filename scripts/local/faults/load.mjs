import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultsError, faultsOf } from './config.mjs';

const profiles = fileURLToPath(new URL('profiles/', import.meta.url));

/** The faults that come with undrift, by name. */
export const profileNames = () =>
  readdirSync(profiles)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => name.slice(0, -4))
    .sort();

/**
 * @param {string} wish a file (JSON or YAML), or the name of a profile
 * @param {string} [from] the folder that a relative path starts from
 * @returns {Promise<import('./config.mjs').Faults>}
 * @throws {FaultsError}
 */
export async function loadFaults(wish, from = '.') {
  const file = profileNames().includes(wish) ? `${profiles}${wish}.yml` : resolve(from, wish);
  if (!existsSync(file))
    throw new FaultsError(`${wish}: no such file; use a JSON or YAML file, or ${profileNames().join(', ')}`);
  const { parse } = await import('yaml');
  const text = await readFile(file, 'utf8');
  /** @param {() => import('./config.mjs').Faults} read */
  const named = (read) => {
    try {
      return read();
    } catch (error) {
      const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
      throw new FaultsError(`${wish}: ${line}`);
    }
  };
  return named(() => faultsOf(parse(text) ?? {}));
}
