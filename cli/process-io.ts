import { readFileSync } from 'node:fs';
import type { Io } from './command.ts';

const STANDARD_INPUT = 0;

/** The real world of a command. */
export function processIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever closes the pipe early (`| head`) has seen enough: no error.
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    process.stderr.write(`undrift: the answer could not be written: ${error.message}\n`);
    process.exit(2);
  });
  // There is nowhere left to complain.
  process.stderr.on('error', () => process.exit(2));
  const noColour = (process.env.NO_COLOR ?? '') !== '';
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    now: () => new Date(),
    colour: process.stdout.isTTY === true && !noColour,
    input: () => readFileSync(STANDARD_INPUT, 'utf8'),
  };
}
