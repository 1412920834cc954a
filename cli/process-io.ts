import { readFileSync } from 'node:fs';
import type { Io } from './command.ts';

const STANDARD_INPUT = 0;

/** The real world of a command. Whoever closes the pipe early (`| head`) has seen enough: no error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
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
