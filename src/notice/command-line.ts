import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { shellQuote } from './shell.ts';

/**
 * A command of undrift to be copied out of a mail: it names the Region, as the reader's shell may be set to another.
 * The stage is the reader's to add.
 */
export function commandLine(words: string, region: string): readonly Paragraph[] {
  return [
    { verbatim: `AWS_REGION=${shellQuote(plain(region, 40))} npx undrift ${words}` },
    'Add your stage: --stage NAME (left out, it is dev).',
  ];
}
