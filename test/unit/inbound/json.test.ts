import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQueueBody } from '../../../src/inbound/index.ts';
import { parseJson } from '../../../src/inbound/json.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { envelope } from './perfect.ts';

describe('what is not JSON is found', () => {
  test.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a": x}', 1, 7],
    ['{"a": 1,}', 1, 9],
    ['{"a" 1}', 1, 6],
    ['{a: 1}', 1, 2],
    ['[1, 2', 1, 6],
    ['[1 2]', 1, 4],
    ['[1,]', 1, 4],
    ['{"a": 1}}', 1, 9],
    ['{"a": 1} {"b": 2}', 1, 10],
    ['{\n  "a": 1,\n  "b": nope\n}', 3, 8],
    ['[1}', 1, 3],
    ['[01]', 1, 2],
    ['["\n"]', 1, 2],
    ['["\\x"]', 1, 2],
    ['{1: 2}', 1, 2],
    [':', 1, 1],
    ['1,2', 1, 2],
  ])('%j: line %i, column %i', (text, line, column) => {
    expect(() => parseJson(text)).toThrow(new MalformedEvent(`line ${line}, column ${column}: not JSON`));
  });

  test('the fault lies after whatever could be the beginning of JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        const part = json.slice(0, cut % json.length);
        try {
          JSON.parse(part);
        } catch {
          expect(() => parseJson(part)).toThrow(MalformedEvent);
        }
        expect(() => parseJson(`${json}x`)).toThrow(MalformedEvent);
        expect(parseJson(json)).toEqual(JSON.parse(json));
      }),
    );
  });

  test('depth is no danger', () => {
    expect(() => parseJson('['.repeat(200_000))).toThrow('line 1, column 200001: not JSON');
  });
});

describe('the body of a message', () => {
  test('is an event', () => {
    expect(parseQueueBody(JSON.stringify(envelope()))).toMatchObject({ name: 'AuthorizeSecurityGroupIngress' });
  });

  test('or wakes an incident', () => {
    const body = '{"undrift":"recheck","incident":"security-group/sg-1/internet/ab"}';
    expect(parseQueueBody(body)).toEqual({ recheck: 'security-group/sg-1/internet/ab' });
  });

  test.each([
    ['{"undrift":"recheck"}', 'incident: expected a string, found nothing'],
    ['{"undrift":"open","incident":"x"}', 'undrift: expected "recheck", found "open"'],
    ['[]', 'event: expected an object, found a list of 0'],
    ['hello', 'line 1, column 1: not JSON'],
  ])('%s is malformed', (body, message) => {
    expect(() => parseQueueBody(body)).toThrow(new MalformedEvent(message));
  });
});
