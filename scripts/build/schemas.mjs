import { readFile } from 'node:fs/promises';

/** Where every @aws-sdk client keeps the shapes of its calls. */
const SCHEMAS = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;

/** Transformed text by path: every bundle of one build asks for the same files. */
const cache = new Map();

/**
 * Lets esbuild drop the shapes that nobody uses. The schema files write their property names as `[_xN]: …` with
 * `const _xN = "xmlName"`, and as a computed key may run code, esbuild keeps each object that has one: all of EC2's for
 * three calls. With the string itself in the brackets the object is plainly free of effects. The exports stay equal.
 * Known upstream: aws/aws-sdk-js-v3 #7607.
 * @returns {import('esbuild').Plugin}
 */
export const schemaPlugin = () => ({
  name: 'undrift-schemas',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const known = cache.get(path);
      if (known !== undefined) return { contents: known, loader: 'js' };
      const contents = inlineKeys(await readFile(path, 'utf8'));
      cache.set(path, contents);
      return { contents, loader: 'js' };
    });
  },
});

/**
 * The same module with each computed key that names a string constant of the module replaced by that string.
 * @param {string} source
 */
export function inlineKeys(source) {
  const constants = new Map();
  for (const [, name, value] of source.matchAll(/^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm)) constants.set(name, value);
  return source.replace(/\[(_\w+)\]:/g, (whole, name) => (constants.has(name) ? `[${constants.get(name)}]:` : whole));
}
