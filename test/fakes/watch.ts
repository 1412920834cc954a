import { isDeepStrictEqual } from 'node:util';
import type { Watch } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** What one run of the scheduler leaves to the next. */
export class FakeWatch<T> extends Scripted implements Watch<T> {
  #told: T;

  constructor(nothing: T) {
    super();
    this.#told = nothing;
  }

  async last(): Promise<T> {
    await this.enter('last');
    return structuredClone(this.#told);
  }

  async remember(told: T, before: T): Promise<boolean> {
    await this.enter('remember', told, before);
    if (!isDeepStrictEqual(this.#told, before)) return false;
    this.#told = structuredClone(told);
    return true;
  }
}
