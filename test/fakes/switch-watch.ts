import type { Pause, SwitchWatch } from '../../src/roles.ts';
import { Scripted } from './world.ts';

export class FakeSwitchWatch extends Scripted implements SwitchWatch {
  #told: Pause | null = null;

  async last(): Promise<Pause | null> {
    await this.enter('last');
    return this.#told;
  }

  async remember(pause: Pause | null, before: Pause | null): Promise<boolean> {
    await this.enter('remember', pause, before);
    if (JSON.stringify(this.#told) !== JSON.stringify(before)) return false;
    this.#told = pause === null ? null : { ...pause };
    return true;
  }
}
