import { admit, digest, type MailState, NO_MAIL, putBack } from '../../src/aws/waiting-mail.ts';
import type { Digest, MailBudget } from '../../src/roles.ts';
import { Scripted } from './world.ts';

export class FakeMailBudget extends Scripted implements MailBudget {
  #state: MailState = NO_MAIL;

  async admit(subject: string, now: string, perHour: number): Promise<boolean> {
    await this.enter('admit', subject, now, perHour);
    const { admitted, state } = admit(this.#state, subject, now, perHour);
    this.#state = state;
    return admitted;
  }

  async takeDigest(now: string): Promise<Digest> {
    await this.enter('takeDigest', now);
    const due = digest(this.#state, now);
    if (due === null) return { subjects: [], count: 0 };
    this.#state = due.state;
    return due.digest;
  }

  async putBack(lost: Digest, now: string): Promise<void> {
    await this.enter('putBack', lost, now);
    this.#state = putBack(this.#state, lost, now);
  }
}
