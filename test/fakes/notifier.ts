import type { Notice } from '../../src/notice/notice.ts';
import type { Notifier } from '../../src/roles.ts';
import { counter, Scripted } from './world.ts';

/** Records what would have been told. */
export class FakeNotifier extends Scripted implements Notifier {
  readonly notices: { readonly notice: Notice; readonly mail: boolean }[] = [];
  readonly #messageId = counter('message');

  async publish(notice: Notice, mail: boolean): Promise<string> {
    await this.enter('publish', notice, mail);
    this.notices.push({ notice: structuredClone(notice), mail });
    return this.#messageId();
  }

  /** Without the lists of emails, which only repeat. */
  get single(): readonly Notice[] {
    return this.notices.map(({ notice }) => notice).filter(({ json }) => json.kind !== 'digest');
  }

  get subjects(): readonly string[] {
    return this.notices.map(({ notice }) => notice.subject);
  }
}
