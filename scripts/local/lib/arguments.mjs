import { parseArgs } from 'node:util';

/**
 * `parseArgs`, with errors as `place: what is wrong; what to do`.
 * @template {import('node:util').ParseArgsConfig & { options: object }} T
 * @param {string} script as npm runs it: local:up
 * @param {T} config
 * @returns {ReturnType<typeof parseArgs<T>>}
 */
export function argumentsOf(script, config) {
  try {
    return parseArgs(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${script}: ${faultOf(message, Object.keys(config.options))}`);
  }
}

/** @param {string} message of `parseArgs` @param {string[]} names */
function faultOf(message, names) {
  const [, valueless] =
    /^Option '(?:-\w, )?(--[a-z-]+)(?: <value>)?' argument (?:missing|is ambiguous)/u.exec(message) ?? [];
  if (valueless !== undefined) return `${valueless} needs a value; see --help`;
  const [, unknown] = /^Unknown option '([^']+)'/u.exec(message) ?? [];
  if (unknown === undefined) return `${message.split('\n')[0]}; see --help`;
  const word = unknown.replace(/^-+/u, '');
  const meant = names.find((name) => isSlip(word, name) || isSlip(name, word));
  const listed = names.map((name) => `--${name}`).join(', ');
  return `unknown option ${unknown}; ${meant === undefined ? `the options are ${listed}` : `did you mean --${meant}?`}`;
}

/** Whether a word lacks one or two letters of another. @param {string} short @param {string} long */
function isSlip(short, long) {
  if (long.length - short.length > 2) return false;
  let next = 0;
  for (const letter of long) if (letter === short[next]) next += 1;
  return next === short.length;
}
