import { readFile } from 'node:fs/promises';

/**
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, assertionResults: Assertion[] }} TestFile
 * @typedef {{ passed: number, failed: number, skippedNames: string[], left: number }} Result
 */

/**
 * Counts what vitest's JSON report tells.
 * @param {string} path
 * @param {{ code: number, left: string[] }} options vitest's exit code, and the files that did not run
 * @returns {Promise<Result>}
 */
export async function readReport(path, { code, left }) {
  const text = await readFile(path, 'utf8').catch(() => '{"testResults":[]}');
  return { ...count(JSON.parse(text).testResults, code), left: left.length };
}

/**
 * A file that could not be loaded has no test to count, yet it failed; so did a run that failed beside its tests.
 * @param {TestFile[]} files @param {number} code
 */
export function count(files, code) {
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed)).length;
  const failed = tests.filter(isFailed).length + broken;
  const skippedNames = tests.filter((test) => test.status !== 'passed' && !isFailed(test)).map((test) => test.fullName);
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skippedNames };
}

/** @param {Assertion} test */
const isFailed = ({ status }) => status === 'failed';

/** The last line: alone, plain, and true. @param {Result} result */
export const tally = ({ passed, failed, skippedNames, left }) =>
  `${passed} passed, ${failed} failed, ${skippedNames.length + left} skipped`;

/** @param {string[]} lines */
export function boxed(lines) {
  const wrapped = lines.flatMap((line) => line.match(/.{1,100}(?:\s|$)/g)?.map((part) => part.trimEnd()) ?? ['']);
  const width = Math.max(...wrapped.map((line) => line.length));
  const edge = '═'.repeat(width + 2);
  return [`╔${edge}╗`, ...wrapped.map((line) => `║ ${line.padEnd(width)} ║`), `╚${edge}╝`].join('\n');
}
