import { parsePause } from '../../src/aws/pause.ts';
import { type Pause, Retryable, type Switch } from '../../src/roles.ts';
import { Scripted } from './world.ts';

/** The switch with the text of its parameter; null: there is no parameter. */
export class FakeSwitch extends Scripted implements Switch {
  text: string | null = '{"paused":false}';

  set(pause: Pause | null): void {
    this.text = JSON.stringify(pause === null ? { paused: false } : { paused: true, ...pause });
  }

  async read(now: string): Promise<Pause | null> {
    await this.enter('read', now);
    try {
      if (this.text === null) throw new Error('there is no such parameter');
      return parsePause(this.text, now);
    } catch (error) {
      throw new Retryable(
        `the pause switch /undrift/fake cannot be read: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}
