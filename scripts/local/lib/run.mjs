import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

/**
 * Runs a command to its end and tells its lines as they come. A failure carries the end of what it said.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, log?: (line: string) => void, env?: Record<string, string | undefined> }} options
 */
export async function run(command, args, { cwd, log = () => {}, env = process.env }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill();
  process.once('exit', end);
  /** @type {string[]} */
  const said = [];
  const read = [child.stdout, child.stderr].map(async (stream) => {
    for await (const raw of createInterface({ input: stream })) {
      const line = stripVTControlCharacters(raw).trimEnd();
      // Empty lines, and the frames of a turning wheel.
      if (line === '' || /^[\u2800-\u28ff]/.test(line)) continue;
      said.push(line);
      log(line);
    }
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  await Promise.all(read);
  process.off('exit', end);
  if (code !== 0) {
    const error = new Error(
      `\`${[command.split('/').at(-1), ...args].join(' ')}\` failed:\n${said.slice(-40).join('\n')}`,
    );
    throw Object.assign(error, { code });
  }
}
