import { describe, expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call } from './perfect.ts';

const LIST = 'pl-0a1b2c3d4e5f60718';
const MODIFY = 'ModifyManagedPrefixList';
const RESTORE = 'RestoreManagedPrefixListVersion';
const list = [{ type: 'prefix-list', id: LIST }];
const answer = (action: string) => ({ [`${action}Response`]: { prefixList: { prefixListId: LIST } } });
const modify = (body: object) => parseInbound(call(MODIFY, { [`${MODIFY}Request`]: { PrefixListId: LIST, ...body } }));

describe('a modified prefix list', () => {
  test.each([
    ['one entry', { AddEntry: { cidr: '0.0.0.0/0', Description: 'home', tag: 1 } }, ['0.0.0.0/0']],
    [
      'several entries',
      {
        AddEntry: [
          { cidr: '0.0.0.0/1', tag: 1 },
          { cidr: '128.0.0.0/1', tag: '2' },
        ],
      },
      ['0.0.0.0/1', '128.0.0.0/1'],
    ],
    ['IPv6, in PascalCase', { AddEntry: { Cidr: '::/0', tag: 1 } }, ['::/0']],
    ['host bits', { AddEntry: { cidr: '208.236.235.254/0' } }, ['208.236.235.254/0']],
    ['a plural', { AddEntries: [{ Cidr: '2000::/3' }] }, ['2000::/3']],
    ['added and removed', { AddEntry: { cidr: '0.0.0.0/0' }, RemoveEntry: { cidr: '10.0.0.0/8' } }, ['0.0.0.0/0']],
    ['removed only', { CurrentVersion: 4, RemoveEntry: { cidr: '0.0.0.0/0', tag: 1 } }, []],
    ['renamed', { PrefixListName: 'offices' }, []],
    ['resized, numbers as strings', { MaxEntries: '20', CurrentVersion: '4' }, []],
    ['nothing added', { AddEntry: {} }, []],
  ])('%s', (_name, body, added) => {
    expect(modify(body)).toMatchObject({ fact: { kind: 'prefix-list-changed', added }, resources: list });
  });

  test('flat, in camelCase', () => {
    const request = { prefixListId: LIST, addEntries: { items: [{ cidr: '0.0.0.0/0' }] } };
    expect(parseInbound(call(MODIFY, request))).toMatchObject({ fact: { added: ['0.0.0.0/0'] }, resources: list });
  });

  test.each(['HIDDEN_DUE_TO_SECURITY_REASONS', '<sensitiveDataRemoved>'])('%s: not known', (cidr) => {
    expect(modify({ AddEntry: [{ cidr: '10.0.0.0/8' }, { cidr }] })).toMatchObject({ fact: { added: null } });
  });

  test.each([
    [{ AddEntry: [{ cidr: '10.0.0.0/8' }, { cidr: 'everywhere' }] }],
    [{ AddEntry: { Description: 'home' } }],
    [{ AddEntry: '0.0.0.0/0' }],
  ])('%j: not known, and the live list is judged', (body) => {
    expect(modify(body)).toMatchObject({ fact: { added: null }, resources: list });
  });

  test('a request that was cut: the answer names the list, and what was added is not known', () => {
    const raw = call(MODIFY, null, answer(MODIFY));
    expect(parseInbound(raw)).toMatchObject({ fact: { kind: 'prefix-list-changed', added: null }, resources: list });
  });

  test.each([
    [
      'an id that is none',
      { PrefixListId: 'offices' },
      'PrefixListId: expected an id such as pl-0123456789abcdef0, found "offices"',
    ],
    ['no id', { PrefixListId: null }, 'PrefixListId: expected a string, found null'],
  ])('%s', (_name, body, message) => {
    const place = `requestParameters.${MODIFY}Request.${message}`;
    expect(() => modify(body)).toThrow(new MalformedEvent(place));
  });
});

describe('a restored version of a prefix list', () => {
  test.each([
    ['wrapped', { [`${RESTORE}Request`]: { PrefixListId: LIST, PreviousVersion: 2, CurrentVersion: 5 } }, null],
    ['numbers as strings', { [`${RESTORE}Request`]: { PrefixListId: LIST, PreviousVersion: '2' } }, null],
    ['flat', { prefixListId: LIST, previousVersion: 2 }, null],
    ['named by the answer alone', null, answer(RESTORE)],
  ])('%s', (_name, request, response) => {
    expect(parseInbound(call(RESTORE, request, response))).toMatchObject({
      fact: { kind: 'prefix-list-changed', added: null },
      resources: list,
    });
  });

  test('no list', () => {
    const message = 'requestParameters.PrefixListId: expected a string, found nothing';
    expect(() => parseInbound(call(RESTORE, {}))).toThrow(new MalformedEvent(message));
  });
});
