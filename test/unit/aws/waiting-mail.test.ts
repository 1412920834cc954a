import { describe, expect, it } from 'vitest';
import { collected, readWaiting } from '../../../src/aws/waiting-mail.ts';
import { linesOf } from '../../../src/notice/list.ts';
import { perfectEmail } from '../../contract/email.ts';

const SINCE = '2026-03-01T12:00:10.000Z';
const PLACE = { id: 'sg-1', kind: 'finding', since: SINCE } as const;
const stored = { ...perfectEmail({ id: 'sg-1', kind: 'finding' }), since: SINCE };

describe('an email that waits', () => {
  it('is read as it was stored', () => {
    expect(readWaiting(JSON.stringify(stored), PLACE)).toEqual(stored);
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['a kind that is not known', JSON.stringify({ ...stored, kind: 'loud' })],
    ['a severity that is not known', JSON.stringify({ ...stored, severity: 'worst' })],
    ['an instant that is none', JSON.stringify({ ...stored, since: 'yesterday' })],
  ])('that is %s is named as unreadable, and a newer one takes its place', (_title, text) => {
    const read = readWaiting(text, PLACE);
    expect(read).toMatchObject(PLACE);
    expect(linesOf([read], true).lines).toEqual(['high: Unreadable: an email that waited for a list']);
    const next = collected({ waits: read, listed: null }, perfectEmail({ id: 'sg-1', kind: 'finding' }), SINCE);
    expect(next).toEqual(stored);
  });

  it('that lacks what this version knows has a line all the same', () => {
    const { subject, severity } = stored;
    const read = readWaiting(JSON.stringify({ subject, severity }), PLACE);
    expect(linesOf([read], true).lines).toEqual([`high: ${subject.replace('[undrift] ', '')}`]);
  });
});
