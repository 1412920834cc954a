import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { shellQuote } from './shell.ts';

/**
 * A command of undrift to be copied out of a mail: it names the Region and the stage, as the reader's shell may be set to
 * others. Who does not know the stage leaves it to the reader.
 */
export function commandLine(words: string, region: string, stage: string | undefined): readonly Paragraph[] {
  const command = `AWS_REGION=${shellQuote(plain(region, 40))} undrift ${words}`;
  if (stage !== undefined) return [{ verbatim: `${command} --stage ${shellQuote(plain(stage, 40))}` }];
  return [{ verbatim: command }, 'Add your stage: --stage NAME (left out, it is dev).'];
}
