import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ensurePython } from '../../scripts/local/python.mjs';

const HERE = fileURLToPath(new URL('../../scripts/local', import.meta.url));
const PROGRAM = 'from aws import lifecycle; print([lifecycle._launch_time().total_seconds() for _ in range(5)])';

/** The seconds that five launches in a row take, of 10 that were asked for. */
async function launches(seed: string): Promise<readonly number[]> {
  const env = { ...process.env, UNDRIFT_LOCAL_SEED: seed, UNDRIFT_LOCAL_LAUNCH_SECONDS: '10' };
  return JSON.parse(execFileSync(await ensurePython(), ['-c', PROGRAM], { cwd: HERE, env, encoding: 'utf8' }));
}

test('a seed lets launches vary, the same way each time', async () => {
  const seeded = await launches('one');
  expect(await launches('one')).toEqual(seeded);
  expect(await launches('two')).not.toEqual(seeded);
  expect(new Set(seeded).size).toBe(5);
  for (const seconds of seeded) expect(Math.abs(seconds - 10)).toBeLessThanOrEqual(5);
});

test('without one they take what was asked for', async () => {
  expect(await launches('')).toEqual([10, 10, 10, 10, 10]);
});
