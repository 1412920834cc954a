/**
 * Tags of every resource of the stack: a map in serverless.yml, or `--param tags=team=web,stage=prod` on the command line,
 * beside the one that the stack always has.
 * @param {{ resolveVariable: (name: string) => Promise<unknown> }} osls
 */
module.exports.tags = async ({ resolveVariable }) => {
  const given = await resolveVariable('param:tags');
  const pairs = typeof given === 'string' ? pairsOf(given) : Object.entries(given ?? {});
  for (const [key, value] of pairs) {
    if (/^aws:/i.test(key)) throw new Error(`tags: ${key} begins with aws:, which AWS keeps for itself`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key)) throw new Error(`tags: "${key}" is no key of a tag`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(String(value)))
      throw new Error(`tags: "${value}" is no value of a tag`);
  }
  return { application: 'undrift', ...Object.fromEntries(pairs.map(([key, value]) => [key, String(value)])) };
};

/** @param {string} text `team=web,stage=prod` @returns {[string, string][]} */
function pairsOf(text) {
  return text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new Error(`tags: "${pair}" is not key=value; write --param tags=team=web,stage=prod`);
      return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    });
}
