import { stripVTControlCharacters } from 'node:util';

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

/** @param {number} code @returns {(text: string) => string} */
const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** Seconds as people say them. @param {number} milliseconds */
export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** @param {string} [line] */
export const say = (line = '') => console.log(line === '' ? '' : `  ${line}`);

/** @param {string} title */
export const heading = (title) => console.log(`\n${bold(title)}\n`);

/**
 * Columns as wide as their widest cell.
 * @param {string[][]} rows the first one is the head
 */
export function table(rows) {
  const width = (/** @type {string} */ cell) => stripVTControlCharacters(cell).length;
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, column) => cell + ' '.repeat(widths[column] - width(cell))).join('   ');
  rows.forEach((row, index) => {
    say(`  ${index === 0 ? dim(line(row).trimEnd()) : line(row).trimEnd()}`);
  });
}

/**
 * Does something that takes a while, and says every few seconds that it still does.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function patiently(what, work) {
  const began = Date.now();
  const beat = setInterval(() => say(dim(`… ${what}, ${Math.round((Date.now() - began) / 1000)} s so far`)), 5000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
