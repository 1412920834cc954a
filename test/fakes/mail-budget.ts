import { admit, digest, digestSent, type MailState, NO_MAIL, takeBack } from '../../src/aws/waiting-mail.ts';
import type { Digest, MailBudget } from '../../src/roles.ts';
import { Scripted } from './world.ts';

export class FakeMailBudget extends Scripted implements MailBudget {
  #state: MailState = NO_MAIL;

  async admit(asked: Parameters<MailBudget['admit']>[0], now: string, perHour: number): Promise<boolean> {
    await this.enter('admit', asked, now, perHour);
    const { admitted, state } = admit(this.#state, asked, now, perHour);
    this.#state = state;
    return admitted;
  }

  async takeBack(subject: string, now: string, admitted: boolean): Promise<void> {
    await this.enter('takeBack', subject, now, admitted);
    this.#state = takeBack(this.#state, subject, now, admitted);
  }

  async dueDigest(now: string): Promise<Digest> {
    await this.enter('dueDigest', now);
    return digest(this.#state, now);
  }

  async digestSent(sent: Digest, now: string): Promise<void> {
    await this.enter('digestSent', sent, now);
    this.#state = digestSent(this.#state, sent, now) ?? this.#state;
  }
}
