import type { Pause, PauseReading } from '../../src/domain/pause.ts';
import { type PauseCopy, type PauseParameter, type PauseTold, Refused } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { FakeWatch } from './watch.ts';
import { Scripted } from './world.ts';

/** The parameter of the pause flag. */
export class FakePauseParameter extends Scripted implements PauseParameter {
  readonly #clock: FakeClock;
  #text: string | null = '{"paused":false}';
  #version = 1;
  /** Every read fails with it until it is null again. */
  failing: Error | null = null;
  /** AWS sends an event of each change. */
  changed: () => void = () => {};

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  get text(): string | null {
    return this.#text;
  }

  /** As by `aws ssm put-parameter`; null deletes the parameter, and a new one counts its versions from 1. */
  set text(text: string | null) {
    this.#version = text === null ? 0 : this.#version + 1;
    this.#text = text;
    this.changed();
  }

  set(pause: Pause | null): void {
    this.text = JSON.stringify(pause === null ? { paused: false } : { paused: true, ...pause });
  }

  async read(): Promise<PauseReading> {
    await this.enter('read');
    if (this.failing !== null) throw this.failing;
    if (this.#text === null) throw new Refused('ssm:GetParameter was refused (ParameterNotFound)');
    return { value: this.#text, version: this.#version, readAt: this.#clock.iso() };
  }

  async write(pause: Pause | null): Promise<PauseReading> {
    await this.enter('write', pause);
    this.set(pause);
    return { value: this.#text ?? '', version: this.#version, readAt: this.#clock.iso() };
  }
}

const SETTLED = 60_000;

/** The copy in the ledger, under the condition of the real one. */
export class FakePauseCopy extends Scripted implements PauseCopy {
  stored: PauseReading | null = null;

  async read(): Promise<PauseReading | null> {
    await this.enter('read');
    return this.stored;
  }

  async write(reading: PauseReading): Promise<void> {
    await this.enter('write', reading);
    if (this.stored !== null && !replaces(reading, this.stored)) return;
    this.stored = { ...reading };
  }
}

function replaces(reading: PauseReading, stored: PauseReading): boolean {
  const younger = Date.parse(reading.readAt) - Date.parse(stored.readAt);
  if (younger > SETTLED || reading.version > stored.version) return true;
  return reading.version === stored.version && younger >= 0;
}

export class FakePauseWatch extends FakeWatch<PauseTold> {
  constructor() {
    super({ value: { kind: 'running' }, unreadable: false });
  }
}
