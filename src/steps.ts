/** Steps that do not keep each other from their work: what fails is logged at once and thrown together at the end. */
import type { Log } from './roles.ts';

export type Steps = {
  /** Null when the step failed. */
  run<T>(name: string, step: () => Promise<T>): Promise<T | null>;
  /** @throws Error that names each step that failed */
  end(): void;
};

export function stepByStep(log: Log): Steps {
  const failures: string[] = [];
  return {
    run: async (name, step) => {
      try {
        return await step();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log.error('a step failed', { step: name, why });
        failures.push(`${name}: ${why}`);
        return null;
      }
    },
    end: () => {
      if (failures.length > 0) throw new Error(failures.join('; '));
    },
  };
}
