#!/usr/bin/env node
import { takeDown } from './lib/state.mjs';

const [flag, ...more] = process.argv.slice(2);
if (flag === '--help' || flag === '-h') {
  console.log('Ends what `npm run local:up` started. Running it again does no harm.');
} else if (flag !== undefined || more.length > 0) {
  console.error(`local:down takes no arguments, not ${[flag, ...more].join(' ')}`);
  process.exitCode = 2;
} else {
  console.log((await takeDown()) ? 'The local AWS is down.' : 'The local AWS was not running.');
}
