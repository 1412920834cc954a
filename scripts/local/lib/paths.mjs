import { fileURLToPath } from 'node:url';

/** The folder of this project, without a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** @param {string} name a file beside this script's folder, in scripts/local */
export const localFile = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
