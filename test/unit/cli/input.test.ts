import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../cli/command.ts';
import { readInputs, readText } from '../../../cli/explain/input.ts';
import { fakeIo } from './fake-io.ts';
import { file } from './files.ts';

const io = fakeIo();
const RECORD = { eventVersion: '1.11', eventName: 'AuthorizeSecurityGroupIngress' };

/** What the file is read as: the events, or why there is none. */
const read = (path: string) => readInputs(path, io).map(({ event }) => ('raw' in event ? event.raw : event.fault));

function bytes(name: string, content: Buffer): string {
  const path = file(name, '');
  writeFileSync(path, content);
  return path;
}

describe('what aws cloudtrail lookup-events prints', () => {
  const looked = (...events: readonly unknown[]) => file('lookup.json', { Events: events, NextToken: 'more' });
  const entry = { EventId: '1', CloudTrailEvent: JSON.stringify(RECORD) };

  it('is as many records as it has events', () => {
    expect(read(looked(entry, entry))).toEqual([RECORD, RECORD]);
  });

  it('keeps a record that is broken apart from the others', () => {
    const path = looked({ CloudTrailEvent: '{"eventName": ' }, {}, entry);
    expect(read(path)).toEqual([
      expect.stringMatching(/lookup\.json: Events\[0\]\.CloudTrailEvent: line 1, column \d+: not JSON$/u),
      `${path}: Events[1].CloudTrailEvent: not a text`,
      RECORD,
    ]);
  });

  it('may hold no event', () => {
    const path = looked();
    expect(read(path)).toEqual([`${path}: holds no event`]);
  });
});

describe('gzip', () => {
  const packed = gzipSync(JSON.stringify({ Records: [RECORD, RECORD] }));

  it('is unpacked', () => {
    expect(read(bytes('log.json.gz', packed))).toEqual([RECORD, RECORD]);
  });

  it.each([
    ['that breaks off', packed.subarray(0, 30)],
    ['that is broken', Buffer.concat([packed.subarray(0, 10), Buffer.alloc(20, 0xff)])],
  ])('%s is a fault that says so', (words, content) => {
    const path = bytes('broken.json.gz', content);
    expect(read(path)).toEqual([`${path}: gzip ${words}`]);
  });

  it('on standard input is refused with what to do', () => {
    const input = { ...io, input: () => packed.toString('utf8') };
    expect(() => readText('-', input)).toThrow(new UsageError('-: is gzip; unpack it first: gunzip -c FILE | ...'));
  });
});
