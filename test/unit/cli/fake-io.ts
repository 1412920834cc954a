import type { Io } from '../../../cli/command.ts';
import { main } from '../../../cli/main.ts';

export type FakeIo = Io & { readonly printed: string[]; readonly complained: string[] };

export function fakeIo(input?: string): FakeIo {
  const printed: string[] = [];
  const complained: string[] = [];
  return {
    printed,
    complained,
    out: (line) => printed.push(line),
    err: (line) => complained.push(line),
    env: {},
    now: () => new Date('2026-02-03T05:00:00Z'),
    ...(input !== undefined && { input: () => input }),
  };
}

export async function run(argv: readonly string[], input?: string) {
  const io = fakeIo(input);
  const code = await main(argv, io);
  return { code, out: io.printed.join('\n'), err: io.complained.join('\n'), lines: io.printed };
}
