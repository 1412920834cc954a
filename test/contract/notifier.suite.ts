import { expect, test } from 'vitest';
import type { Notifier } from '../../src/roles.ts';
import { perfectNotice } from './notice.ts';

export type Heard = { readonly json: Record<string, unknown>; readonly attributes: Readonly<Record<string, string>> };
export type NotifierSetting = {
  readonly notifier: Notifier;
  /** What a machine that subscribed has received so far. */
  heard(): Promise<readonly Heard[]>;
};

/** What the flow relies on of the notifier. */
export function notifierSuite(make: () => Promise<NotifierSetting>): void {
  test.each([
    [true, 'yes'],
    [false, 'no'],
  ])('a notice reaches machines as JSON, with mail %s marked as %s', async (mail, marked) => {
    const { notifier, heard } = await make();
    expect(await notifier.publish(perfectNotice(), mail)).toMatch(/./);
    const { json, attributes } = perfectNotice();
    expect(await heard()).toEqual([{ json, attributes: { ...attributes, mail: marked } }]);
  });

  test('a notice that is too long for one message still arrives', async () => {
    const { notifier, heard } = await make();
    const long = 'Ä"\n'.repeat(100_000);
    await notifier.publish(perfectNotice({ text: long, json: { incident: '4f2a9c', text: long } }), true);
    expect((await heard())[0]?.json).toMatchObject({ incident: '4f2a9c' });
  });
}
