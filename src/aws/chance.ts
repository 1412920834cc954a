import { systemClock } from './clock.ts';
import type { Chance } from './versioned.ts';

/** Time, chance and names as the machine gives them. */
export const CHANCE: Chance = { clock: systemClock, random: Math.random, newId: () => crypto.randomUUID() };
