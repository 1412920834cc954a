import { expect, it } from 'vitest';
import { replacementOrder } from '../../../src/domain/replacement-order.ts';
import { FLEET } from '../guards/perfect.ts';

const FIRST = { minHealthy: 100, maxHealthy: 200 };

it.each([
  ['launches first', { maintenance: FIRST }, 'launch-first'],
  ['has room for a tenth', { maintenance: { minHealthy: 100, maxHealthy: 110 } }, 'launch-first'],
  ['has no policy', { maintenance: null }, 'terminate-first'],
  ['keeps less than all healthy', { maintenance: { minHealthy: 99, maxHealthy: 150 } }, 'terminate-first'],
  ['has no room above', { maintenance: { minHealthy: 100, maxHealthy: 100 } }, 'terminate-first'],
  ['has its policy cleared', { maintenance: { minHealthy: -1, maxHealthy: -1 } }, 'terminate-first'],
  [
    'does not replace the unhealthy',
    { maintenance: FIRST, suspendedProcesses: ['ReplaceUnhealthy'] },
    'terminate-first',
  ],
  ['does not terminate', { maintenance: FIRST, suspendedProcesses: ['Terminate'] }, 'terminate-first'],
  ['finds no one unhealthy by itself', { maintenance: FIRST, suspendedProcesses: ['HealthCheck'] }, 'launch-first'],
])('a group that %s: %s', (_name, given, expected) => {
  expect(replacementOrder({ ...FLEET, ...given })).toBe(expected);
});
