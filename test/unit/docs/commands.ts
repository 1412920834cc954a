/** The commands `undrift …` of a page: in blocks of code, and in code within a line. */
export function commandsOf(text: string): readonly { readonly name: string; readonly rest: string }[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|console)\n([\s\S]*?)^ *```$/gmu)].map(([, block = '']) => block);
  const lines = [...blocks.join('\n').split('\n'), ...text.split('\n').filter((line) => /^ {4,}\w/u.test(line))];
  const inline = [...text.matchAll(/`([^`\n]+)`/gu)].map(([, code = '']) => code);
  return [...lines, ...inline].flatMap((line) => {
    const [, name, rest = ''] = /^\s*(?:\$ )?(?:npm exec --no -- )?undrift ([a-z]+)(.*)$/u.exec(line) ?? [];
    return name === undefined ? [] : [{ name, rest }];
  });
}
