import { aboutOf, causesOf, collected, type MailState, NOTHING_WAITS } from '../../src/aws/waiting-mail.ts';
import { ofLastHour } from '../../src/domain/hour.ts';
import {
  goesAtOnce,
  isCounted,
  isRipe,
  listCauses,
  type MailKind,
  type SentEmail,
} from '../../src/domain/mail-hour.ts';
import type { Email, MailBudget, WaitingEmail } from '../../src/roles.ts';
import { Scripted } from './world.ts';

export class FakeMailBudget extends Scripted implements MailBudget {
  #sent: readonly SentEmail[] = [];
  readonly #states = new Map<string, MailState & { readonly version: number }>();

  /** What waits for a list, for assertions. */
  get waiting(): readonly WaitingEmail[] {
    return [...this.#states.values()].flatMap(({ waits, version }) => (waits === null ? [] : [{ ...waits, version }]));
  }

  async admit(email: Email, now: string, perHour: number): Promise<boolean> {
    await this.enter('admit', email, now, perHour);
    const { kind } = email;
    if (isCounted(this.#sent, aboutOf(email), now)) return true;
    const state = this.#states.get(email.id) ?? { ...NOTHING_WAITS, version: 0 };
    if (goesAtOnce(this.#sent, kind, now, perHour) && state.waits === null) {
      this.#sent = [
        ...ofLastHour(this.#sent, now),
        { kind, at: now, list: false, about: aboutOf(email), causes: causesOf(email) },
      ];
      return true;
    }
    const waits = collected(state, email, now);
    if (waits !== null) this.#states.set(email.id, { ...state, waits, version: state.version + 1 });
    return false;
  }

  async takeBack(kind: MailKind, at: string): Promise<void> {
    await this.enter('takeBack', kind, at);
    const index = this.#sent.findLastIndex((it) => it.kind === kind && it.at === at);
    if (index >= 0) this.#sent = this.#sent.toSpliced(index, 1);
  }

  async takeList(kind: MailKind, now: string, perHour: number): Promise<readonly WaitingEmail[]> {
    await this.enter('takeList', kind, now, perHour);
    const own = this.waiting.filter((it) => it.kind === kind);
    const waiting = own.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
    if (waiting[0] === undefined || !isRipe(waiting[0].since, kind, now, perHour)) return [];
    const some = waiting.map((it) => ({ since: it.since, severity: it.severity, causes: causesOf(it) }));
    const causes = listCauses(this.#sent, some, { kind, now, perHour });
    if (causes === null) return [];
    this.#sent = [...ofLastHour(this.#sent, now), { kind, at: now, list: true, causes }];
    return waiting;
  }

  async listed(emails: readonly WaitingEmail[], now: string): Promise<void> {
    await this.enter('listed', emails, now);
    for (const { id, revision, version } of emails) {
      if (this.#states.get(id)?.version !== version) continue;
      this.#states.set(id, { waits: null, listed: revision, version: version + 1 });
    }
  }
}
